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
    /// The server looks this often for what other processes changed.
    static let recordsPollPeriod = Interval.milliseconds(200)
    static let tickPeriod = Interval.seconds(1)
    /// A key file has one line.
    static let keyFileBytesMax = 1_024
}
