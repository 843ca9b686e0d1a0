// SPDX-License-Identifier: Apache-2.0
// Anonymous totals by the hour: how often doors opened, refused or raised an alarm, and for how
// many stays. They count everybody and name nobody; an hour with fewer stays than the smallest
// group is never shown. Events of a gateway that was offline come late, so an hour is counted anew
// whenever something was added to it.
import SQLite
import Timebase

extension Desk {
    private static let hourMilliseconds: Int64 = 3_600_000

    func noteHour(of event: DeskEvent) throws {
        guard Self.countedKinds.contains(event.kind) else { return }
        try database.run(
            "INSERT OR IGNORE INTO hour_stale VALUES (?)",
            .integer(event.wall.milliseconds / Self.hourMilliseconds))
    }

    private static let alarmKinds = DeskAlarm.endings.keys.sorted()
    private static let countedKinds = Set(["granted", "denied"] + alarmKinds)

    /// Counts the hours anew to which something was added. What is older than movements are kept
    /// can no longer be counted by stays, and keeps the count it has.
    func recountHours() throws {
        try change { _ in
            let oldest =
                (clock() - DeskLimits.movementsKept).milliseconds / Self.hourMilliseconds + 1
            try database.run("DELETE FROM hour_stale WHERE hour < ?", .integer(oldest))
            let stale = try database.rows("SELECT hour FROM hour_stale") {
                row throws(DatabaseError) in try row.integer(0)
            }
            let kinds = Self.alarmKinds.map { "'\($0)'" }.joined(separator: ", ")
            let sql = """
                INSERT INTO hour_total (hour, kind, events, stays)
                SELECT ?,
                    CASE WHEN kind IN ('granted', 'denied') THEN kind ELSE 'alarm' END AS what,
                    count(*), count(DISTINCT pass.stay)
                FROM event LEFT JOIN pass ON pass.id = event.pass
                WHERE wall >= ? AND wall < ? AND kind IN ('granted', 'denied', \(kinds))
                GROUP BY what
                """
            for hour in stale {
                let begins = hour * Self.hourMilliseconds
                try database.run("DELETE FROM hour_total WHERE hour = ?", .integer(hour))
                try database.run(
                    sql, .integer(hour), .integer(begins),
                    .integer(begins + Self.hourMilliseconds))
            }
            try database.run("DELETE FROM hour_stale")
        }
    }

    func hourTotals(from: UnixTime, to: UnixTime) throws -> [HourTotal] {
        let sql = """
            SELECT hour, kind, events, stays FROM hour_total WHERE hour >= ? AND hour < ?
            ORDER BY hour, kind
            """
        return try database.rows(
            sql, .integer(from.milliseconds / Self.hourMilliseconds),
            .integer(to.milliseconds / Self.hourMilliseconds)
        ) { row throws(DatabaseError) in
            HourTotal(
                hour: try row.integer(0), kind: try row.text(1), events: try row.integer(2),
                stays: try row.integer(3))
        }
    }
}
