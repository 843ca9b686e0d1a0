// SPDX-License-Identifier: Apache-2.0
// Brings the parts of a door together: what each input does to its part, and what follows from it
// for the others.
import Timebase

extension Door {
    /// Lets time pass: ends pulses, raises alarms that have become due, follows the hours.
    mutating func advance(
        to now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        follow(bolt.handle(.elapsed, at: now), at: now, &recorder, &effects)
        if access != .service {
            // Twice: warning and alarm may both have become due.
            note(leaf.handle(.elapsed, at: now), at: now, &recorder, &effects)
            note(leaf.handle(.elapsed, at: now), at: now, &recorder, &effects)
        }
        if exit.handle(.elapsed, at: now) == .stuck {
            report(.rexStuck, at: now, &recorder, &effects)
        }
        if followsHours, now >= nextHoursCheck, let schedule = configuration.freeAccess {
            nextHoursCheck = now + .minutes(1)
            let clock = recorder.clock
            let isOpen =
                clock.state != .untrusted
                && clock.wall(at: now).map {
                    schedule.contains($0, offset: clock.localOffset)
                } ?? false
            note(
                access.handle(.hours(isOpen: isOpen, needsStaff: configuration.needsFirstPerson)),
                at: now, &recorder, &effects)
        }
    }

    /// Brings bolt monitor and indicators in line with the rest.
    mutating func settle(
        at now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        switch compareBolt(at: now) {
        case .none: break
        case .tryAgain: driveAgain(at: now, &recorder, &effects)
        case .fault:
            driveAgain(at: now, &recorder, &effects)
            report(.lockFault, at: now, &recorder, &effects)
        case .cleared: report(.lockFaultCleared, at: now, &recorder, &effects)
        }
        showState(at: now)
        nextIndication = indicators.show(at: now, into: &effects)
    }

    mutating func take(
        _ role: LineRole, _ input: DoorSensor.Input, at now: Instant,
        _ recorder: inout EventRecorder, _ effects: inout Effects
    ) -> Passage? {
        guard configuration.line(role) != nil else { return nil }
        switch role {
        case .lock:
            let lockInput: DoorBolt.Input
            switch input {
            case .level(let isActive): lockInput = isActive ? .lineEnergised : .lineRested
            case .lost: lockInput = .lineFault
            }
            follow(bolt.handle(lockInput, at: now), at: now, &recorder, &effects)
            return nil
        case .contact: return takeContact(input, at: now, &recorder, &effects)
        case .rex: takeExit(input, at: now, &recorder, &effects)
        case .fire: takeFire(input, at: now, &recorder, &effects)
        case .privacyBolt: takePrivacy(input, at: now, &recorder, &effects)
        case .handle: takeHandle(input, at: now, &recorder, &effects)
        case .tamper: takeTamper(input, at: now, &recorder, &effects)
        case .lockFeedback: _ = feedback.handle(input)
        case .grantedLight, .deniedLight, .preAlarmLight, .faultLight, .buzzer: break
        }
        watchLine(role, input, at: now, &recorder, &effects)
        return nil
    }

    mutating func obey(
        _ command: Command, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch command {
        case .open(configuration.index):
            if let reason = refusal(for: .operator, at: now) {
                report(.denied(reason), at: now, &recorder, &effects)
            } else if let permit = AccessPolicy.permit(for: .order(command), at: self, now: now) {
                let until = energise(permit, for: .operator, nil, at: now, &effects)
                report(.operatorOpen, at: now, &recorder, &effects)
                report(.unlocked(until: until), at: now, &recorder, &effects)
            }
        case .setMode(configuration.index, let mode):
            let action = access.handle(.set(mode))
            secureIfBarred(at: now, &recorder, &effects)
            nextHoursCheck = now
            note(action, at: now, &recorder, &effects)
        case .raiseLevel(configuration.index, let level): raisedLevel = level
        case .identify(configuration.index): indicators.identify(at: now)
        case .resetFire(configuration.index):
            if fire.handle(.reset) == .reset { report(.fireReset, at: now, &recorder, &effects) }
            secureIfBarred(at: now, &recorder, &effects)
        case .open, .setMode, .raiseLevel, .identify, .resetFire, .confirmTime: break
        }
    }

