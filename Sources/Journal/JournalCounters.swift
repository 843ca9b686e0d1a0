// SPDX-License-Identifier: Apache-2.0

/// What the journal has done since it was opened.
public struct JournalCounters: Hashable, Sendable {
    public init() {}

    /// Events on the disk now.
    public internal(set) var kept: Int64 = 0
    /// Those of them the hotel has not acknowledged.
    public internal(set) var waiting: Int64 = 0
    /// Events written.
    public internal(set) var stored: UInt64 = 0
    public internal(set) var commits: UInt64 = 0
    /// Attempts to write that failed.
    public internal(set) var failures: UInt64 = 0
    /// Events the hotel had not, given up for want of room.
    public internal(set) var evicted: UInt64 = 0
    /// Events that were never written.
    public internal(set) var unwritten: UInt64 = 0

    /// Events the hotel will never have.
    public var lost: UInt64 { evicted + unwritten }
}
