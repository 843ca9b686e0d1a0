// SPDX-License-Identifier: Apache-2.0
// Where a stay stands, and whether its guest may check in: decisions without a database.
import Timebase

/// What the hotel's desk calls the state of a stay. It follows from the stay's records and the
/// clock and is never stored, so that nothing has to run at midnight.
enum StayStatus: String, CaseIterable {
    case booked
    /// From `DeskLimits.dueBefore` its beginning: whoever comes may check in.
    case due
    case inHouse
    /// Checked out, or past its end.
    case departed
}

/// What must be true before a guest can check in; set by staff or by the hotel's own systems.
enum CheckInCondition: String, CaseIterable {
    case roomReady
    case registered
    case paid
}

/// What became of a wish to check in.
enum CheckIn: Equatable {
    case done
    /// Nothing changed: the stay was in house before.
    case before
    case missing([CheckInCondition])
    case notDue(StayStatus)
}

/// The times and marks of a stay its status follows from.
struct StayProgress: Equatable {
    var begins: UnixTime
    var ends: UnixTime
    /// Whether the guest must check in; `false` for staff and for plain grants.
    var checksIn = false
    var conditions: Set<CheckInCondition> = []
    var checkedIn: UnixTime?
    var departed: UnixTime?

    func status(at now: UnixTime) -> StayStatus {
        if departed != nil || now >= ends { return .departed }
        guard checksIn else { return now < begins ? .booked : .inHouse }
        if checkedIn != nil { return .inHouse }
        return now < dueFrom ? .booked : .due
    }

    /// When a guest may come: on the day of arrival, however early.
    var dueFrom: UnixTime { begins - DeskLimits.dueBefore }

    /// When passes of the stay begin to mean something: lobby doors alone until checked in.
    var passesBegin: UnixTime { checksIn ? min(dueFrom, checkedIn ?? dueFrom) : begins }

    /// In the order staff would settle them.
    var missing: [CheckInCondition] {
        CheckInCondition.allCases.filter { !conditions.contains($0) }
    }

    func checkIn(at now: UnixTime) -> CheckIn {
        switch status(at: now) {
        case .inHouse: .before
        case .booked: .notDue(.booked)
        case .departed: .notDue(.departed)
        case .due: missing.isEmpty ? .done : .missing(missing)
        }
    }
}
