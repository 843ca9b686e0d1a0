// SPDX-License-Identifier: Apache-2.0
// Every bound of the line adapter.
import DoorCore
import Timebase

enum Limits {
    /// An input counts as settled when it has not moved for this long (doors.md: 20…50 ms).
    static let debounce = Interval.milliseconds(30)
    /// An input that never settles is read as it is after this long, so that chatter cannot hide
    /// what stays active for 400 ms.
    static let chatterMax = Interval.milliseconds(200)
    /// An input that could not be read is read again after this long.
    static let readRetryPeriod = Interval.seconds(1)
    /// A line still energised this long after its permit's end is taken from the core.
    static let ceilingMargin = Interval.milliseconds(500)
    /// The guard looks at the outputs this often, and each time one falls due.
    static let guardPeriod = Interval.milliseconds(250)
    /// A line that would not rest is tried again after this long.
    static let restRetryPeriod = Interval.milliseconds(100)
    /// No output is energised longer, whatever the permits say.
    static let energisedMax = DoorCore.Limits.energisedMax
}
