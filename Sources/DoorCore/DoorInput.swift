// SPDX-License-Identifier: Apache-2.0
// What can happen to one door, and who can want to pass it.
import Timebase

/// What a line is to its door.
public enum LineRole: UInt8, CaseIterable, Sendable {
    case lock
    case lockFeedback
    case contact
    case rex
    case fire
    case privacyBolt
    case handle
    case tamper
    case grantedLight
    case deniedLight
    case preAlarmLight
    case faultLight
    case buzzer
}

/// One thing that happened to a door.
public enum DoorInput: Hashable, Sendable {
    /// An input reads this level now, debounced, active-low already undone. For `.lock`: what the
    /// line adapter did on its own, such as ending a pulse at its ceiling.
    case level(LineRole, isActive: Bool)
    /// The line could not be driven or read; a lock rests as far as the adapter can see to it.
    case lineFault(LineRole)
    /// An authenticated order. Orders to other doors are ignored.
    case command(Command)
    /// `Door.deadline` has come.
    case timer
}

/// On whose behalf a lock is asked to open; it decides what may stand in the way.
public enum Passer: Hashable, Sendable {
    case holder(CredentialClass)
    /// An operator's order, without a pass.
    case `operator`
    /// A request to exit: passes a lockdown, for egress outranks it.
    case exit
    /// Whoever touches the handle during free access.
    case anyone
}

/// Somebody went through a door: it opened under their pulse, or, where there is no contact, was
/// unlocked for them.
public struct Passage: Hashable, Sendable {
    public let door: DoorIndex
    public let credential: CredentialID
    public let at: Instant
}
