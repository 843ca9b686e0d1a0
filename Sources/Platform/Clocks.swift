// SPDX-License-Identifier: Apache-2.0
// The only place that reads clocks: everything that decides is told the time.

import CSystemd
import Glibc
import Timebase

/// CLOCK_MONOTONIC: what every decision and deadline is measured on.
public enum MonotonicClock {
    @inlinable
    public static func now() -> Instant {
        Instant(nanoseconds: readClock(CLOCK_MONOTONIC))
    }
}

/// CLOCK_REALTIME: what validity periods are written in; it may be wrong or jump.
public enum WallClock {
    @inlinable
    public static func now() -> UnixTime {
        UnixTime(milliseconds: readClock(CLOCK_REALTIME) / 1_000_000)
    }

    /// Whether the kernel holds the clock for disciplined (`adjtimex(2)`: not `STA_UNSYNC`).
    public static var isSynchronised: Bool { lintel_clock_is_synchronised() != 0 }

    /// What to add to a CLOCK_REALTIME stamp to place it on CLOCK_MONOTONIC: sampled once per
    /// batch of kernel timestamps, because the wall clock can be stepped at any moment.
    public static func offsetToMonotonic() -> Interval {
        let before = readClock(CLOCK_MONOTONIC)
        let wall = readClock(CLOCK_REALTIME)
        let after = readClock(CLOCK_MONOTONIC)
        return Interval(nanoseconds: before + (after - before) / 2 - wall)
    }
}

/// Nanoseconds of a clock that every Linux kernel has.
@usableFromInline
func readClock(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    let result = clock_gettime(clock, &time)
    precondition(result == 0)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
