// SPDX-License-Identifier: Apache-2.0
// What the gateway tells the hotel. The vocabulary is closed: an auditor can read all of it here.
import Timebase

/// One audited fact. Created, with its sequence number, before its effect can be seen outside.
public struct Event: Hashable, Sendable {
    /// Counts from 1 at every boot of the service; a gap means loss.
    public let sequence: UInt64
    public let at: Instant
    /// Wall time and how well it was known; `nil` before the first reading.
    public let wall: UnixTime?
    public let clock: ClockState
    public let door: DoorIndex?
    public let credential: CredentialID?
    public let kind: EventKind

    public init(
        sequence: UInt64, at: Instant, wall: UnixTime?, clock: ClockState, door: DoorIndex?,
        credential: CredentialID?, kind: EventKind
    ) {
        self.sequence = sequence
        self.at = at
        self.wall = wall
        self.clock = clock
        self.door = door
        self.credential = credential
        self.kind = kind
    }
}

/// The events of the access-control vocabulary (EN 60839-11-1) and of the machine itself.
public enum EventKind: Hashable, Sendable {
    case granted(AccessLevel)
    case denied(DenialReason)
    /// The lock line was energised, at most until this moment.
    case unlocked(until: Instant)
    case relocked
    case opened
    case closed
    /// Opened without grant or request to exit.
    case forced
    /// Open for 80 % of the limit.
    case heldWarning
    /// Open longer than the limit.
    case held
    case heldCleared
    case rex
    case rexStuck
    case fireOn
    case fireReset
    case tamper
    case tamperCleared
    /// The line cannot be driven, or the bolt did not follow it twice.
    case lockFault
    case lockFaultCleared
    /// This line other than the lock cannot be used, or can be again.
    case lineFault(LineRole)
    case lineFaultCleared(LineRole)
    case privacyOn
    case privacyOff
    case modeChanged(DoorMode)
    /// The hours of free access began or ended (mode `freeAccess`).
    case freeAccess(isOn: Bool)
    /// An order came; what it leads to follows.
    case ordered(Order)
    /// An operator's order opened the door.
    case operatorOpen
    /// A credential entered a zone it has not left (rule `soft`).
    case antiPassback
    case presence(ProximityState)
    /// This many passes with a known identifier and a wrong tag within a minute.
    case tagAlarm(UInt32)
    case boot(BootCause)
    case radioLost(ReceiverIndex)
    case radioRestored(ReceiverIndex)
    /// A step, from 1, of the recovery ladder was climbed for a radio that fails.
    case radioRecovery(ReceiverIndex, step: UInt8)
    case clockState(ClockState)
    case snapshot(epoch: UInt64)
    case snapshotRejected(epoch: UInt64)
    /// The journal was full and gave up this many events the hotel had not.
    case journalEvicted(UInt32)
    /// The journal could not be written, and this many events fitted nowhere.
    case journalUnwritten(UInt32)
    /// The journal could not be read; it was set aside and a new one begun.
    case journalRenewed
    case configurationChanged
    /// This many records were lost because a queue was full.
    case overflow(UInt32)
}

/// Why a pass did not open a door. The guest sees one signal for all of them.
public enum DenialReason: UInt8, CaseIterable, Sendable {
    case wrongTag
    case staleNonce
    case staleWindow
    case replayed
    case unknownDoor
    case doorNotGranted
    case notYetValid
    case expired
    case outsideSchedule
    case clockUntrusted
    case levelTooLow
    case notNear
    case notMoving
    case insideGuard
    case privacy
    case lockdown
    case doorOpen
    case tooManyPulses
    case antiPassback
    case lockFault
    case memoryFull
    /// The door's inputs have not all been read yet.
    case notReady
    case service
    /// Fire: a fail-safe lock rests and is free by its wiring.
    case fire
    /// The door is unlocked already: neither recorded nor shown.
    case alreadyUnlocked
}

/// Why the service started.
public enum BootCause: UInt8, Sendable {
    case powerOn
    case restart
    case watchdog
    case unknown
}

/// How far the wall clock is to be believed (doors.md).
public enum ClockState: UInt8, Sendable {
    /// Booted and never synchronised: the clock can only be behind.
    case untrusted
    /// Synchronised once, running on the monotonic clock since.
    case holdover
    /// Synchronised within the last 24 h.
    case trusted
}

/// Who may pass a door.
public enum DoorMode: UInt8, CaseIterable, Sendable {
    case normal
    /// Deny everyone but emergency grants.
    case lockdown
    /// Anyone may pass during the door's schedule.
    case freeAccess
    /// Maintenance: inputs are shown, alarms are muted, nothing unlocks.
    case service
}

/// Where a guest is, as far as one receiver can tell (proximity.md).
public enum ProximityState: UInt8, CaseIterable, Sendable {
    case absent
    case present
    case approaching
    case atDoor
    case passing
    case inside
    case leaving
}
