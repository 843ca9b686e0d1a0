// SPDX-License-Identifier: Apache-2.0
import Timebase

/// The hotel desk's bounds. Where a gateway has a bound of its own, `Snapshot.Limits` holds it.
enum DeskLimits {
    /// How long staff grants hold without a newer snapshot.
    static let lease = Interval.hours(72)
    /// Beacon keys are given out this far ahead: a gateway may be offline for weeks.
    static let beaconDaysMax: Int64 = 35
    /// Characters of a name of a hotel, gateway or door.
    static let nameCharactersMax = 64
    /// Guests may come this long before their stay begins: on the day of arrival.
    static let dueBefore = Interval.hours(12)
    /// Seen at the lobby again within this time, it is the same arrival.
    static let sameArrival = Interval.minutes(30)
    /// Arrivals the board shows at once.
    static let arrivalsShownMax = 200
    /// A second entry within this time is the same visit, where nothing tells the leaving.
    static let sameVisit = Interval.hours(2)
    /// An entry again this soon is a second try at the door, not a second visit.
    static let secondTry = Interval.minutes(10)
    /// Characters of a wish, a reason or another note.
    static let noteCharactersMax = 200
    /// The server looks this often for what other processes changed.
    static let recordsPollPeriod = Interval.milliseconds(200)
    static let tickPeriod = Interval.seconds(1)
    /// A key file has one line.
    static let keyFileBytesMax = 1_024
}
