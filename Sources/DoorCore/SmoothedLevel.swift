// SPDX-License-Identifier: Apache-2.0
// A received level followed over time and not over adverts, so that a phone that advertises once a
// second is smoothed like one that advertises four times.
import Timebase

/// A smoothed level in dB × 64, receiver offset included.
struct SmoothedLevel: Sendable {
    private static let unheard = Int16.min

    private(set) var value = SmoothedLevel.unheard

    /// Moves toward a level in dBm; the first one is taken as it is.
    /// - Parameter memory: the time constant.
    mutating func follow(_ level: Int32, after elapsed: Interval, memory: Interval) {
        guard value != SmoothedLevel.unheard else {
            value = Int16(clamping: level * 64)
            return
        }
        let span = Int32(truncatingIfNeeded: memory.milliseconds)
        let milliseconds = Int32(truncatingIfNeeded: max(0, min(elapsed.milliseconds, 30_000)))
        let step = (level * 64 - Int32(value)) * milliseconds / (milliseconds + span)
        value = Int16(clamping: Int32(value) + step)
    }

    /// By how much one level is above another, dB × 64.
    static func - (left: SmoothedLevel, right: SmoothedLevel) -> Int32 {
        Int32(left.value) - Int32(right.value)
    }
}
