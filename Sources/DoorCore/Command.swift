// SPDX-License-Identifier: Apache-2.0

/// An order from an operator at the gateway or from the hotel server.
public enum Command: Hashable, Sendable {
    /// One unlock pulse for a person staff vouch for.
    case open(DoorIndex)
    case setMode(DoorIndex, DoorMode)
    /// Raise a door's level for now; below the configured floor it has no effect.
    case raiseLevel(DoorIndex, AccessLevel)
    /// Blink the door's indicator so that an installer finds it.
    case identify(DoorIndex)
    /// Reset the fire latch after an inspection.
    case resetFire(DoorIndex)
    /// An operator confirms that the wall clock is right.
    case confirmTime
}
