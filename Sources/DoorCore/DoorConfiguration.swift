// SPDX-License-Identifier: Apache-2.0
// What the core must know of a door. The gateway's settings build it and refuse what is dangerous;
// the core still does nothing unsafe with it: pulses are clamped and floors raised where used.
import Timebase

/// What a door is for; it decides which level may open it.
public enum DoorKind: UInt8, CaseIterable, Sendable {
    case guestRoom
    case shared
    case amenity
    case staff
    case lobby
}

/// What the lock does without current.
public enum FailMode: UInt8, CaseIterable, Sendable {
    /// A strike: locked without current.
    case secure
    /// A magnet: free without current. It must have a fire input, wired in series in hardware.
    case safe
}

/// When an opening without a pass is reported as `forced`.
public enum ForcedAlarm: UInt8, CaseIterable, Sendable {
    /// Where a REX input tells leaving from forcing. Without one every guest who leaves by the
    /// mechanical inner handle would be an alarm.
    case whenExitIsSensed
    /// Every opening without a pass or a request to exit: for doors nobody leaves by.
    case always
    case never
}

/// What happens when a credential enters an anti-passback zone it has not left.
public enum AntiPassbackRule: UInt8, CaseIterable, Sendable {
    case off
    /// It may pass; `antiPassback` is reported.
    case soft
    /// It is denied until it has left by another door.
    case hard
    /// It is denied for `Limits.antiPassbackTimed` after it entered.
    case timed
}

/// When the inside guard believes that a guest is in the room, and when no longer.
public struct InsideGuardParameters: Hashable, Sendable {
    /// Still heard this long after the door closed: inside. 10…120 s.
    public var stay = Interval.seconds(20)
    /// Louder at the inside receiver than at the outside one by more than this: inside, in dB.
    public var advantage: Int8 = 6
    /// Silent this long after an opening from inside: gone. 30…600 s.
    public var gone = Interval.seconds(60)

    public init() {}
}

/// One door: its lines, its rules and the receivers that watch it.
public struct DoorConfiguration: Sendable {
    public var index: DoorIndex
    public var kind: DoorKind
    /// The level below which nothing opens this door; the server may raise it.
    public var level: AccessLevel
    /// The receiver on the corridor side, and the one inside where fitted.
    public var receiver: ReceiverIndex
    public var insideReceiver: ReceiverIndex?

    public var lock: LineIndex
    public var failMode: FailMode = .secure
    /// Bolt or latch monitor: active while the bolt is withdrawn.
    public var lockFeedback: LineIndex?
    /// Active while the door stands open.
    public var contact: LineIndex?
    /// Request to exit: a button, a sensor in the inner handle, or a motion detector.
    public var rex: LineIndex?
    /// Active while the fire panel alarms. Several doors may share it.
    public var fire: LineIndex?
    /// Active while the guest has thrown the privacy bolt.
    public var privacyBolt: LineIndex?
    /// Active while the outer handle, or a request button beside it, is touched.
    public var handle: LineIndex?
    /// Active while the housing is open. Several doors may share it.
    public var tamper: LineIndex?
    public var grantedLight: LineIndex?
    public var deniedLight: LineIndex?
    public var preAlarmLight: LineIndex?
    public var faultLight: LineIndex?
    public var buzzer: LineIndex?

    /// How long one unlock lasts: 3…30 s.
    public var pulse = Interval.seconds(5)
    /// End the pulse as soon as the door opens.
    public var relocksOnOpening = true
    /// Open longer than this is `held`, with a pre-alarm at 80 %: 10 s…1 h.
    public var openLimit = Interval.seconds(30)
    public var forcedAlarm = ForcedAlarm.whenExitIsSensed
    /// A request to exit pulses the lock; off where the inner handle is mechanical.
    public var rexUnlocks = false
    /// A touched outer handle together with a valid, near and moving pass counts as intent.
    public var handleIsIntent = false
    /// `nil`: none. A guest room below level 3 must have one.
    public var insideGuard: InsideGuardParameters?
    /// When anyone may pass without a pass, one pulse at a touch of the handle.
    public var freeAccess: Schedule?
    /// Free access begins only when a member of staff has passed within the schedule.
    public var needsFirstPerson = false
    public var antiPassback = AntiPassbackRule.off
    /// The anti-passback zone one stands in after passing this door; 0 is outside all zones.
    public var entersZone: UInt8 = 0
    /// A tamper alarm erases every key of the gateway; it must then be commissioned anew.
    public var zeroisesOnTamper = false

    /// The detector's levels for this door.
    public var proximity = ProximityParameters()

    public init(
        index: DoorIndex, kind: DoorKind, level: AccessLevel, receiver: ReceiverIndex,
        lock: LineIndex
    ) {
        self.index = index
        self.kind = kind
        self.level = level
        self.receiver = receiver
        self.lock = lock
    }
}

extension DoorConfiguration {
    /// The line that serves this role, or `nil` where the door has none.
    public func line(_ role: LineRole) -> LineIndex? {
        switch role {
        case .lock: lock
        case .lockFeedback: lockFeedback
        case .contact: contact
        case .rex: rex
        case .fire: fire
        case .privacyBolt: privacyBolt
        case .handle: handle
        case .tamper: tamper
        case .grantedLight: grantedLight
        case .deniedLight: deniedLight
        case .preAlarmLight: preAlarmLight
        case .faultLight: faultLight
        case .buzzer: buzzer
        }
    }

    /// What this line is to the door, or `nil` where it is another door's.
    public func role(of line: LineIndex) -> LineRole? {
        LineRole.allCases.first { self.line($0) == line }
    }

    /// The side of this door a receiver hears, or `nil` where it is another door's.
    public func side(of receiver: ReceiverIndex) -> Side? {
        if receiver == self.receiver { return .outside }
        return receiver == insideReceiver ? .inside : nil
    }
}
