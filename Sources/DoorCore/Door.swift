// SPDX-License-Identifier: Apache-2.0
// One door: its lock, its inputs and its indicators. The door decides nothing about passes; it says
// what stands in the way of one (`refusal`), spends the permit, and watches what follows.
//
// Whatever happens, first time is let pass (`advance`), then the input is taken in, then what
// depends on several parts is brought in line (`settle`). Effects on the lock precede records.
import Timebase

/// The state of one door. Pure: inputs and time in, effects out.
public struct Door: Sendable {
    public internal(set) var configuration: DoorConfiguration
    public internal(set) var insideGuard: InsideGuard?

    var bolt: DoorBolt
    var history = PulseHistory()
    var monitor = DoorBoltMonitor.following
    var leaf: DoorLeaf
    var exit: DoorExit
    var fire: DoorFire
    var privacy: DoorSensor
    var outerHandle: DoorSensor
    var tamper: DoorSensor
    var feedback: DoorSensor
    var access: DoorAccessMode
    var indicators: DoorIndicators
    var handleTouchedAt: Instant?
    var raisedLevel: AccessLevel
    var nextHoursCheck: Instant
    var forcedUntil: Instant?
    /// Lines other than the lock that cannot be used, one bit per role.
    var faultyLines: UInt16 = 0
    var nextIndication: Instant?

    /// - Parameters:
    ///   - mode: the mode kept from before a restart, else `freeAccess` where the door has such
    ///     hours and `normal` where not.
    ///   - raisedLevel: the level kept from before a restart.
    public init(
        _ configuration: DoorConfiguration, mode: DoorMode? = nil,
        raisedLevel: AccessLevel = .presence, at now: Instant
    ) {
        self.configuration = configuration
        insideGuard = configuration.insideGuard.map { InsideGuard($0) }
        bolt = .resting(since: now - Limits.pulseOffMin, after: nil)
        leaf = configuration.contact == nil ? .unfitted : .unread
        exit = configuration.rex == nil ? .unfitted : .unread
        fire = configuration.fire == nil ? .unfitted : .unread
        privacy = configuration.privacyBolt == nil ? .unfitted : .unread
        outerHandle = configuration.handle == nil ? .unfitted : .unread
        tamper = configuration.tamper == nil ? .unfitted : .unread
        feedback = configuration.lockFeedback == nil ? .unfitted : .unread
        access = DoorAccessMode(
            mode ?? (configuration.freeAccess == nil ? .normal : .freeAccess))
        self.raisedLevel = raisedLevel
        indicators = DoorIndicators(configuration)
        nextHoursCheck = now
    }

    /// Takes one input in.
    /// - Returns: who went through, if the input shows it.
    @discardableResult
    public mutating func handle(
        _ input: DoorInput, at now: Instant, recorder: inout EventRecorder,
        into effects: inout Effects
    ) -> Passage? {
        var passage: Passage?
        advance(to: now, &recorder, &effects)
        switch input {
        case .level(let role, let isActive):
            passage = take(role, .level(isActive), at: now, &recorder, &effects)
        case .lineFault(let role):
            passage = take(role, .lost, at: now, &recorder, &effects)
        case .command(let command): obey(command, at: now, &recorder, &effects)
        case .timer: break
        }
        settle(at: now, &recorder, &effects)
        return passage
    }

    /// Spends a permit: one pulse. Ask `refusal` before making one.
    ///
    /// - Parameters:
    ///   - level: what the pass reached, for the record; `nil` where there was no pass.
    /// - Returns: who went through, where there is no contact to show it.
    /// - Precondition: the permit is this door's and nothing refuses the passer.
    @discardableResult
    public mutating func unlock(
        _ permit: consuming UnlockPermit, for passer: Passer, credential: CredentialID? = nil,
        level: AccessLevel? = nil, at now: Instant, recorder: inout EventRecorder,
        into effects: inout Effects
    ) -> Passage? {
        precondition(permit.door == configuration.index, "a permit opens its own door")
        precondition(refusal(for: passer, at: now) == nil, "a permit is made after asking")
        let until = energise(permit, for: passer, credential, at: now, &effects)
        if let level { report(.granted(level), credential, at: now, &recorder, &effects) }
        report(.unlocked(until: until), credential, at: now, &recorder, &effects)
        admitFirstPerson(passer, at: now, &recorder, &effects)
        settle(at: now, &recorder, &effects)
        guard leaf == .unfitted, let credential else { return nil }
        return Passage(door: configuration.index, credential: credential, at: now)
    }

    /// Records a denial and shows it, in the same way for every reason.
    ///
    /// - Parameter isRecorded: `false` shows it and keeps nothing.
    public mutating func deny(
        _ reason: DenialReason, credential: CredentialID?, isRecorded: Bool = true,
        at now: Instant, recorder: inout EventRecorder, into effects: inout Effects
    ) {
        guard reason != .alreadyUnlocked else { return }
        if isRecorded { report(.denied(reason), credential, at: now, &recorder, &effects) }
        indicators.deny(at: now)
        nextIndication = indicators.show(at: now, into: &effects)
    }

    /// When to call `handle(.timer)`. Late is harmless: the line adapter ends pulses itself.
    public var deadline: Instant? {
        var next = Instant.earlier(bolt.deadline, monitor.deadline)
        next = .earlier(next, exit.deadline)
        next = .earlier(next, nextIndication)
        if access != .service { next = .earlier(next, leaf.deadline) }
        if followsHours { next = .earlier(next, nextHoursCheck) }
        return next
    }

    var followsHours: Bool { configuration.freeAccess != nil && access.mode == .freeAccess }

    /// Drives the lock and begins the pulse.
    /// - Returns: when the pulse ends.
    mutating func energise(
        _ permit: consuming UnlockPermit, for passer: Passer, _ credential: CredentialID?,
        isSecondTry: Bool = false, at now: Instant, _ effects: inout Effects
    ) -> Instant {
        let until = permit.until
        precondition(until - now <= Limits.pulseMax, "a pulse has a bound")
        effects.append(.energise(configuration.lock, permit))
        bolt.energise(
            Pulse(
                startedAt: now, until: until, passer: passer, credential: credential,
                isSecondTry: isSecondTry))
        monitor.restart()
        history.add(now)
        indicators.grant(at: now, until: until)
        return until
    }

    mutating func report(
        _ kind: EventKind, _ credential: CredentialID? = nil, at now: Instant,
        _ recorder: inout EventRecorder, _ effects: inout Effects
    ) {
        recorder.record(
            kind, door: configuration.index, credential: credential, at: now, into: &effects)
    }
}
