// SPDX-License-Identifier: Apache-2.0
// Who is coming in. An arrival says no more of a guest than the guest agreed to: without consent
// to be recognised there is one only when a guest who is due opens a lobby door, and it speaks of
// "a guest with a reservation for 412".
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A guest seen at a lobby door, as much as staff may know.
struct Arrival {
    let number: Int64
    let stay: Int64
    let began: UnixTime
    /// Seen last.
    let seen: UnixTime
    let gateway: GatewayID
    /// The lobby door's name; `nil` where it is gone from the records.
    let door: String?
    /// The guest opened the door by a challenge answer, which nobody else can give.
    let isProven: Bool
    let greeted: UnixTime?
    let served: UnixTime?
    let status: StayStatus
    let room: String?
    /// What keeps a guest who is due from checking in.
    let missing: [CheckInCondition]
    /// Address and name; only with `greetByName`.
    let name: String?
    /// Only with `recogniseArrival`, as are the preferences.
    let language: GuestLanguage?
    let preferences: [Preference]
}

extension Desk {
    /// Arrivals since a moment, newest first.
    func arrivals(since: UnixTime) throws -> [Arrival] {
        try arrivals(
            where: "began_ms >= ? ORDER BY began_ms DESC, id DESC LIMIT ?", .milliseconds(since),
            .number(DeskLimits.arrivalsShownMax))
    }

    /// Every arrival of a stay, oldest first.
    func arrivals(ofStay number: Int64) throws -> [Arrival] {
        try arrivals(where: "stay = ? ORDER BY began_ms", .integer(number))
    }

    func arrival(_ number: Int64) throws -> Arrival {
        guard let arrival = try arrivals(where: "id = ?", .integer(number)).first else {
            throw DeskError.unknownArrival(number)
        }
        return arrival
    }

    /// A member of staff has greeted the guest. The first mark counts.
    func markGreeted(_ number: Int64, by actor: String) throws -> Arrival {
        try mark(number, "greeted", by: actor)
    }

    /// Everything prepared was brought. The first mark counts.
    func markServed(_ number: Int64, by actor: String) throws -> Arrival {
        try mark(number, "served", by: actor)
    }

    private func mark(_ number: Int64, _ column: String, by actor: String) throws -> Arrival {
        try change { changes in
            let arrival = try arrival(number)
            try database.run(
                "UPDATE arrival SET \(column) = ? WHERE id = ? AND \(column) IS NULL",
                .time(clock()), .integer(number))
            guard database.changedRows > 0 else { return arrival }
            try audit(actor, column, "stay \(arrival.stay)", "arrival \(number)")
            changes.append(.stay(arrival.stay))
            return try self.arrival(number)
        }
    }

    private func arrivals(where condition: String, _ values: Value...) throws -> [Arrival] {
        struct Record {
            let number: Int64
            let stay: Int64
            let began: UnixTime
            let seen: UnixTime
            let gateway: GatewayID
            let door: UInt8
            let isProven: Bool
            let greeted: UnixTime?
            let served: UnixTime?
        }
        let sql = """
            SELECT id, stay, began_ms, seen_ms, gateway, door, is_proven, greeted, served
            FROM arrival WHERE \(condition)
            """
        let records = try database.rows(sql, values) { row throws(DatabaseError) in
            Record(
                number: try row.integer(0), stay: try row.integer(1),
                began: try row.milliseconds(2), seen: try row.milliseconds(3),
                gateway: GatewayID(rawValue: try row.number(4)), door: try row.number(5),
                isProven: try row.flag(6), greeted: try row.optionalTime(7),
                served: try row.optionalTime(8))
        }
        return try records.map { record in
            let stay = try stay(record.stay)
            let guest = try stay.guest.map { try self.guest($0) }
            let isRecognised = stay.consent.contains(.recogniseArrival)
            let status = stay.status(at: clock())
            return Arrival(
                number: record.number, stay: record.stay, began: record.began, seen: record.seen,
                gateway: record.gateway,
                door: try door(record.door, of: record.gateway)?.name, isProven: record.isProven,
                greeted: record.greeted, served: record.served, status: status, room: stay.room,
                missing: status == .due ? stay.progress.missing : [],
                name: stay.consent.contains(.greetByName) ? guest?.greeting : nil,
                language: isRecognised ? guest?.language : nil,
                preferences: isRecognised
                    ? try guest.map { try preferences(of: $0.number) } ?? [] : [])
        }
    }
}

extension Arrival {
    /// What staff may call the guest, in either of the hotel's languages.
    func title(_ language: GuestLanguage) -> String {
        if let name { return name }
        let room = room ?? "?"
        switch language {
        case .english: return "a guest with a reservation for \(room)"
        case .german: return "ein Gast mit einer Reservierung für \(room)"
        }
    }
}
