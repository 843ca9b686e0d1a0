// SPDX-License-Identifier: Apache-2.0
// Moments on the machine's monotonic clock. Every decision and deadline uses this clock: the wall
// clock may be stepped by hours while a lock is energised.

/// A moment on CLOCK_MONOTONIC (in simulations: on the simulated clock), in nanoseconds.
public struct Instant: Hashable, Comparable, Sendable {
    public let nanoseconds: Int64

    @inlinable
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The clock's origin: boot for CLOCK_MONOTONIC, the first record for a capture.
    public static let origin = Instant(nanoseconds: 0)

    /// A moment no deadline reaches.
    public static let never = Instant(nanoseconds: .max)

    @inlinable
    public static func < (left: Instant, right: Instant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    @inlinable
    public static func + (left: Instant, right: Interval) -> Instant {
        Instant(nanoseconds: left.nanoseconds + right.nanoseconds)
    }

    @inlinable
    public static func - (left: Instant, right: Interval) -> Instant {
        Instant(nanoseconds: left.nanoseconds - right.nanoseconds)
    }

    @inlinable
    public static func - (left: Instant, right: Instant) -> Interval {
        Interval(nanoseconds: left.nanoseconds - right.nanoseconds)
    }
}

extension Instant {
    /// The earlier of two deadlines, where `nil` means none.
    @inlinable
    public static func earlier(_ left: Instant?, _ right: Instant?) -> Instant? {
        guard let left else { return right }
        guard let right else { return left }
        return min(left, right)
    }
}
