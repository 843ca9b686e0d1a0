// SPDX-License-Identifier: Apache-2.0
// Going through a door. Where the door tells when it opens, a guest who was let in has gone through
// once it opened: who only tapped has not, and is not charged for it. Where it does not tell, the
// pass that was granted has to do. What was used rests on the events that show it.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// A guest went through a door.
struct Passage {
    let stay: DeskStay
    let door: DeskDoor
    let at: UnixTime
    /// The events that show it: the pass granted, then the door opened where it tells.
    let evidence: [EventName]
}

/// What names an event for ever: `b0b1b2b3/12/3456`.
struct EventName: Hashable, LosslessStringConvertible {
    let gateway: GatewayID
    let boot: UInt32
    let sequence: UInt64

    init(_ event: DeskEvent) {
        (gateway, boot, sequence) = (event.gateway, event.boot, event.sequence)
    }

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let gateway = GatewayID(String(parts[0])),
            let boot = UInt32(parts[1]), let sequence = UInt64(parts[2])
        else { return nil }
        (self.gateway, self.boot, self.sequence) = (gateway, boot, sequence)
    }

    var description: String { "\(gateway)/\(boot)/\(sequence)" }
}

extension Desk {
    /// A pass was granted: a passage, now or as soon as the door opens.
    func noteGrant(
        _ event: DeskEvent, of stay: DeskStay, at door: DeskDoor, _ changes: inout [DeskChange]
    ) throws {
        guard event.kind == "granted", try isOfUse(stay) else { return }
        var evidence = [EventName(event)]
        if try hasContact(door) {
            guard let opened = try opening(of: door) else {
                return try database.run(
                    "INSERT OR REPLACE INTO admitted VALUES (?, ?, ?, ?, ?)",
                    .number(door.gateway.rawValue), .number(door.number), .integer(stay.number),
                    .milliseconds(event.wall), .text(evidence[0].description))
            }
            evidence.append(opened)
        }
        try pass(
            Passage(stay: stay, door: door, at: event.wall, evidence: evidence), &changes)
    }

    /// A door opened: whoever was let in a moment ago goes through it. Or it closed.
    func noteLeaf(_ event: DeskEvent, _ changes: inout [DeskChange]) throws {
        guard let number = event.door, event.kind == "opened" || event.kind == "closed" else {
            return
        }
        let place = [Value.number(event.gateway.rawValue), .number(number)]
        guard event.kind == "opened" else {
            return try database.run(
                "DELETE FROM opening WHERE gateway = ? AND door = ?", place[0], place[1])
        }
        let opened = EventName(event)
        try database.run(
            "INSERT OR REPLACE INTO opening VALUES (?, ?, ?, ?)", place[0], place[1],
            .milliseconds(event.wall), .text(opened.description))
        let sql = """
            SELECT stay, event FROM admitted WHERE gateway = ? AND door = ? AND at_ms >= ?
            ORDER BY at_ms, stay
            """
        let earliest = Value.milliseconds(event.wall - DeskLimits.openingAfterGrant)
        let waiting = try database.rows(sql, place[0], place[1], earliest) {
            row throws(DatabaseError) in (try row.integer(0), try row.text(1))
        }
        try database.run(
            "DELETE FROM admitted WHERE gateway = ? AND door = ?", place[0], place[1])
        guard let door = try door(number, of: event.gateway) else { return }
        for (stay, granted) in waiting {
            let evidence = [EventName(granted), opened].compactMap { $0 }
            try pass(
                Passage(stay: try self.stay(stay), door: door, at: event.wall, evidence: evidence),
                &changes)
        }
    }

    private func pass(_ passage: Passage, _ changes: inout [DeskChange]) throws {
        try notePassage(passage)
        try noteUsage(passage, &changes)
    }

    /// Only for what the guest agreed to is it kept who waits at a door; and a visit begun while
    /// it was agreed to must be able to end.
    private func isOfUse(_ stay: DeskStay) throws -> Bool {
        guard stay.consent.isDisjoint(with: [.journeyAnalytics, .usageBilling]) else { return true }
        let sql = "SELECT 1 FROM usage WHERE stay = ? AND state = 'open' LIMIT 1"
        return try database.row(sql, .integer(stay.number)) { _ in true } ?? false
    }

    /// As its gateway says.
    private func hasContact(_ door: DeskDoor) throws -> Bool {
        let status = try link(of: door.gateway).status
        return status?.doors.first { $0.index == door.number }?.leaf != nil
    }

    /// What says that the door stands open now.
    private func opening(of door: DeskDoor) throws -> EventName? {
        let sql = "SELECT event FROM opening WHERE gateway = ? AND door = ?"
        let text = try database.row(
            sql, .number(door.gateway.rawValue), .number(door.number)
        ) { row throws(DatabaseError) in try row.text(0) }
        return text.flatMap { EventName($0) }
    }
}

// MARK: - Touchpoints

extension Desk {
    private func notePassage(_ passage: Passage) throws {
        let (stay, door) = (passage.stay, passage.door)
        func touch(_ kind: Touchpoint.Kind) throws {
            try self.touch(
                stay, kind, at: passage.at, gateway: door.gateway, door: door.number)
        }
        if try isExit(door) { return try touch(.amenityExit) }
        switch door.kind {
        case .guestRoom where door.name == stay.room: try touch(.roomEntry)
        case .amenity: try touch(.amenityEntry)
        case .guestRoom, .shared, .staff, .lobby: break
        }
    }
}

// MARK: - Evidence

/// An event that a visit rests on.
struct Evidence {
    let event: EventName
    /// What the gateway said, byte for byte; without the pass once movements were made anonymous.
    /// `nil` where the event is gone.
    let line: String?
}

extension Desk {
    /// What a visit rests on, in the gateways' own words: for the guest who disputes it.
    func evidence(of record: UsageRecord) throws -> [Evidence] {
        let sql = "SELECT line FROM event WHERE gateway = ? AND boot = ? AND sequence = ?"
        return try record.evidence.map { event in
            let line = try database.row(
                sql, .number(event.gateway.rawValue), .number(event.boot),
                .number(event.sequence)
            ) { row throws(DatabaseError) in try row.text(0) }
            return Evidence(event: event, line: line)
        }
    }
}
