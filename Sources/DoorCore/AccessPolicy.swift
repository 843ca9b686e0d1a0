// SPDX-License-Identifier: Apache-2.0
// The only place where the right to unlock comes into being.
import Timebase

/// The right to energise one door's lock until a moment. It cannot be copied, stored twice or made
/// outside this file; the line adapter consumes it.
public struct UnlockPermit: ~Copyable {
    public let door: DoorIndex
    /// The lock rests again at this moment at the latest.
    public let until: Instant

    fileprivate init(door: DoorIndex, until: Instant) {
        self.door = door
        self.until = until
    }
}
