// SPDX-License-Identifier: Apache-2.0
// Checking in and out. A guest who proved to be in the lobby checks in by that, as soon as nothing
// is missing; staff can do it by hand, and undo it.
import SQLite
import Timebase

extension Desk {
    /// Sets or clears what must be true before check-in. A guest who is already waiting in the
    /// lobby is checked in when the last of them is met.
    func setCondition(
        _ condition: CheckInCondition, isMet: Bool, stay number: Int64, by actor: String
    ) throws -> DeskStay {
        try change { changes in
            let stay = try checkingInStay(number)
            guard stay.progress.conditions.contains(condition) != isMet else { return stay }
            try database.run(
                "UPDATE stay SET \(condition.column) = ? WHERE id = ?", .flag(isMet),
                .integer(number))
            try audit(
                actor, isMet ? "conditionMet" : "conditionCleared", "stay \(number)",
                condition.rawValue)
            changes.append(.stay(number))
            let since = stay.progress.dueFrom
            if isMet, try hasProvenArrival(stay: number, since: since) {
                _ = try checkIn(number, by: actor, &changes)
            }
            return try self.stay(number)
        }
    }

    /// Staff check a guest in.
    ///
    /// - Throws: `checkInMissing`, `checkInNotDue`; being in house already is no error.
    func checkIn(_ number: Int64, by actor: String) throws -> DeskStay {
        try change { changes in
            switch try checkIn(number, by: actor, &changes) {
            case .done, .before: return try stay(number)
            case .missing(let conditions):
                throw DeskError.checkInMissing(number, conditions: conditions.map(\.rawValue))
            case .notDue(let status):
                throw DeskError.checkInNotDue(number, status: status.rawValue)
            }
        }
    }

    /// Within a transaction: moves a due stay to in house, and its grants into the snapshots.
    func checkIn(
        _ number: Int64, by actor: String, _ changes: inout [DeskChange]
    ) throws -> CheckIn {
        let stay = try checkingInStay(number)
        let outcome = stay.progress.checkIn(at: clock())
        guard outcome == .done else { return outcome }
        try database.run(
            "UPDATE stay SET checked_in = ?, generation = generation + 1 WHERE id = ?",
            .time(clock()), .integer(number))
        try audit(actor, "checkedIn", "stay \(number)")
        try touch(stay, .checkIn, at: clock())
        try tellGrants(of: number, &changes)
        return .done
    }

    /// Takes a check-in back. The room counts as not ready again, so that the guest's next step
    /// through the lobby does not check in anew.
    func undoCheckIn(_ number: Int64, by actor: String) throws -> DeskStay {
        try change { changes in
            let stay = try checkingInStay(number)
            guard stay.progress.checkedIn != nil else { return stay }
            try database.run(
                """
                UPDATE stay SET checked_in = NULL, room_ready = 0, generation = generation + 1
                WHERE id = ?
                """, .integer(number))
            try database.run(
                "DELETE FROM touchpoint WHERE stay = ? AND kind = 'checkIn'", .integer(number))
            try audit(actor, "checkInUndone", "stay \(number)")
            try tellGrants(of: number, &changes)
            return try self.stay(number)
        }
    }

    /// Checks a guest out: passes of the stay open nothing any more.
    func depart(_ number: Int64, by actor: String) throws -> DeskStay {
        try change { changes in
            let stay = try self.stay(number)
            guard stay.status(at: clock()) != .departed else { return stay }
            try database.run(
                "UPDATE stay SET departed = ? WHERE id = ?", .time(clock()), .integer(number))
            try audit(actor, "departed", "stay \(number)")
            try touch(stay, .departure, at: clock())
            try closeOpenUsage(stay: number, &changes)
            try database.run("DELETE FROM sighting WHERE stay = ?", .integer(number))
            try tellGrants(of: number, &changes)
            return try self.stay(number)
        }
    }

    /// Takes a check-out back, while the stay has not ended.
    func undoDeparture(_ number: Int64, by actor: String) throws -> DeskStay {
        try change { changes in
            let stay = try self.stay(number)
            guard stay.progress.departed != nil else { return stay }
            try database.run("UPDATE stay SET departed = NULL WHERE id = ?", .integer(number))
            try database.run(
                "DELETE FROM touchpoint WHERE stay = ? AND kind = 'departure'", .integer(number))
            try audit(actor, "departureUndone", "stay \(number)")
            try tellGrants(of: number, &changes)
            return try self.stay(number)
        }
    }

    private func checkingInStay(_ number: Int64) throws -> DeskStay {
        let stay = try self.stay(number)
        guard stay.progress.checksIn else { throw DeskError.noCheckIn(number) }
        return stay
    }

    private func tellGrants(of stay: Int64, _ changes: inout [DeskChange]) throws {
        changes.append(.stay(stay))
        changes += try gatewaysConcerned(by: stay).map { .grants($0) }
    }

    private func hasProvenArrival(stay: Int64, since: UnixTime) throws -> Bool {
        let sql = "SELECT 1 FROM arrival WHERE stay = ? AND began_ms >= ? AND is_proven = 1 LIMIT 1"
        return try database.row(sql, .integer(stay), .milliseconds(since)) {
            row throws(DatabaseError) in try row.integer(0)
        } != nil
    }
}

extension CheckInCondition {
    fileprivate var column: String {
        switch self {
        case .roomReady: "room_ready"
        case .registered: "registered"
        case .paid: "paid"
        }
    }
}
