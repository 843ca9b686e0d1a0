// SPDX-License-Identifier: Apache-2.0
// Visits to amenities, from the passes granted at their doors: only of stays that agreed to
// `usageBilling`. Anybody else passes by the door's ordinary rule and leaves no record here.
import GuestPass
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// Sets the price of a door from now on; visits begun keep the one they began with.
    func setTariff(_ tariff: Tariff, by actor: String) throws -> Tariff {
        guard tariff.minuteCents == 0 || tariff.exitDoor != nil else {
            throw DeskError.minutesWithoutExit(tariff.door)
        }
        return try change { _ in
            let door = try door(tariff.door)
            let exit = try tariff.exitDoor.map { try self.door($0) }
            for door in [door, exit].compactMap({ $0 }) where door.kind != .amenity {
                throw DeskError.notAnAmenity(door.name)
            }
            try endTariff(at: door)
            try database.run(
                """
                INSERT INTO tariff (name, door, exit_door, currency, visit_cents, minute_cents,
                    free_minutes, cap_cents, begins) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """, .text(tariff.name), .integer(door.row), .optional(exit?.row),
                .text(tariff.currency), .integer(tariff.visitCents), .integer(tariff.minuteCents),
                .integer(tariff.freeMinutes), .optional(tariff.capCents), .time(clock()))
            var made = tariff
            made.number = database.lastInsertedRow
            try audit(actor, "tariffSet", "door \(door.name)", tariff.name)
            return made
        }
    }

    /// From now on passing the door costs nothing. Doing so again changes nothing.
    func removeTariff(door name: String, by actor: String) throws {
        try change { _ in
            try endTariff(at: try door(name))
            if database.changedRows > 0 { try audit(actor, "tariffRemoved", "door \(name)") }
        }
    }

    private func endTariff(at door: DeskDoor) throws {
        try database.run(
            "UPDATE tariff SET ended = ? WHERE door = ? AND ended IS NULL", .time(clock()),
            .integer(door.row))
    }

    /// The prices in force.
    func tariffs() throws -> [Tariff] { try tariffs(where: "tariff.ended IS NULL") }

    private func tariffs(where condition: String, _ values: Value...) throws -> [Tariff] {
        let sql = """
            SELECT tariff.id, tariff.name, door.name, leaving.name, currency, visit_cents,
                minute_cents, free_minutes, cap_cents
            FROM tariff JOIN door ON door.id = tariff.door
                LEFT JOIN door AS leaving ON leaving.id = tariff.exit_door
            WHERE \(condition) ORDER BY tariff.id
            """
        return try database.rows(sql, values) { row throws(DatabaseError) in
            Tariff(
                number: try row.integer(0), name: try row.text(1), door: try row.text(2),
                exitDoor: try row.optionalText(3), currency: try row.text(4),
                visitCents: try row.integer(5), minuteCents: try row.integer(6),
                freeMinutes: try row.integer(7), capCents: try row.optionalInteger(8))
        }
    }

    /// Whether passing this door ends visits somewhere.
    func isExit(_ door: DeskDoor) throws -> Bool {
        try !tariffs(where: "tariff.exit_door = ?", .integer(door.row)).isEmpty
    }

    // MARK: - From passages

    func noteUsage(_ passage: Passage, _ changes: inout [DeskChange]) throws {
        let (stay, door) = (passage.stay, passage.door)
        guard door.kind == .amenity else { return }
        // A visit begun while it was agreed to is ended even if that was withdrawn since.
        for tariff in try tariffs(where: "tariff.exit_door = ?", .integer(door.row)) {
            guard let visit = try openVisit(of: stay.number, tariff) else { continue }
            try database.run(
                """
                UPDATE usage SET state = 'complete', left_ms = ?, exit = ?, cents = ? WHERE id = ?
                """, .milliseconds(passage.at), .text(passage.evidenceText),
                .integer(tariff.cents(from: visit.entered, to: passage.at)),
                .integer(visit.number))
            changes.append(.usage(stay: stay.number))
        }
        guard stay.consent.contains(.usageBilling) else { return }
        let priced = try tariffs(
            where: "tariff.door = ? AND tariff.ended IS NULL", .integer(door.row))
        for tariff in priced {
            try beginVisit(passage, tariff)
            changes.append(.usage(stay: stay.number))
        }
    }

    private func beginVisit(_ passage: Passage, _ tariff: Tariff) throws {
        let stay = passage.stay.number
        let same = tariff.exitDoor == nil ? DeskLimits.sameVisit : DeskLimits.secondTry
        let sql = """
            SELECT count(*) FROM usage WHERE stay = ? AND tariff = ? AND entered_ms > ?
                AND entered_ms <= ? AND (state = 'open' OR ? = 0)
            """
        let earlier = try database.row(
            sql, .integer(stay), .integer(tariff.number), .milliseconds(passage.at - same),
            .milliseconds(passage.at), .flag(tariff.exitDoor != nil)
        ) { row throws(DatabaseError) in try row.integer(0) }
        guard earlier == 0 else { return }
        if let missed = try openVisit(of: stay, tariff) { try closeUnseen(missed.number, tariff) }
        try database.run(
            """
            INSERT INTO usage (stay, tariff, state, entered_ms, entry, cents)
            VALUES (?, ?, ?, ?, ?, ?)
            """, .integer(stay), .integer(tariff.number),
            .text(tariff.exitDoor == nil ? "complete" : "open"), .milliseconds(passage.at),
            .text(passage.evidenceText), .integer(tariff.centsWithoutExit))
    }

    private func openVisit(
        of stay: Int64, _ tariff: Tariff
    ) throws -> (number: Int64, entered: UnixTime)? {
        let sql = """
            SELECT id, entered_ms FROM usage WHERE stay = ? AND tariff = ? AND state = 'open'
            ORDER BY entered_ms DESC LIMIT 1
            """
        return try database.row(sql, .integer(stay), .integer(tariff.number)) {
            row throws(DatabaseError) in (try row.integer(0), try row.milliseconds(1))
        }
    }

    private func closeUnseen(_ number: Int64, _ tariff: Tariff) throws {
        try database.run(
            "UPDATE usage SET state = 'incomplete', cents = ? WHERE id = ?",
            .integer(tariff.centsWithoutExit), .integer(number))
    }

    /// At departure: visits whose end nobody saw.
    func closeOpenUsage(stay number: Int64, _ changes: inout [DeskChange]) throws {
        try database.run(
            "UPDATE usage SET state = 'incomplete' WHERE stay = ? AND state = 'open'",
            .integer(number))
        if database.changedRows > 0 { changes.append(.usage(stay: number)) }
    }

    // MARK: - Records

    /// Visits of one stay, or of all, that began since a moment; oldest first.
    func usage(stay number: Int64? = nil, since: UnixTime) throws -> [UsageRecord] {
        guard let number else { return try usage(where: "entered_ms >= ?", .milliseconds(since)) }
        return try usage(
            where: "usage.stay = ? AND entered_ms >= ?", .integer(number), .milliseconds(since))
    }

    func usageRecord(_ number: Int64) throws -> UsageRecord {
        guard let record = try usage(where: "usage.id = ?", .integer(number)).first else {
            throw DeskError.unknownUsage(number)
        }
        return record
    }

    /// Visits guests object to that nobody decided on yet; who has waited longest comes first.
    func disputedUsage() throws -> [UsageRecord] {
        // Found first and sorted afterwards: there are few, and as many visits as a season has.
        let undecided = "SELECT id FROM usage WHERE disputed IS NOT NULL AND decision IS NULL"
        return try usage(where: "usage.id IN (\(undecided))")
            .sorted {
                ($0.disputed ?? $0.entered, $0.number) < ($1.disputed ?? $1.entered, $1.number)
            }
    }

    /// The guest objects; the record stays off the bill until staff decide. What was said already
    /// changes nothing, so that a repeated message undoes no decision; other words ask for another.
    func disputeUsage(_ number: Int64, reason: String, by actor: String) throws -> UsageRecord {
        try changeUsage(number, "usageDisputed", by: actor) { record in
            guard record.disputed == nil || record.dispute != reason else { return false }
            try database.run(
                """
                UPDATE usage SET disputed = ?, dispute = ?, decision = NULL, decided = NULL,
                    grounds = NULL WHERE id = ?
                """, .time(clock()), .text(reason), .integer(number))
            return true
        }
    }

    /// Ends a dispute. Deciding the same again changes nothing.
    func decideUsage(
        _ number: Int64, _ decision: UsageRecord.Decision, grounds: String, by actor: String
    ) throws -> UsageRecord {
        let action = decision == .waived ? "usageWaived" : "usageUpheld"
        return try changeUsage(number, action, grounds, by: actor) { record in
            guard record.disputed != nil else { throw DeskError.notDisputed(number) }
            if let before = record.decision {
                guard before == decision else {
                    throw DeskError.usageDecided(number, decision: before.rawValue)
                }
                return false
            }
            try database.run(
                "UPDATE usage SET decision = ?, decided = ?, grounds = ? WHERE id = ?",
                .text(decision.rawValue), .time(clock()), .text(grounds), .integer(number))
            return true
        }
    }

    /// Hands the billable visits not exported before over to the hotel's bill, once.
    ///
    /// - Parameter write: what it throws leaves them to be exported again.
    func exportUsage(
        by actor: String, _ write: ([UsageRecord]) throws -> Void
    ) throws -> [UsageRecord] {
        try change { changes in
            let records = try usage(where: "exported IS NULL").filter(\.isBillable)
            for record in records {
                try database.run(
                    "UPDATE usage SET exported = ? WHERE id = ?", .time(clock()),
                    .integer(record.number))
                changes.append(.usage(stay: record.stay))
            }
            try write(records)
            try audit(actor, "usageExported", "usage", "\(records.count) records")
            return records
        }
    }

    /// - Parameter body: whether it changed anything.
    private func changeUsage(
        _ number: Int64, _ action: String, _ grounds: String? = nil, by actor: String,
        _ body: (UsageRecord) throws -> Bool
    ) throws -> UsageRecord {
        try change { changes in
            let record = try usageRecord(number)
            guard try body(record) else { return record }
            let detail = "usage \(number)" + (grounds.map { ": \($0)" } ?? "")
            try audit(actor, action, "stay \(record.stay)", detail)
            changes.append(.usage(stay: record.stay))
            return try usageRecord(number)
        }
    }

    private func usage(where condition: String, _ values: Value...) throws -> [UsageRecord] {
        let sql = """
            SELECT usage.id, stay, tariff.name, currency, state, entered_ms, left_ms, entry, exit,
                cents, disputed, dispute, decision, exported, decided, grounds
            FROM usage JOIN tariff ON tariff.id = usage.tariff
            WHERE \(condition) ORDER BY entered_ms, usage.id
            """
        return try database.rows(sql, values) { row throws(DatabaseError) in
            UsageRecord(
                number: try row.integer(0), stay: try row.integer(1), tariff: try row.text(2),
                currency: try row.text(3), state: try row.word(4),
                entered: try row.milliseconds(5),
                left: row.isNull(6) ? nil : try row.milliseconds(6),
                evidence: Self.events(try row.text(7)) + Self.events(try row.optionalText(8) ?? ""),
                cents: try row.integer(9), disputed: try row.optionalTime(10),
                dispute: try row.optionalText(11),
                decision: row.isNull(12) ? nil : try row.word(12),
                decided: try row.optionalTime(14), grounds: try row.optionalText(15),
                exported: try row.optionalTime(13))
        }
    }

    private static func events(_ text: String) -> [EventName] {
        text.split(separator: " ").compactMap { EventName(String($0)) }
    }
}

extension Passage {
    fileprivate var evidenceText: String {
        evidence.map(\.description).joined(separator: " ")
    }
}
