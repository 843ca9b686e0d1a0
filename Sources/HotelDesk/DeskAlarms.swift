// SPDX-License-Identifier: Apache-2.0
// What gateways raise alarm about, until it ends and staff have seen it. Staff also say whether it
// was a false one: the rate of those is a figure worth watching.
import GuestPass
import SQLite
import Timebase

/// Something at a door or gateway that somebody should look at.
struct DeskAlarm {
    let number: Int64
    let gateway: GatewayID
    /// The event's name: `forced`, `held`, `tamper` …
    let kind: String
    /// The door's name or index; `nil` where the whole gateway is concerned.
    let door: String?
    let at: UnixTime
    /// When the gateway saw it end; `nil` while it lasts, or where nothing can tell.
    let cleared: UnixTime?
    let acknowledged: UnixTime?
    let wasFalse: Bool?
}

extension DeskAlarm {
    /// What raises an alarm, and the event that ends it.
    static let endings: [String: String?] = [
        "forced": "closed", "held": "heldCleared", "tamper": "tamperCleared",
        "fireOn": "fireReset", "lockFault": "lockFaultCleared", "lineFault": "lineFaultCleared",
        "radioLost": "radioRestored", "rexStuck": nil, "tagAlarm": nil,
    ]
    /// The alarm an event ends.
    static let ended = Dictionary(
        uniqueKeysWithValues: endings.compactMap { kind, ending in ending.map { ($0, kind) } })
}

extension Desk {
    /// Of the others nothing tells an end: they are over once somebody has seen to them.
    private static let lastingKinds = DeskAlarm.ended.values.sorted().map { "'\($0)'" }
        .joined(separator: ", ")

    func noteAlarm(_ event: DeskEvent, _ changes: inout [DeskChange]) throws {
        let place: DeskChange =
            event.door.map { .door(event.gateway, index: $0) } ?? .gateway(event.gateway)
        if DeskAlarm.endings.keys.contains(event.kind) {
            try database.run(
                """
                INSERT OR IGNORE INTO alarm (gateway, boot, sequence, at_ms, kind, door)
                VALUES (?, ?, ?, ?, ?, ?)
                """, .number(event.gateway.rawValue), .number(event.boot),
                .number(event.sequence), .milliseconds(event.wall), .text(event.kind),
                .optional(event.door))
            changes.append(place)
        }
        if let kind = DeskAlarm.ended[event.kind] {
            try database.run(
                """
                UPDATE alarm SET cleared_ms = ? WHERE gateway = ? AND door IS ? AND kind = ?
                    AND cleared_ms IS NULL
                """, .milliseconds(event.wall), .number(event.gateway.rawValue),
                .optional(event.door), .text(kind))
            if database.changedRows > 0 { changes.append(place) }
        }
    }

    /// Alarms that last or that nobody has acknowledged, newest first, as many as anybody reads.
    func openAlarms() throws -> [DeskAlarm] {
        let lasting = Self.lastingKinds
        return try alarms(
            where: """
                acknowledged IS NULL
                OR cleared_ms IS NULL AND was_false IS NULL AND alarm.kind IN (\(lasting))
                """)
    }

    /// Marks an alarm as seen. The first mark counts.
    ///
    /// - Parameter wasFalse: `nil` where that is not known yet.
    func acknowledgeAlarm(_ number: Int64, wasFalse: Bool?, by actor: String) throws -> DeskAlarm {
        try change { changes in
            guard let alarm = try alarms(where: "alarm.id = ?", .integer(number)).first else {
                throw DeskError.unknownAlarm(number)
            }
            try database.run(
                """
                UPDATE alarm SET acknowledged = coalesce(acknowledged, ?),
                    was_false = coalesce(?, was_false) WHERE id = ?
                """, .time(clock()), wasFalse.map { .flag($0) } ?? .null, .integer(number))
            try audit(
                actor, "alarmAcknowledged", "alarm \(number)",
                wasFalse.map { $0 ? "false alarm" : "true alarm" } ?? "")
            changes.append(.gateway(alarm.gateway))
            return try alarms(where: "alarm.id = ?", .integer(number)).first ?? alarm
        }
    }

    private func alarms(where condition: String, _ values: Value...) throws -> [DeskAlarm] {
        let sql = """
            SELECT alarm.id, alarm.gateway, alarm.kind, coalesce(door.name, alarm.door || ''),
                at_ms, cleared_ms, acknowledged, was_false
            FROM alarm LEFT JOIN door
                ON door.gateway = alarm.gateway AND door.number = alarm.door
            WHERE \(condition) ORDER BY at_ms DESC, alarm.id DESC
            LIMIT \(DeskLimits.alarmsShownMax)
            """
        return try database.rows(sql, values) { row throws(DatabaseError) in
            DeskAlarm(
                number: try row.integer(0), gateway: GatewayID(rawValue: try row.number(1)),
                kind: try row.text(2), door: try row.optionalText(3), at: try row.milliseconds(4),
                cleared: row.isNull(5) ? nil : try row.milliseconds(5),
                acknowledged: try row.optionalTime(6),
                wasFalse: row.isNull(7) ? nil : try row.flag(7))
        }
    }
}
