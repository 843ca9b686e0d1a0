// SPDX-License-Identifier: Apache-2.0
// Contacts bounce. An edge only says that a level may have changed; what counts is the level read
// once the line has been still, so a lost or doubled edge can never invert anything.
import Timebase

/// The settled level of one input.
struct Debounce {
    private(set) var isActive: Bool
    private var unsettled: (first: Instant, last: Instant)?
    private var retry: Instant?

    init(isActive: Bool) { self.isActive = isActive }

    /// When the level shall be read.
    var deadline: Instant? {
        guard let unsettled else { return nil }
        return retry ?? min(unsettled.last + Limits.debounce, unsettled.first + Limits.chatterMax)
    }

    mutating func edge(at stamp: Instant) {
        guard let pending = unsettled else { return unsettled = (stamp, stamp) }
        unsettled = (pending.first, max(pending.last, stamp))
    }

    /// The level could not be read: asks again at `moment`.
    mutating func postpone(to moment: Instant) { retry = moment }

    /// Takes the level read at the deadline; returns when it began to change, if it did.
    mutating func settle(isActive level: Bool) -> Instant? {
        guard let since = unsettled?.first else { return nil }
        unsettled = nil
        retry = nil
        guard level != isActive else { return nil }
        isActive = level
        return since
    }
}
