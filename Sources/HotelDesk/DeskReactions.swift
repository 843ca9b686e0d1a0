// SPDX-License-Identifier: Apache-2.0
// What an event of a gateway means to the desk. Each is stored once and reacted to once, within
// the transaction that stores it; what it says of a guest beyond the door is kept only as far as
// the guest agreed.
import CommandLineKit
import GuestPass
import HotelWire
import SQLite
import Timebase

/// What matters of an event's details.
struct EventDetails {
    /// `granted`: the level the pass reached (protocol.md §7).
    let level: UInt8?
    /// `presence`: the detector's state.
    let state: String?

    init(_ line: String) {
        let fields = JSONValue(line.utf8)
        level = fields?["level"]?.number()
        state = fields?["state"]?.string
    }
}

extension Desk {
    /// Called once for each event, in order, within the transaction that stores it: what this
    /// throws undoes what it began; the event stays stored.
    ///
    /// - Returns: what is to be told once it is committed.
    func react(to event: DeskEvent) throws -> [DeskChange] {
        var changes: [DeskChange] = []
        try noteHour(of: event)
        try noteAlarm(event, &changes)
        try noteLeaf(event, &changes)
        guard let pass = event.pass, let number = event.door,
            let door = try door(number, of: event.gateway), let stay = try stay(of: pass)
        else { return changes }
        let details = EventDetails(event.line)
        try noteArrival(event, details, of: stay, at: door, &changes)
        try noteGrant(event, of: stay, at: door, &changes)
        try noteSighting(event, of: stay, &changes)
        return changes
    }

    // MARK: - Arrivals

    /// A guest opened a lobby door hands-free or by a tap, or is recognised on the way to one.
    private func noteArrival(
        _ event: DeskEvent, _ details: EventDetails, of stay: DeskStay, at door: DeskDoor,
        _ changes: inout [DeskChange]
    ) throws {
        guard door.kind == .lobby, stay.progress.checksIn else { return }
        let status = stay.status(at: clock())
        guard status == .due || status == .inHouse else { return }
        let isProven = event.kind == "granted" && (details.level ?? 0) >= 2
        let isRecognised =
            stay.consent.contains(.recogniseArrival)
            && (isProven || details.state == "approaching" || details.state == "atDoor")
        guard isRecognised || isProven && status == .due else { return }
        if try seeArrival(of: stay.number, event, at: door, isProven: isProven) {
            try touch(
                stay, .arrival, at: event.wall, gateway: event.gateway, door: event.door)
        }
        changes.append(.stay(stay.number))
        guard isProven, status == .due else { return }
        let gateway = try gateways().first { $0.id == event.gateway }
        _ = try checkIn(
            stay.number, by: "gateway \(gateway?.name ?? event.gateway.description)", &changes)
    }

    /// One arrival for all that is seen of a guest within half an hour.
    /// - Returns: whether it is a new one.
    private func seeArrival(
        of stay: Int64, _ event: DeskEvent, at door: DeskDoor, isProven: Bool
    ) throws -> Bool {
        try database.run(
            """
            UPDATE arrival SET seen_ms = max(seen_ms, ?), is_proven = max(is_proven, ?)
            WHERE id = (SELECT id FROM arrival WHERE stay = ? AND seen_ms BETWEEN ? AND ?
                ORDER BY seen_ms DESC LIMIT 1)
            """, .milliseconds(event.wall), .flag(isProven), .integer(stay),
            .milliseconds(event.wall - DeskLimits.sameArrival),
            .milliseconds(event.wall + DeskLimits.sameArrival))
        guard database.changedRows == 0 else { return false }
        try database.run(
            """
            INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)
            VALUES (?, ?, ?, ?, ?, ?)
            """, .integer(stay), .milliseconds(event.wall), .milliseconds(event.wall),
            .number(event.gateway.rawValue), .number(door.number), .flag(isProven))
        return true
    }
}
