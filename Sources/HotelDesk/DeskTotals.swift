// SPDX-License-Identifier: Apache-2.0
// Anonymous totals by the hour: how often doors opened, refused or raised an alarm, and for how
// many stays. They count everybody and name nobody; an hour with fewer stays than the smallest
// group is never shown. Events of a gateway that was offline come late, so an hour is counted anew
// whenever something was added to it.
import SQLite
import Timebase

extension Desk {
    static let hourMilliseconds: Int64 = 3_600_000

    func noteHour(of event: DeskEvent) throws {
        guard Self.countedKinds.contains(event.kind) else { return }
        try database.run(
            "INSERT OR IGNORE INTO hour_stale VALUES (?)",
            .integer(event.wall.milliseconds / Self.hourMilliseconds))
    }

    private static let countedKinds: Set<String> = Set(
        ["granted", "denied"] + DeskAlarm.endings.keys)
}
