// SPDX-License-Identifier: Apache-2.0
// Stays: who may pass which doors from when to when, and for guests the reservation behind it.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A right to pass some doors for some time.
struct DeskStay {
    let number: Int64
    let kind: Snapshot.CredentialKind
    let level: UInt8
    let consent: Snapshot.Consent
    /// Those granted by name; a guest may pass lobby and shared doors besides.
    let doors: [String]
    /// The first of them; `nil` for a stay without doors.
    let room: String?
    /// `nil` for staff and plain grants, and for a guest who was erased.
    let guest: Int64?
    /// What the hotel's other systems call it.
    let reference: String?
    let progress: StayProgress
    /// Why its movements are kept beyond their time; `nil` where they are not.
    let held: String?

    var begins: UnixTime { progress.begins }
    var ends: UnixTime { progress.ends }
    func status(at now: UnixTime) -> StayStatus { progress.status(at: now) }
}

/// A stay to be made.
struct NewStay {
    /// The first is the room.
    var doors: [String]
    var begins: UnixTime
    var ends: UnixTime
    var kind = Snapshot.CredentialKind.guest
    var level: UInt8 = 3
    /// A stay with a guest must check in.
    var guest: Int64?
    var reference: String?
    var consent: Snapshot.Consent = []
    /// Where the consent was given and which text was shown.
    var consentSource = ""
    var consentText = ""
}

extension Desk {
    func addStay(_ new: NewStay, by actor: String) throws -> DeskStay {
        try checkLength(new.begins, new.ends)
        defer { emptyLog() }
        return try change { changes in
            if let guest = new.guest { _ = try self.guest(guest) }
            try checkReference(new.reference, of: nil)
            try database.run(
                """
                INSERT INTO stay (begins, ends, kind, level, consent, guest, reference, checks_in)
                VALUES (?, ?, ?, ?, 0, ?, ?, ?)
                """, .time(new.begins), .time(new.ends), .number(new.kind.rawValue),
                .number(new.level), .optional(new.guest), .optional(new.reference),
                .flag(new.guest != nil))
            let number = database.lastInsertedRow
            try grant(new.doors, to: number)
            try audit(actor, "stayAdded", "stay \(number)")
            for (_, purpose) in Snapshot.Consent.names where new.consent.contains(purpose) {
                try setConsent(
                    purpose, isGiven: true, stay: number, source: new.consentSource,
                    textVersion: new.consentText, by: actor, &changes)
            }
            if let guest = new.guest { try dropName(ofGuest: guest) }
            changes.append(.stay(number))
            return try stay(number)
        }
    }

    /// Moves a stay to other doors or another time; what is `nil` stays as it is.
    func changeStay(
        _ number: Int64, doors: [String]? = nil, begins: UnixTime? = nil, ends: UnixTime? = nil,
        by actor: String
    ) throws -> DeskStay {
        try change { changes in
            let before = try stay(number)
            let (begins, ends) = (begins ?? before.begins, ends ?? before.ends)
            try checkLength(begins, ends)
            // Gateways that lose the stay must be told as well as those that gain it.
            var concerned = Set(try gatewaysConcerned(by: number))
            if let doors {
                try database.run("DELETE FROM stay_door WHERE stay = ?", .integer(number))
                try grant(doors, to: number)
            }
            try database.run(
                "UPDATE stay SET begins = ?, ends = ?, generation = generation + 1 WHERE id = ?",
                .time(begins), .time(ends), .integer(number))
            try audit(actor, "stayChanged", "stay \(number)")
            concerned.formUnion(try gatewaysConcerned(by: number))
            changes.append(.stay(number))
            changes += concerned.sorted { $0.rawValue < $1.rawValue }.map { .grants($0) }
            return try stay(number)
        }
    }

    private func checkLength(_ begins: UnixTime, _ ends: UnixTime) throws {
        guard begins.seconds < ends.seconds else {
            throw DeskError.stayWithoutLength(from: begins, to: ends)
        }
    }

    private func checkReference(_ reference: String?, of stay: Int64?) throws {
        guard let reference, let other = try self.stay(reference: reference) else { return }
        guard other.number != stay else { return }
        throw DeskError.referenceInUse(reference, stay: other.number)
    }

