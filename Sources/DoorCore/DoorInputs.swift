// SPDX-License-Identifier: Apache-2.0
// What each input line of a door means. A lock is moved before anything is recorded.
import Timebase

extension Door {
    mutating func takeContact(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) -> Passage? {
        var passage: Passage?
        switch leafAction(input, at: now) {
        case .none:
            // Read closed after it could not be read: whatever was open is closed now.
            if leaf == .closed { insideGuard?.doorClosed(at: now) }
        case .opened: passage = opened(at: now, &recorder, &effects)
        case .foundOpen:
            insideGuard?.doorOpened(fromInside: false, for: nil, at: now)
            report(.opened, at: now, &recorder, &effects)
        case .closed(let wasHeld):
            forcedUntil = nil
            insideGuard?.doorClosed(at: now)
            report(.closed, at: now, &recorder, &effects)
            if wasHeld { report(.heldCleared, at: now, &recorder, &effects) }
        case .warned, .held: break
        }
        watchLine(.contact, input, at: now, &recorder, &effects)
        return passage
    }

    mutating func takeExit(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        let exitInput: DoorExit.Input
        switch input {
        case .level(let isActive): exitInput = .level(isActive)
        case .lost: exitInput = .lost
        }
        guard exit.handle(exitInput, at: now) == .requested else { return }
        var until: Instant?
        if let permit = AccessPolicy.permit(for: .exit, at: self, now: now) {
            until = energise(permit, for: .exit, nil, at: now, &effects)
        }
        report(.rex, at: now, &recorder, &effects)
        if let until { report(.unlocked(until: until), at: now, &recorder, &effects) }
    }

    mutating func takeFire(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        let fireInput: DoorFire.Input
        switch input {
        case .level(let isActive): fireInput = .level(isActive)
        case .lost: fireInput = .lost
        }
        guard fire.handle(fireInput) == .alarm else { return }
        secureIfBarred(at: now, &recorder, &effects)
        report(.fireOn, at: now, &recorder, &effects)
    }

    mutating func takePrivacy(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch privacy.handle(input) {
        case .none: break
        case .activated, .foundActive:
            secureIfBarred(at: now, &recorder, &effects)
            report(.privacyOn, at: now, &recorder, &effects)
        case .deactivated: report(.privacyOff, at: now, &recorder, &effects)
        }
    }

    mutating func takeHandle(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        guard outerHandle.handle(input) == .activated else { return }
        handleTouchedAt = now
        guard let permit = AccessPolicy.permit(for: .freeAccess, at: self, now: now) else { return }
        let until = energise(permit, for: .anyone, nil, at: now, &effects)
        report(.unlocked(until: until), at: now, &recorder, &effects)
    }

    mutating func takeTamper(
        _ input: DoorSensor.Input, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch tamper.handle(input) {
        case .none: break
        case .activated, .foundActive:
            if configuration.zeroisesOnTamper, access != .service { effects.append(.zeroise) }
            report(.tamper, at: now, &recorder, &effects)
        case .deactivated: report(.tamperCleared, at: now, &recorder, &effects)
        }
    }

    /// Reports a line that cannot be used, once, and that it can be again.
    mutating func watchLine(
        _ role: LineRole, _ input: DoorSensor.Input, at now: Instant,
        _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        let bit = UInt16(1) << UInt16(role.rawValue)
        switch (input, faultyLines & bit != 0) {
        case (.lost, false):
            faultyLines |= bit
            report(.lineFault(role), at: now, &recorder, &effects)
        case (.level, true):
            faultyLines &= ~bit
            report(.lineFaultCleared(role), at: now, &recorder, &effects)
        case (.lost, true), (.level, false): break
        }
    }

    mutating func note(
        _ action: DoorLeaf.Action, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch action {
        case .warned: report(.heldWarning, at: now, &recorder, &effects)
        case .held: report(.held, at: now, &recorder, &effects)
        case .none, .opened, .foundOpen, .closed: break
        }
    }

    mutating func note(
        _ action: DoorAccessMode.Action, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch action {
        case .none: break
        case .changed(let mode): report(.modeChanged(mode), at: now, &recorder, &effects)
        case .freeAccess(let isOn): report(.freeAccess(isOn: isOn), at: now, &recorder, &effects)
        }
    }

    private mutating func leafAction(_ input: DoorSensor.Input, at now: Instant) -> DoorLeaf.Action
    {
        switch input {
        case .level(let isActive):
            let limit = min(
                max(configuration.openLimit, Limits.openLimitMin), Limits.openLimitMax)
            return leaf.handle(.level(isOpen: isActive, limit: limit), at: now)
        case .lost: return leaf.handle(.lost, at: now)
        }
    }

    private mutating func opened(
        at now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) -> Passage? {
        let pulse = bolt.pulse(at: now)
        let isForced = pulse == nil && isForcedOpening(at: now)
        if configuration.relocksOnOpening {
            follow(bolt.handle(.secure, at: now), at: now, &recorder, &effects)
        }
        insideGuard?.doorOpened(
            fromInside: !isForced && (pulse == nil || pulse?.passer == .exit),
            for: pulse?.credential, at: now)
        report(.opened, pulse?.credential, at: now, &recorder, &effects)
        if isForced {
            forcedUntil = now + Limits.forcedAlarmFor
            report(.forced, at: now, &recorder, &effects)
        }
        return pulse?.credential.map {
            Passage(door: configuration.index, credential: $0, at: now)
        }
    }

    private func isForcedOpening(at now: Instant) -> Bool {
        if exit.excusesOpening(at: now) || access == .service || isFreeAccess { return false }
        if fire == .burning, configuration.failMode == .safe { return false }
        switch configuration.forcedAlarm {
        case .whenExitIsSensed: return configuration.rex != nil
        case .always: return true
        case .never: return false
        }
    }
}
