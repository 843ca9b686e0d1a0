// SPDX-License-Identifier: Apache-2.0
// Watches a door from outside and knows the invariants of doors.md on its own account: it keeps its
// own picture of the inputs and trusts nothing the door says of itself but its effects.
import Timebase

@testable import DoorCore

/// Lives a door's life and says what first went wrong.
struct DoorWarden {
    private var door: Door
    private var recorder: EventRecorder
    private let configuration: DoorConfiguration
    private let twin: Door
    private var now = Instant.origin + .hours(1)
    private(set) var fault: String?

    /// The world as the test made it.
    private var levels: [Bool?] = Array(repeating: nil, count: LineRole.allCases.count)
    private var mode: DoorMode
    private var fireLatched = false
    private var lockBroken = false
    private var isFree = false

    /// The lock line as the adapter drives it.
    private var energisedAt: Instant?
    private var energisedUntil = Instant.origin
    private var restedAt: Instant?
    private var starts: [Instant] = []
    /// Who asks with the present input, and whom the present or last pulse was for.
    private var asking: Passer?
    private var pulseFor = Passer.anyone
    /// An input the door is not told of: the warden must notice.
    private let hidden: LineRole?
    private var sequence: UInt64 = 0
    /// (moment, energised) pairs: what the lock did.
    private(set) var trace: [String] = []

    init(_ configuration: DoorConfiguration, hiding hidden: LineRole? = nil) {
        self.hidden = hidden
        self.configuration = configuration
        door = Door(configuration, at: now)
        var bare = DoorConfiguration(
            index: configuration.index, kind: .lobby, level: .presence,
            receiver: configuration.receiver, lock: configuration.lock)
        bare.pulse = configuration.pulse
        twin = Door(bare, at: .origin)
        recorder = EventRecorder(at: now)
        mode = configuration.freeAccess == nil ? .normal : .freeAccess
    }

    /// The first broken invariant of this life, or `nil`.
    static func judge(_ life: DoorLife, hiding hidden: LineRole? = nil) -> String? {
        var warden = DoorWarden(life.configuration, hiding: hidden)
        var effects = Effects()
        warden.begin(&effects)
        for step in life.steps {
            warden.take(step, &effects)
            if let fault = warden.fault { return "\(fault) at \(warden.now.nanoseconds) ns" }
        }
        warden.rest(&effects)
        return warden.fault
    }

    /// What the lock did, for comparing two lives.
    static func trace(_ life: DoorLife) -> [String] {
        var warden = DoorWarden(life.configuration)
        var effects = Effects()
        warden.begin(&effects)
        for step in life.steps { warden.take(step, &effects) }
        return warden.trace
    }

    private mutating func begin(_ effects: inout Effects) {
        recorder.handle(
            ClockReading(time: UnixTime(seconds: 1_767_225_600), isSynchronised: true), at: now,
            into: &effects)
        check(&effects)
    }

    private mutating func take(_ step: DoorStep, _ effects: inout Effects) {
        if step.deed == .wedge {
            now = now + step.wait
            send(.timer, &effects)
            return
        }
        advance(to: now + step.wait, &effects)
        switch step.deed {
        case .level(let role, let isActive):
            guard configuration.line(role) != nil else { return }
            note(role, isActive)
            if role == .handle, isActive { asking = .anyone }
            send(.level(role, isActive: isActive && role != hidden), &effects)
            asking = nil
        case .lineFault(let role):
            guard configuration.line(role) != nil else { return }
            note(role, nil)
            send(.lineFault(role), &effects)
        case .pass(let holder, let credential): pass(holder, CredentialID(credential), &effects)
        case .order: send(.command(.open(configuration.index)), &effects)
        case .mode(let new):
            if new != mode { isFree = false }
            mode = new
            send(.command(.setMode(configuration.index, new)), &effects)
        case .resetFire:
            if levels[Int(LineRole.fire.rawValue)] != true { fireLatched = false }
            send(.command(.resetFire(configuration.index)), &effects)
        case .identify: send(.command(.identify(configuration.index)), &effects)
        case .raiseLevel: send(.command(.raiseLevel(configuration.index, .connected)), &effects)
        case .nothing, .wedge: break
        }
    }

    /// At the end everything is let go: the lock must come to rest and stay there.
    private mutating func rest(_ effects: inout Effects) {
        advance(to: now + .minutes(2), &effects)
        if isEnergised { fault = "energised two minutes after the last input" }
    }

    private mutating func note(_ role: LineRole, _ level: Bool?) {
        let old = levels[Int(role.rawValue)]
        // A fire input that fails while it burns still counts as burning.
        if role == .fire, level == nil, old == true || fireLatched { return }
        levels[Int(role.rawValue)] = level
        if role == .fire, level == true { fireLatched = true }
        if role == .lock { lockBroken = lockBroken && level != false || level == nil }
        if role == .lock, level == false { end() }
    }

