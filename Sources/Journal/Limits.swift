// SPDX-License-Identifier: Apache-2.0
import Timebase

/// Every bound of the journal.
public enum Limits {
    /// Events kept, whether the hotel has them or not.
    public static let eventsMax = 50_000
    /// Room is made for so many at once: each time costs a write of its own.
    static let evictedAtOnceMin = 512
    /// Events that wait in memory while nothing can be written.
    public static let pendingEventsMax = 4_096
    /// An event is on the disk this long after it came, at the latest.
    static let commitDelay = Interval.milliseconds(200)
    /// An acknowledgement may come again, so it waits for company.
    static let acknowledgementDelay = Interval.seconds(5)
    /// After a failure it is tried again this often.
    static let retryPeriod = Interval.seconds(1)
}
