// SPDX-License-Identifier: Apache-2.0
// The part of the hotel server that keeps movements no longer than they may be kept, and tells of
// stays whose status changes by the clock alone.
import Platform
import SQLite
import Timebase

/// Counts the hours and runs the retention job once an hour, a piece at a time.
final class Housekeeper: HotelPart {
    private let desk: Desk
    private let log: Log
    private var nextRetention = Instant.origin
    private var statusSeen: UnixTime

    init(_ desk: Desk, log: Log) {
        self.desk = desk
        self.log = log
        statusSeen = desk.clock()
    }

    func take(_ change: DeskChange) {}

    func tick(_ now: Instant) {
        tellOfTime()
        guard now >= nextRetention else { return }
        nextRetention = now + DeskLimits.retentionPeriod
        do {
            try desk.recountHours()
            let done = try desk.retain()
            if !done.isComplete { nextRetention = now }
            if done.events > 0 { log.info("made \(done.events) old events anonymous") }
            if done.guests > 0 { log.info("erased \(done.guests) guests of long ago") }
        } catch DeskError.recordsBusy {
            // Another program reads at this moment; the next run empties the log.
        } catch {
            log.error("\(error); movements may be kept too long, trying again in an hour")
        }
    }

    func stop() {}

    /// A stay becomes due, begins or ends without anybody doing anything.
    private func tellOfTime() {
        let now = desk.clock()
        defer { statusSeen = now }
        do {
            for stay in try desk.staysTurning(after: statusSeen, until: now) {
                desk.onChange?(.stay(stay))
            }
        } catch {
            log.error("\(error); the board may show a stay's status late")
        }
    }
}

extension Desk {
    /// Stays whose status changed by the clock in this time.
    func staysTurning(after: UnixTime, until: UnixTime) throws -> [Int64] {
        guard after.seconds < until.seconds else { return [] }
        let sql = """
            SELECT id FROM stay WHERE begins > ?1 AND begins <= ?2
            UNION SELECT id FROM stay WHERE begins > ?1 + ?3 AND begins <= ?2 + ?3
            UNION SELECT id FROM stay WHERE ends > ?1 AND ends <= ?2
            ORDER BY id
            """
        return try database.rows(
            sql, .time(after), .time(until),
            .integer(DeskLimits.dueBefore.milliseconds / 1_000)
        ) { row throws(DatabaseError) in try row.integer(0) }
    }
}
