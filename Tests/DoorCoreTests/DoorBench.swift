// SPDX-License-Identifier: Apache-2.0
// A door on the bench: its lines are variables, its clock is moved by hand, and it is woken at its
// deadlines as the loop would.
import Testing
import Timebase

@testable import DoorCore

/// Lines of a bench door, by role.
extension LineIndex {
    static func bench(_ role: LineRole) -> LineIndex { LineIndex(role.rawValue) }
}

extension DoorConfiguration {
    /// A guest room's door with these inputs, and every indicator.
    static func bench(
        _ inputs: Set<LineRole> = [.contact, .rex, .privacyBolt], kind: DoorKind = .guestRoom,
        level: AccessLevel = .intent, _ change: (inout DoorConfiguration) -> Void = { _ in }
    ) -> DoorConfiguration {
        var door = DoorConfiguration(
            index: DoorIndex(2), kind: kind, level: level, receiver: ReceiverIndex(0),
            lock: .bench(.lock))
        func line(_ role: LineRole) -> LineIndex? { inputs.contains(role) ? .bench(role) : nil }
        door.lockFeedback = line(.lockFeedback)
        door.contact = line(.contact)
        door.rex = line(.rex)
        door.fire = line(.fire)
        door.privacyBolt = line(.privacyBolt)
        door.handle = line(.handle)
        door.tamper = line(.tamper)
        door.grantedLight = .bench(.grantedLight)
        door.deniedLight = .bench(.deniedLight)
        door.preAlarmLight = .bench(.preAlarmLight)
        door.faultLight = .bench(.faultLight)
        door.buzzer = .bench(.buzzer)
        change(&door)
        return door
    }
}

/// A door, its lock line as the adapter drives it, and everything it reported.
final class DoorBench {
    var door: Door
    var recorder: EventRecorder
    private(set) var now: Instant
    private(set) var events: [Event] = []
    /// When the lock line was energised, and when it rested again.
    private(set) var energised: [(from: Instant, until: Instant)] = []
    private(set) var rests = 0
    private(set) var lit: Set<LineIndex> = []
    private(set) var switches: [(line: LineIndex, isOn: Bool, at: Instant)] = []
    private(set) var zeroised = false
    private(set) var passages: [Passage] = []
    /// Whether a lock was ever moved after a record of the same input.
    private(set) var recordsBeforeLock = false
    /// An operator's permit is made by a door with no inputs at all.
    private let twin: Door
    private var effects = Effects()

    /// - Parameter isRead: whether every input has been read inactive before the test begins.
    init(_ configuration: DoorConfiguration = .bench(), mode: DoorMode? = nil, isRead: Bool = true)
    {
        now = .origin + .hours(1)
        door = Door(configuration, mode: mode, at: now)
        var bare = configuration
        for role in LineRole.allCases where role != .lock { bare.clear(role) }
        twin = Door(bare, mode: .normal, at: .origin)
        recorder = EventRecorder(at: now)
        guard isRead else { return }
        for role in LineRole.allCases where role.isInput && configuration.line(role) != nil {
            set(role, false)
        }
    }

    var isEnergised: Bool { energised.last.map { now < $0.until } ?? false }
    var kinds: [EventKind] { events.map(\.kind) }

    func isLit(_ role: LineRole) -> Bool { lit.contains(.bench(role)) }

    func forgetEvents() { events.removeAll() }

    func set(_ role: LineRole, _ isActive: Bool) {
        send(.level(role, isActive: isActive))
    }

    func send(_ input: DoorInput) {
        if let passage = door.handle(input, at: now, recorder: &recorder, into: &effects) {
            passages.append(passage)
        }
        perform()
    }

    func read(_ reading: ClockReading) {
        recorder.handle(reading, at: now, into: &effects)
        perform()
    }

    /// Lets time pass, waking the door whenever it asked to be.
    func wait(_ interval: Interval) {
        let end = now + interval
        while let deadline = door.deadline, deadline <= end {
            let before = now
            now = max(now, deadline)
            send(.timer)
            if let next = door.deadline, next <= before, next <= now {
                Issue.record("the door asks to be woken at once, for ever")
                break
            }
        }
        now = end
    }

    /// Lets time pass while the loop is stuck.
    func sleep(_ interval: Interval) { now = now + interval }

    /// Somebody comes whom the policy would let in.
    @discardableResult
    func pass(
        _ holder: CredentialClass = .guest, _ credential: CredentialID = CredentialID(1)
    ) -> DenialReason? {
        let passer = Passer.holder(holder)
        if let reason = door.refusal(for: passer, at: now) {
            door.deny(
                reason, credential: credential, at: now, recorder: &recorder, into: &effects)
            perform()
            return reason
        }
        let order = DoorRequest.order(.open(door.configuration.index))
        guard let permit = AccessPolicy.permit(for: order, at: twin, now: now) else {
            Issue.record("the bare door refused an operator")
            return nil
        }
        if let passage = door.unlock(
            permit, for: passer, credential: credential, level: .intent, at: now,
            recorder: &recorder, into: &effects)
        {
            passages.append(passage)
        }
        perform()
        return nil
    }

    func deny(_ reason: DenialReason) {
        door.deny(reason, credential: nil, at: now, recorder: &recorder, into: &effects)
        perform()
    }

    private func perform() {
        var hasRecorded = false
        var drained: [Done] = []
        effects.drain { (effect: consuming Effect) in drained.append(Done(effect)) }
        for done in drained {
            switch done {
            case .energised(let until):
                recordsBeforeLock = recordsBeforeLock || hasRecorded
                energised.append((now, until))
            case .rested:
                recordsBeforeLock = recordsBeforeLock || hasRecorded
                rests += 1
                if let last = energised.last, now < last.until {
                    energised[energised.count - 1].until = now
                }
            case .switched(let line, let isOn):
                if isOn { lit.insert(line) } else { lit.remove(line) }
                switches.append((line, isOn, now))
            case .recorded(let event):
                hasRecorded = true
                events.append(event)
            case .zeroised: zeroised = true
            case .other: break
            }
        }
    }

    /// An effect without its permit, which only the line adapter may keep.
    private enum Done {
        case energised(until: Instant)
        case rested
        case switched(LineIndex, Bool)
        case recorded(Event)
        case zeroised
        case other

        init(_ effect: consuming Effect) {
            switch consume effect {
            case .energise(_, let permit): self = .energised(until: permit.until)
            case .rest: self = .rested
            case .indicate(let line, let isOn): self = .switched(line, isOn)
            case .record(let event): self = .recorded(event)
            case .zeroise: self = .zeroised
            case .beacon: self = .other
            case .drawNonce: self = .other
            case .keepTime: self = .other
            }
        }
    }
}

extension LineRole {
    var isInput: Bool {
        switch self {
        case .lockFeedback, .contact, .rex, .fire, .privacyBolt, .handle, .tamper: true
        case .lock, .grantedLight, .deniedLight, .preAlarmLight, .faultLight, .buzzer: false
        }
    }
}

extension DoorConfiguration {
    fileprivate mutating func clear(_ role: LineRole) {
        switch role {
        case .lock: break
        case .lockFeedback: lockFeedback = nil
        case .contact: contact = nil
        case .rex: rex = nil
        case .fire: fire = nil
        case .privacyBolt: privacyBolt = nil
        case .handle: handle = nil
        case .tamper: tamper = nil
        case .grantedLight: grantedLight = nil
        case .deniedLight: deniedLight = nil
        case .preAlarmLight: preAlarmLight = nil
        case .faultLight: faultLight = nil
        case .buzzer: buzzer = nil
        }
    }
}
