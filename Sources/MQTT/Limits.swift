// SPDX-License-Identifier: Apache-2.0
import Timebase

/// The client's bounds.
enum Limits {
    /// How often a connection looks after its own life.
    static let tickPeriod = Interval.seconds(1)
}