    /// Does what the bolt asks for.
    mutating func follow(
        _ action: DoorBolt.Action, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch action {
        case .none: break
        case .rest: effects.append(.rest(configuration.lock))
        case .end(let pulse): end(pulse, at: now, &recorder, &effects)
        case .tryAgain(let pulse):
            guard let permit = AccessPolicy.permit(for: .secondTry, at: self, now: now) else {
                _ = bolt.handle(.secure, at: now)
                return
            }
            let until = energise(
                permit, for: pulse.passer, pulse.credential, isSecondTry: true, at: now, &effects)
            report(.unlocked(until: until), pulse.credential, at: now, &recorder, &effects)
        case .broke(let pulse):
            if let pulse {
                end(pulse, at: now, &recorder, &effects)
            } else {
                effects.append(.rest(configuration.lock))
            }
            report(.lockFault, at: now, &recorder, &effects)
        case .mended: report(.lockFaultCleared, at: now, &recorder, &effects)
        }
    }

    /// Ends the present pulse, or a second try in waiting, if its passer may no longer pass.
    mutating func secureIfBarred(
        at now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        let passer: Passer
        switch bolt {
        case .pulsing(let pulse), .pausing(let pulse, _): passer = pulse.passer
        case .resting, .broken: return
        }
        switch barrier(for: passer) {
        case .service, .fire, .privacy, .lockdown:
            follow(bolt.handle(.secure, at: now), at: now, &recorder, &effects)
        // An open door ends the pulse by its own rule; a lost input must not trap a guest halfway.
        case .some, .none: break
        }
    }

    /// Free access may have waited for this member of staff. Nobody comes in by an opening from
    /// afar.
    mutating func admitFirstPerson(
        _ passer: Passer, at now: Instant, _ recorder: inout EventRecorder,
        _ effects: inout Effects
    ) {
        switch passer {
        case .holder(.housekeeping), .holder(.staff):
            note(access.handle(.staffPassed), at: now, &recorder, &effects)
        case .holder(.guest), .holder(.emergency), .exit, .anyone, .operator: break
        }
    }

    private mutating func end(
        _ pulse: Pulse, at now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        effects.append(.rest(configuration.lock))
        indicators.endGrant()
        report(.relocked, pulse.credential, at: now, &recorder, &effects)
    }

    private mutating func compareBolt(at now: Instant) -> DoorBoltMonitor.Action {
        let isUnlocked: Bool?
        switch feedback {
        case .unfitted, .unread: isUnlocked = nil
        case .inactive: isUnlocked = false
        case .active: isUnlocked = true
        }
        let wantsUnlocked: Bool?
        var isSecondTry = false
        switch bolt {
        case .pulsing(let pulse):
            wantsUnlocked = true
            isSecondTry = pulse.isSecondTry
        // A bolt may wait for the door to close before it locks.
        case .resting, .pausing: wantsUnlocked = leaf.isOpen ? nil : false
        case .broken: wantsUnlocked = nil
        }
        return monitor.compare(
            isUnlocked: isUnlocked, wantsUnlocked: wantsUnlocked, isSecondTry: isSecondTry,
            at: now)
    }

    private mutating func driveAgain(
        at now: Instant, _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        switch bolt {
        case .pulsing: follow(bolt.handle(.stuck, at: now), at: now, &recorder, &effects)
        case .resting, .pausing: effects.append(.rest(configuration.lock))
        case .broken: break
        }
    }

    private mutating func showState(at now: Instant) {
        let isMuted = access == .service
        let isWarning: Bool
        switch leaf {
        case .warned, .held: isWarning = !isMuted
        case .unfitted, .unread, .closed, .open: isWarning = false
        }
        indicators.setPreAlarm(isWarning, at: now)
        let alarmUntil = leaf == .held ? Instant.never : forcedUntil
        indicators.setAlarm(until: isMuted ? nil : alarmUntil, at: now)
        let isBroken: Bool
        switch bolt {
        case .broken: isBroken = true
        case .resting, .pulsing, .pausing: isBroken = false
        }
        indicators.setFault(
            isBroken || monitor.isFaulted || exit == .stuck || tamper == .active
                || faultyLines != 0, at: now)
    }
}
