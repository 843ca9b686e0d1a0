// SPDX-License-Identifier: Apache-2.0
// How long movements are kept: ninety days, or as long as somebody holds a stay for a reason, such
// as an incident. Then events lose whom they were about, and what was derived from them goes
// (`DeskForgetting.swift`).
import HotelWire
import SQLite
import Timebase

/// What one run of the retention job did.
struct Retention: Equatable {
    /// Events made anonymous.
    var events: Int64 = 0
    /// Records deleted, or emptied of what told of a person.
    var records: Int64 = 0
    /// Guests erased whose stays were over long ago.
    var guests = 0
    /// Nothing more is due now.
    var isComplete = true

    /// Goes on with the next run.
    mutating func add(_ next: Retention) {
        events += next.events
        records += next.records
        guests += next.guests
        isComplete = next.isComplete
    }
}

extension Desk {
    /// Makes old movements anonymous and forgets what is no longer needed, a bounded number at a
    /// time.
    ///
    /// - Returns: `isComplete` is false where the job should soon be run again.
    func retain() throws -> Retention {
        var done = try change { _ in
            var done = Retention()
            done.events = try anonymiseOld()
            done.isComplete = done.events < Int64(DeskLimits.retentionEventsMax)
            done.records = try forgetMovements() + forgetAfterStay() + forgetPapers()
            return done
        }
        let due = try guestsToErase()
        for guest in due {
            done.events += try erase(guest: guest, by: "retention").events
            done.guests += 1
        }
        done.isComplete = done.isComplete && due.count < DeskLimits.retentionGuestsMax
        if done.isComplete { try checkpoint() }
        return done
    }

    private func anonymiseOld() throws -> Int64 {
        let before = Value.milliseconds(clock() - DeskLimits.movementsKept)
        let old = try anonymise("wall < ? AND stay.held IS NULL", before)
        // Where a guest was is needed while the guest is here; longer only for journeys.
        return try old
            + anonymise(
                """
                event.kind = 'presence' AND wall < ? AND stay.held IS NULL
                    AND stay.consent & \(Snapshot.Consent.journeyAnalytics.rawValue) = 0
                    AND (stay.departed IS NOT NULL OR stay.ends < ?)
                """, .milliseconds(clock() - DeskLimits.presenceKept), .time(clock()))
    }

    /// Keeps a stay's movements until released; the reason stays on record.
    func hold(_ number: Int64, reason: String?, by actor: String) throws -> DeskStay {
        try change { changes in
            let stay = try stay(number)
            guard stay.held != reason else { return stay }
            try database.run(
                "UPDATE stay SET held = ? WHERE id = ?", .optional(reason), .integer(number))
            try audit(actor, reason == nil ? "released" : "held", "stay \(number)", reason ?? "")
            changes.append(.stay(number))
            return try self.stay(number)
        }
    }

    /// Takes the pass out of events, oldest first, in columns and text.
    ///
    /// - Parameter condition: over `event` and its `stay`.
    /// - Returns: how many it were, `retentionEventsMax` at most.
    func anonymise(_ condition: String, _ values: Value...) throws -> Int64 {
        _ = try database.rows(
            """
            UPDATE event SET pass = NULL, line = \(Self.anonymous("line", of: "pass"))
            WHERE id IN (SELECT event.id FROM event LEFT JOIN pass ON pass.id = event.pass
                LEFT JOIN stay ON stay.id = pass.stay
                WHERE event.pass IS NOT NULL AND \(condition)
                ORDER BY wall LIMIT \(DeskLimits.retentionEventsMax))
            """, values
        ) { _ throws(DatabaseError) in }
        return database.changedRows
    }

    /// SQL for an event's line without its pass.
    static func anonymous(_ line: String, of pass: String) -> String {
        let field = "'\"credential\":\"' || printf('%016x', \(pass)) || '\"'"
        return "replace(replace(\(line), \(field) || ',', ''), ',' || \(field), '')"
    }

    /// After a name was forgotten: the log may still hold it. Where another process reads at this
    /// moment, the housekeeper does it later.
    func emptyLog() { try? checkpoint() }

    /// Brings the database file up to date and empties its log, so that what was deleted is in
    /// neither.
    ///
    /// - Throws: `recordsBusy` where another process reads an older state at this moment.
    func checkpoint() throws {
        let isBusy = try database.row("PRAGMA wal_checkpoint(TRUNCATE)") {
            row throws(DatabaseError) in try row.flag(0)
        }
        guard isBusy == false else { throw DeskError.recordsBusy }
    }
}
