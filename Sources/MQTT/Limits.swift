// SPDX-License-Identifier: Apache-2.0
import Timebase

/// The client's bounds.
enum Limits {
    /// How often a connection looks after its own life.
    static let tickPeriod = Interval.seconds(1)
    /// Twice the longest message there is, a snapshot. The library takes 256 MiB; a longer one is
    /// not copied, and ends the connection.
    static let messageBytesMax = 8 << 20
    /// Attempts over the address that worked last, before one over the other.
    static let knownAddressTriesMax = 3
}
