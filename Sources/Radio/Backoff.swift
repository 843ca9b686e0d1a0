// SPDX-License-Identifier: Apache-2.0

import Timebase

/// How long to wait before the next attempt: twice as long each time, up to a bound, until one
/// has lasted.
struct Backoff {
    private let delayMin: Interval
    private var delay: Interval
    private var succeededAt: Instant?

    init(delayMin: Interval = Limits.reopenDelayMin) {
        self.delayMin = delayMin
        delay = delayMin
    }

    mutating func succeed(at now: Instant) { succeededAt = now }

    /// The delay after a failure now.
    mutating func fail(at now: Instant) -> Interval {
        if let since = succeededAt, now - since >= Limits.stableAfter {
            delay = delayMin
        }
        succeededAt = nil
        defer { delay = min(delay * 2, Limits.reopenDelayMax) }
        return delay
    }
}
