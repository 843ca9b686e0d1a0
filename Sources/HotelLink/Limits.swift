// SPDX-License-Identifier: Apache-2.0
import Timebase

/// Every bound of the link.
enum Limits {
    /// The first attempt after a failure comes about so late, each further one twice as late …
    static let backoffMin = Interval.seconds(1)
    /// … up to this; both are spread by chance, so that a fleet does not come back at once.
    static let backoffMax = Interval.seconds(60)
    /// A connection that held so long was a good one: the next failure counts as the first.
    static let steadyAfter = Interval.seconds(30)
    /// Batches the hotel has not acknowledged, at most.
    static let batchesInFlightMax = 8
    /// A broker that has not taken so many messages yet takes none: the connection is ended before
    /// they fill the memory.
    static let unacknowledgedMax = 128
    /// Results of commands on their way at once.
    static let resultsInFlightMax = 16
    /// Without a new acknowledgement for so long, what was sent is sent again.
    static let resendAfter = Interval.seconds(10)
    /// The status is told at most this often.
    static let statusPeriod = Interval.seconds(1)
}
