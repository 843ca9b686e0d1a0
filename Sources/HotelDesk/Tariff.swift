// SPDX-License-Identifier: Apache-2.0
// What a visit costs. Money is whole cents; a minute counts when it is over.
import Timebase

/// The price of passing an amenity's door.
struct Tariff: Equatable {
    var number: Int64 = 0
    var name: String
    /// The door that begins a visit, by name.
    var door: String
    /// The door that ends it; without one only visits can be charged, not minutes.
    var exitDoor: String?
    /// ISO 4217.
    var currency: String
    var visitCents: Int64
    var minuteCents: Int64 = 0
    /// Minutes that cost nothing.
    var freeMinutes: Int64 = 0
    /// The most a visit costs; `nil` without bound.
    var capCents: Int64?

    /// What a visit of this length costs.
    func cents(from entered: UnixTime, to left: UnixTime) -> Int64 {
        let minutes = max(0, (left - entered).milliseconds / 60_000)
        let (timed, overflow) = max(0, minutes - freeMinutes)
            .multipliedReportingOverflow(by: minuteCents)
        let (sum, tooMuch) = visitCents.addingReportingOverflow(overflow ? .max : timed)
        return min(tooMuch ? .max : sum, capCents ?? .max)
    }

    /// What a visit costs whose end nobody saw: nothing for minutes that cannot be shown.
    var centsWithoutExit: Int64 { min(visitCents, capCents ?? .max) }
}

/// A visit that may be billed.
struct UsageRecord: Equatable {
    enum State: String {
        case open
        case complete
        /// Its end was not seen; minutes are not charged.
        case incomplete
    }

    enum Decision: String, CaseIterable {
        case upheld
        case waived
    }

    let number: Int64
    let stay: Int64
    let tariff: String
    let currency: String
    let state: State
    let entered: UnixTime
    let left: UnixTime?
    /// The events it rests on: the pass granted, and the door opened where it tells; once for
    /// entering and once for leaving.
    let evidence: [EventName]
    let cents: Int64
    let disputed: UnixTime?
    /// The guest's reason.
    let dispute: String?
    let decision: Decision?
    let decided: UnixTime?
    /// Why staff decided so; the guest may read it.
    let grounds: String?
    let exported: UnixTime?

    var isDisputed: Bool { disputed != nil && decision == nil }

    /// A dispute keeps it from the bill until staff decide.
    var isBillable: Bool {
        state != .open && decision != .waived && !isDisputed
    }
}
