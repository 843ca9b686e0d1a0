// SPDX-License-Identifier: Apache-2.0
// Wall-clock time: what validity periods and the pass's windows are written in. It may be wrong
// or jump; `DoorCore` decides how far to trust it.

/// Wall-clock time as milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored (POSIX).
public struct UnixTime: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    @inlinable
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    @inlinable
    public init(seconds: Int64) { self.milliseconds = seconds * 1_000 }

    /// Whole seconds, rounded down.
    @inlinable
    public var seconds: Int64 {
        milliseconds / 1_000 - (milliseconds % 1_000 < 0 ? 1 : 0)
    }

    @inlinable
    public static func < (left: UnixTime, right: UnixTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    @inlinable
    public static func + (left: UnixTime, right: Interval) -> UnixTime {
        UnixTime(milliseconds: left.milliseconds + right.milliseconds)
    }

    @inlinable
    public static func - (left: UnixTime, right: Interval) -> UnixTime {
        UnixTime(milliseconds: left.milliseconds - right.milliseconds)
    }

    @inlinable
    public static func - (left: UnixTime, right: UnixTime) -> Interval {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}
