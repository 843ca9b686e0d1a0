// SPDX-License-Identifier: Apache-2.0
// A length of time as a signed count of nanoseconds: cheap to compare on the hot path and equal
// on every machine, which `Duration` (128-bit) and `Double` are not.

/// A length of time, ±292 years, in nanoseconds.
public struct Interval: Hashable, Comparable, Sendable {
    public let nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    @inlinable
    public static func nanoseconds(_ count: Int64) -> Interval { Interval(nanoseconds: count) }

    @inlinable
    public static func microseconds(_ count: Int64) -> Interval {
        Interval(nanoseconds: count * 1_000)
    }

    @inlinable
    public static func milliseconds(_ count: Int64) -> Interval {
        Interval(nanoseconds: count * 1_000_000)
    }

    @inlinable
    public static func seconds(_ count: Int64) -> Interval {
        Interval(nanoseconds: count * 1_000_000_000)
    }

    @inlinable
    public static func minutes(_ count: Int64) -> Interval { .seconds(count * 60) }

    @inlinable
    public static func hours(_ count: Int64) -> Interval { .seconds(count * 3_600) }

    public static let zero = Interval(nanoseconds: 0)

    /// Whole milliseconds, rounded toward zero.
    @inlinable
    public var milliseconds: Int64 { nanoseconds / 1_000_000 }

    /// Seconds for people and plots; decisions use `nanoseconds`.
    @inlinable
    public var seconds: Double { Double(nanoseconds) / 1e9 }

    @inlinable
    public static func < (left: Interval, right: Interval) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    @inlinable
    public static func + (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    @inlinable
    public static func - (left: Interval, right: Interval) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }

    @inlinable
    public static func * (left: Interval, right: Int64) -> Interval {
        Interval(nanoseconds: left.nanoseconds * right)
    }

    @inlinable
    public static func / (left: Interval, right: Int64) -> Interval {
        Interval(nanoseconds: left.nanoseconds / right)
    }
}
