// SPDX-License-Identifier: Apache-2.0
// The passes issued for a stay: one for each phone.
import GuestPass
import SQLite
import Timebase

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
    /// Makes a key for one phone of a stay.
    func issuePass(
        _ stay: DeskStay, _ changes: inout [DeskChange]
    ) throws -> (pass: DeskPass, key: DeviceKey) {
        let now = clock()
        guard stay.status(at: now) != .departed else {
            throw DeskError.stayOver(stay.number, ended: stay.progress.departed ?? stay.ends)
        }
        var generator = SystemRandomNumberGenerator()
        let pass = DeskPass(
            id: PassID(rawValue: generator.next()), stay: stay.number, issued: now, revoked: nil)
        let key = DeviceKey.random(using: &generator)
        try database.run(
            "INSERT INTO pass (id, stay, device_key, issued) VALUES (?, ?, ?, ?)",
            .bits(pass.id.rawValue), .integer(stay.number), .key(key), .time(now))
        changes += try gatewaysConcerned(by: stay.number).map { .grants($0) }
        return (pass, key)
    }

    /// Ends a pass and forgets its key. Doing so again changes nothing.
    func revoke(_ id: PassID) throws -> DeskPass {
        try change { changes in
            try database.run(
                "UPDATE pass SET revoked = ?, device_key = NULL WHERE id = ? AND revoked IS NULL",
                .time(clock()), .bits(id.rawValue))
            let isNew = database.changedRows > 0
            guard let pass = try passes(where: "id = ?", .bits(id.rawValue)).first else {
                throw DeskError.unknownPass(id.description)
            }
            if isNew { changes += try gatewaysConcerned(by: pass.stay).map { .grants($0) } }
            return pass
        }
    }

    func passes() throws -> [DeskPass] { try passes(where: "stay > ?", 0) }

    func passes(ofStay number: Int64) throws -> [DeskPass] {
        try passes(where: "stay = ?", .integer(number))
    }

    private func passes(where condition: String, _ value: Value) throws -> [DeskPass] {
        let sql = """
            SELECT id, stay, issued, revoked FROM pass WHERE \(condition) ORDER BY issued, id
            """
        return try database.rows(sql, value) { row throws(DatabaseError) in
            DeskPass(
                id: PassID(rawValue: try row.bits(0)), stay: try row.integer(1),
                issued: try row.time(2), revoked: try row.optionalTime(3))
        }
    }
}