    private mutating func pass(
        _ holder: CredentialClass, _ credential: CredentialID, _ effects: inout Effects
    ) {
        door.insideGuard?.heard(credential, at: now)
        asking = .holder(holder)
        defer { asking = nil }
        guard door.refusal(for: .holder(holder), at: now) == nil else { return }
        let order = DoorRequest.order(.open(configuration.index))
        guard let permit = AccessPolicy.permit(for: order, at: twin, now: now) else { return }
        door.unlock(
            permit, for: .holder(holder), credential: credential, level: .intent, at: now,
            recorder: &recorder, into: &effects)
        check(&effects)
    }

    private mutating func advance(to end: Instant, _ effects: inout Effects) {
        while let deadline = door.deadline, deadline <= end, fault == nil {
            now = max(now, deadline)
            send(.timer, &effects)
            if let next = door.deadline, next <= now {
                fault = "the door wants to be woken at once again"
            }
        }
        now = end
    }

    private mutating func send(_ input: DoorInput, _ effects: inout Effects) {
        door.handle(input, at: now, recorder: &recorder, into: &effects)
        if effects.count > Limits.effectsPerDoorMax { fault = "\(effects.count) effects" }
        check(&effects)
    }

    private var isEnergised: Bool { energisedAt != nil && now < energisedUntil }

    private mutating func check(_ effects: inout Effects) {
        var moves: [Instant?] = []
        var events: [Event] = []
        effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(_, let permit): moves.append(permit.until)
            case .rest(_): moves.append(nil)
            case .record(let event): events.append(event)
            case .indicate(_, isOn: _): break
            case .beacon(_): break
            case .drawNonce: break
            case .keepTime(_): break
            case .zeroise: break
            }
        }
        for event in events {
            if event.sequence != sequence + 1 { fault = "a gap in the sequence" }
            sequence = event.sequence
            if event.kind == .freeAccess(isOn: true) { isFree = true }
            if event.kind == .freeAccess(isOn: false) { isFree = false }
        }
        for until in moves {
            if let until {
                energise(until: until, events: events)
            } else {
                end()
                trace.append("rest \(now.nanoseconds)")
            }
        }
        checkBarriers()
    }

    private mutating func end() {
        guard energisedAt != nil else { return }
        restedAt = min(now, energisedUntil)
        energisedAt = nil
    }
}

extension DoorWarden {
    /// The invariants of one energising.
    private mutating func energise(until: Instant, events: [Event]) {
        trace.append("energise \(now.nanoseconds) \((until - now).milliseconds)")
        let passer = passer(of: events)
        if isEnergised { fault = "energised while energised" }
        if until - now > .seconds(30) || until - now < .seconds(3) { fault = "pulse out of bounds" }
        if until - now > max(.seconds(3), configuration.pulse) { fault = "longer than its pulse" }
        if let restedAt, now - restedAt < .seconds(1) { fault = "off for less than a second" }
        starts = starts.filter { now - $0 < .minutes(1) } + [now]
        if starts.count > 20 { fault = "more than 20 pulses within a minute" }
        if !events.contains(where: { $0.kind == .unlocked(until: until) }) {
            fault = "energised without a record"
        }
        if lockBroken { fault = "energised a broken line" }
        if level(.contact) == true { fault = "energised with the door open" }
        if passer != .holder(.emergency) {
            for role in [LineRole.contact, .privacyBolt, .fire]
            where configuration.line(role) != nil && level(role) == nil {
                fault = "energised before \(role) was read"
            }
        }
        if passer == .anyone, !isFree { fault = "opened to anyone outside free access" }
        if passer == .exit, !configuration.rexUnlocks { fault = "opened by REX" }
        energisedAt = now
        energisedUntil = until
        pulseFor = passer
    }

    /// What must not be while the line is energised, at its beginning or later.
    private mutating func checkBarriers() {
        guard isEnergised else { return }
        let passer = pulseFor
        if mode == .service { fault = "energised in service" }
        if configuration.failMode == .safe, level(.fire) == true {
            fault = "a fail-safe lock energised during fire"
        }
        if passer == .holder(.emergency) { return }
        if level(.privacyBolt) == true { fault = "unlocked while privacy is closed" }
        let firePrevails =
            fireLatched && (configuration.kind != .guestRoom || configuration.failMode == .safe)
        if mode == .lockdown, !firePrevails, passer != .exit { fault = "unlocked in lockdown" }
    }

    /// Whom the lock was energised for; a second try is for whoever the first was for.
    private func passer(of events: [Event]) -> Passer {
        if let asking { return asking }
        if events.contains(where: { $0.kind == .operatorOpen }) { return .operator }
        if events.contains(where: { $0.kind == .rex }) { return .exit }
        return pulseFor
    }

    private func level(_ role: LineRole) -> Bool? { levels[Int(role.rawValue)] }
}
