// SPDX-License-Identifier: Apache-2.0
// Stays, and the passes issued for them: one for each phone.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A right to pass some doors for some time.
struct DeskStay {
    let number: Int64
    let begins: UnixTime
    let ends: UnixTime
    let kind: Snapshot.CredentialKind
    let level: UInt8
    let consent: Snapshot.Consent
    let doors: [String]
}

/// A pass, without its key.
struct DeskPass {
    let id: PassID
    let stay: Int64
    let issued: UnixTime
    let revoked: UnixTime?
}

/// A pass's random name, which is its credential's in snapshots and events.
struct PassID: Hashable, LosslessStringConvertible {
    let rawValue: UInt64
    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Exactly 16 hexadecimal digits, as sites have them.
    init?(_ text: String) {
        guard let number = SiteID(text)?.rawValue else { return nil }
        rawValue = number
    }

    var description: String { SiteID(rawValue: rawValue).description }
}

extension Desk {
    func addStay(
        doors names: [String], from begins: UnixTime, to ends: UnixTime,
        kind: Snapshot.CredentialKind, level: UInt8, consent: Snapshot.Consent
    ) throws -> DeskStay {
        guard begins.seconds < ends.seconds else {
            throw DeskError.stayWithoutLength(from: begins, to: ends)
        }
        return try database.transaction {
            try database.run(
                "INSERT INTO stay (begins, ends, kind, level, consent) VALUES (?, ?, ?, ?, ?)",
                .time(begins), .time(ends), .number(kind.rawValue), .number(level),
                .number(consent.rawValue))
            let number = database.lastInsertedRow
            for name in names { try grant(name, to: number) }
            return try stay(number)
        }
    }

    private func grant(_ door: String, to stay: Int64) throws {
        let sql = "SELECT id FROM door WHERE name = ?"
        let id = try database.row(sql, .text(door)) { row throws(DatabaseError) in
            try row.integer(0)
        }
        guard let id else { throw DeskError.unknownDoor(door, known: try doors().map(\.name)) }
        try database.run(
            "INSERT OR IGNORE INTO stay_door VALUES (?, ?)", .integer(stay), .integer(id))
    }

    func stay(_ number: Int64) throws -> DeskStay {
        guard let stay = try stays(where: "id = ?", .integer(number)).first else {
            throw DeskError.unknownStay(number)
        }
        return stay
    }

    func stays() throws -> [DeskStay] { try stays(where: "id > ?", 0) }

    private func stays(where condition: String, _ value: Value) throws -> [DeskStay] {
        let sql = """
            SELECT id, begins, ends, kind, level, consent FROM stay WHERE \(condition) ORDER BY id
            """
        let doors = """
            SELECT door.name FROM stay_door JOIN door ON door.id = stay_door.door
            WHERE stay_door.stay = ? ORDER BY door.name
            """
        return try database.rows(sql, value) { row throws(DatabaseError) in
            let number = try row.integer(0)
            return DeskStay(
                number: number, begins: try row.time(1), ends: try row.time(2),
                kind: try row.kind(3), level: try row.number(4),
                consent: Snapshot.Consent(rawValue: try row.number(5)),
                doors: try database.rows(doors, .integer(number)) { row throws(DatabaseError) in
                    try row.text(0)
                })
        }
    }

    /// Makes a key for one phone of a stay.
    func issuePass(_ stay: DeskStay) throws -> (pass: DeskPass, key: DeviceKey) {
        let now = clock()
        guard now < stay.ends else { throw DeskError.stayOver(stay.number, ended: stay.ends) }
        var generator = SystemRandomNumberGenerator()
        let pass = DeskPass(
            id: PassID(rawValue: generator.next()), stay: stay.number, issued: now, revoked: nil)
        let key = DeviceKey.random(using: &generator)
        try database.run(
            "INSERT INTO pass (id, stay, device_key, issued) VALUES (?, ?, ?, ?)",
            .bits(pass.id.rawValue), .integer(stay.number), .key(key), .time(now))
        return (pass, key)
    }

    /// Ends a pass and forgets its key. Doing so again changes nothing.
    func revoke(_ id: PassID) throws -> DeskPass {
        try database.run(
            "UPDATE pass SET revoked = ?, device_key = NULL WHERE id = ? AND revoked IS NULL",
            .time(clock()), .bits(id.rawValue))
        guard let pass = try passes().first(where: { $0.id == id }) else {
            throw DeskError.unknownPass(id.description)
        }
        return pass
    }

    func passes() throws -> [DeskPass] {
        let sql = "SELECT id, stay, issued, revoked FROM pass ORDER BY issued, id"
        return try database.rows(sql) { row throws(DatabaseError) in
            DeskPass(
                id: PassID(rawValue: try row.bits(0)), stay: try row.integer(1),
                issued: try row.time(2), revoked: row.isNull(3) ? nil : try row.time(3))
        }
    }
}

extension Row {
    func kind(_ column: Int32) throws(DatabaseError) -> Snapshot.CredentialKind {
        guard let kind = Snapshot.CredentialKind(rawValue: try number(column)) else {
            throw DatabaseError(code: 20, message: "unknown kind of stay", statement: "stay")
        }
        return kind
    }
}
