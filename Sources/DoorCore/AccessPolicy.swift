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

/// A wish to open a door that no pass stands behind.
enum DoorRequest {
    /// The request to exit has just become active.
    case exit
    /// The outer handle is touched during free access.
    case freeAccess
    /// An operator's authenticated order.
    case order(Command)
    /// The bolt did not follow the first pulse.
    case secondTry
}

enum AccessPolicy {
    /// The permit for a request that the door's own state bears out, or `nil`.
    static func permit(for request: DoorRequest, at door: Door, now: Instant) -> UnlockPermit? {
        let isBorneOut: Bool
        switch request {
        case .exit:
            isBorneOut =
                door.configuration.rexUnlocks && door.exit.isPressed
                && door.refusal(for: .exit, at: now) == nil
        case .freeAccess:
            isBorneOut =
                door.isFreeAccess && door.outerHandle == .active
                && door.refusal(for: .anyone, at: now) == nil
        case .order(let command):
            isBorneOut =
                command == .open(door.configuration.index)
                && door.refusal(for: .operator, at: now) == nil
        case .secondTry: isBorneOut = door.permitsSecondTry(at: now)
        }
        guard isBorneOut else { return nil }
        return UnlockPermit(door: door.configuration.index, until: now + door.pulse)
    }
}
