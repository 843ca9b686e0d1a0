// SPDX-License-Identifier: Apache-2.0
// When to try again: twice as late each time, and never two gateways in step. Pure: chance is
// drawn by whoever asks.
import Timebase

struct Backoff {
    private var failures = 0

    /// How long to wait after another failure.
    ///
    /// - Parameter chance: uniform in 0…1; spreads the wait over half to all of its length.
    mutating func next(chance: Double) -> Interval {
        let doubled = Limits.backoffMin.milliseconds << min(failures, 16)
        failures += 1
        let longest = min(doubled, Limits.backoffMax.milliseconds)
        return .milliseconds(longest / 2 + Int64(Double(longest / 2) * chance))
    }

    mutating func reset() { failures = 0 }
}
