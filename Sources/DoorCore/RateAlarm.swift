// SPDX-License-Identifier: Apache-2.0
import Timebase

/// Counts within fixed periods and speaks once in each period that reaches the limit.
struct RateAlarm: Sendable {
    private let limit: Int
    private let period: Interval
    private var periodEnd: Instant?
    private var count = 0

    init(limit: Int, over period: Interval) {
        self.limit = limit
        self.period = period
    }

    /// Counts one; returns the count at the moment the limit is reached.
    mutating func add(at now: Instant) -> UInt32? {
        if periodEnd.map({ now >= $0 }) ?? true {
            periodEnd = now + period
            count = 0
        }
        count += 1
        return count == limit ? UInt32(count) : nil
    }
}
