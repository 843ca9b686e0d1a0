// SPDX-License-Identifier: Apache-2.0
// A door as an operator sees it: what is so now, not what happened.
import Timebase

/// The state of one door at one moment.
public struct DoorStatus: Hashable, Sendable {
    public enum Lock: UInt8, Sendable {
        case locked
        case unlocked
        /// It cannot be driven.
        case faulty
    }

    /// What an input says.
    public enum Sensor: UInt8, Sendable {
        case unfitted
        case unread
        case inactive
        case active
    }

    /// What somebody should look at.
    public struct Alarms: OptionSet, Hashable, Sendable {
        public let rawValue: UInt16
        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let forced = Alarms(rawValue: 1 << 0)
        public static let heldWarning = Alarms(rawValue: 1 << 1)
        public static let held = Alarms(rawValue: 1 << 2)
        public static let rexStuck = Alarms(rawValue: 1 << 3)
        /// The panel alarms, or has and nobody has reset it here.
        public static let fire = Alarms(rawValue: 1 << 4)
        public static let tamper = Alarms(rawValue: 1 << 5)
        public static let lockFault = Alarms(rawValue: 1 << 6)
        public static let lineFault = Alarms(rawValue: 1 << 7)
    }

    public var index: DoorIndex
    public var mode: DoorMode
    public var isFreeAccess = false
    /// The level a pass must reach now.
    public var level: AccessLevel
    public var lock = Lock.locked
    /// Active while the door stands open.
    public var contact = Sensor.unfitted
    public var privacy = Sensor.unfitted
    public var alarms: Alarms = []

    public init(index: DoorIndex, mode: DoorMode, level: AccessLevel) {
        self.index = index
        self.mode = mode
        self.level = level
    }
}

extension Door {
    public func status(at now: Instant) -> DoorStatus {
        var status = DoorStatus(index: configuration.index, mode: mode, level: requiredLevel)
        status.isFreeAccess = isFreeAccess
        switch bolt {
        case .resting, .pausing: status.lock = .locked
        case .pulsing: status.lock = .unlocked
        case .broken: status.lock = .faulty
        }
        switch leaf {
        case .unfitted: status.contact = .unfitted
        case .unread: status.contact = .unread
        case .closed: status.contact = .inactive
        case .open, .warned, .held: status.contact = .active
        }
        switch privacy {
        case .unfitted: status.privacy = .unfitted
        case .unread: status.privacy = .unread
        case .inactive: status.privacy = .inactive
        case .active: status.privacy = .active
        }
        status.alarms = alarms(at: now)
        return status
    }

    private func alarms(at now: Instant) -> DoorStatus.Alarms {
        var alarms: DoorStatus.Alarms = []
        if let forcedUntil, now < forcedUntil { alarms.insert(.forced) }
        switch leaf {
        case .warned: alarms.insert(.heldWarning)
        case .held: alarms.insert(.held)
        case .unfitted, .unread, .closed, .open: break
        }
        if exit == .stuck { alarms.insert(.rexStuck) }
        if fire.isLatched { alarms.insert(.fire) }
        if tamper == .active { alarms.insert(.tamper) }
        if case .broken = bolt { alarms.insert(.lockFault) }
        if monitor.isFaulted { alarms.insert(.lockFault) }
        if faultyLines != 0 { alarms.insert(.lineFault) }
        return alarms
    }
}