    /// Grants the doors; the first becomes the room.
    private func grant(_ names: [String], to stay: Int64) throws {
        let doors = try names.map { try door($0).row }
        for door in doors {
            try database.run(
                "INSERT OR IGNORE INTO stay_door VALUES (?, ?)", .integer(stay), .integer(door))
        }
        try database.run(
            "UPDATE stay SET room = ? WHERE id = ?", .optional(doors.first), .integer(stay))
    }

    /// The gateways of every zone in which the stay may pass a door: they all know its passes.
    func gatewaysConcerned(by stay: Int64) throws -> [GatewayID] {
        let sql = """
            SELECT id FROM gateway WHERE zone IN (
                SELECT home.zone FROM stay_passage JOIN door ON door.id = stay_passage.door
                    JOIN gateway AS home ON home.id = door.gateway
                WHERE stay_passage.stay = ?)
            ORDER BY id
            """
        return try database.rows(sql, .integer(stay)) { row throws(DatabaseError) in
            GatewayID(rawValue: try row.number(0))
        }
    }

    func stay(_ number: Int64) throws -> DeskStay {
        guard let stay = try stays(where: "stay.id = ?", .integer(number)).first else {
            throw DeskError.unknownStay(number)
        }
        return stay
    }

    /// By the name the hotel's other systems have for it.
    func stay(reference: String) throws -> DeskStay? {
        try stays(where: "stay.reference = ?", .text(reference)).first
    }

    /// The stay a pass was issued for.
    func stay(of pass: PassID) throws -> DeskStay? {
        try stays(
            where: "stay.id = (SELECT stay FROM pass WHERE id = ?)", .bits(pass.rawValue)
        ).first
    }

    func stays() throws -> [DeskStay] { try stays(where: "stay.id > 0") }

    /// Stays that are not over, those beginning first ahead; what the desk works with today.
    func presentStays(until: UnixTime) throws -> [DeskStay] {
        try stays(
            where: "stay.ends > ? AND stay.begins < ? AND stay.departed IS NULL", .time(clock()),
            .time(until))
    }

    func stays(where condition: String, _ values: Value...) throws -> [DeskStay] {
        let sql = """
            SELECT stay.id, begins, ends, stay.kind, level, consent, guest, reference, checks_in,
                room_ready, registered, paid, checked_in, departed, held,
                (SELECT name FROM door WHERE door.id = stay.room)
            FROM stay WHERE \(condition) ORDER BY stay.id
            """
        let doors = """
            SELECT door.name FROM stay_door JOIN door ON door.id = stay_door.door
            WHERE stay_door.stay = ? ORDER BY door.name
            """
        return try database.rows(sql, values) { row throws(DatabaseError) in
            let number = try row.integer(0)
            return DeskStay(
                number: number, kind: try row.kind(3), level: try row.number(4),
                consent: Snapshot.Consent(rawValue: try row.number(5)),
                doors: try database.rows(doors, .integer(number)) { row throws(DatabaseError) in
                    try row.text(0)
                }, room: try row.optionalText(15), guest: try row.optionalInteger(6),
                reference: try row.optionalText(7), progress: try row.progress(),
                held: try row.optionalText(14))
        }
    }
}

extension Row {
    fileprivate func progress() throws(DatabaseError) -> StayProgress {
        var progress = StayProgress(begins: try time(1), ends: try time(2))
        progress.checksIn = try flag(8)
        if try flag(9) { progress.conditions.insert(.roomReady) }
        if try flag(10) { progress.conditions.insert(.registered) }
        if try flag(11) { progress.conditions.insert(.paid) }
        progress.checkedIn = try optionalTime(12)
        progress.departed = try optionalTime(13)
        return progress
    }

    func kind(_ column: Int32) throws(DatabaseError) -> Snapshot.CredentialKind {
        guard let kind = Snapshot.CredentialKind(rawValue: try number(column)) else {
            throw DatabaseError(code: 20, message: "unknown kind of stay", statement: "stay")
        }
        return kind
    }
}
