// SPDX-License-Identifier: Apache-2.0
// Every bound of the platform layer.

import Timebase

enum Limits {
    /// sd-event groups timers within this much of each other; its own default of 250 ms would
    /// hold a lock energised a quarter of a second too long.
    static let timerAccuracy = Interval.microseconds(1)
    /// Linux keeps thread names to 15 bytes (`pthread_setname_np(3)`).
    static let threadNameBytesMax = 15
    /// Fields of one journal entry beside MESSAGE and PRIORITY.
    static let logFieldsMax = 32
    /// Allocations from this size on are given back to the system when freed.
    static let ownMappingBytesMin: Int32 = 65_536
}
