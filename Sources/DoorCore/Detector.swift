// SPDX-License-Identifier: Apache-2.0
// Decides whether a guest has come to this door or is walking past. One detector follows one
// credential at one door, fed by the door's outside receivers and, where fitted, the inside one.
import Timebase

/// A sequential test over the adverts of one credential at one door.
///
/// Pure and driven by time: between adverts it moves a belief over places forward, so that a phone
/// advertising once a second is judged like one advertising four times. At most 256 bytes, nothing
/// on the heap.
public struct Detector: Sendable {
    private var belief = DetectorBelief(.withMargin)
    /// Of the belief as it stands; the logarithms are worth keeping.
    private var odds = Detector.priorOdds
    private var levelEvidence: Int32 = 0
    private var marginEvidence: Int32 = 0
    private var firstHeard: Instant
    private var lastHeard: Instant
    private var lastTick: Instant
    private var lastMargin: Instant
    private var lastInside: Instant
    private var lastAboveFar: Instant
    private var outsideLevel = SmoothedLevel()
    private var insideLevel = SmoothedLevel()
    /// The outside level, followed half as fast: below it while somebody comes nearer.
    private var slowLevel = SmoothedLevel()
    /// From one advert to the next, smoothed, in milliseconds.
    private(set) var usualInterval = Detector.intervalAtFirst
    public private(set) var state = ProximityState.absent
    /// This approach has opened the door passively.
    private var isSpent = false
    /// … and the door was open and closed since: the next approach may again.
    private var isCycled = false

    public init(at now: Instant) {
        (firstHeard, lastHeard, lastTick, lastAboveFar) = (now, now, now, now)
        lastMargin = now - Detector.marginFreshFor - Detector.marginFreshFor
        lastInside = now - Detector.absentAfter
    }

    /// Takes one advert in. A level that means nothing (127, 0x99, positive) is ignored.
    /// - Returns: the new state if it changed.
    public mutating func observe(
        _ sample: ProximitySample, at now: Instant, _ parameters: ProximityParameters
    ) -> ProximityState? {
        let before = state
        _ = advance(to: now, parameters)
        let isBelievable = sample.rssi < 0 && sample.rssi > -127 && sample.rssi != -103
        let elapsed = Detector.milliseconds(now - lastHeard)
        switch sample.receiver {
        case .inside:
            guard isBelievable else { break }
            let level = Int32(sample.rssi) + Int32(parameters.insideReceiverOffset)
            insideLevel.follow(level, after: now - lastInside, memory: Detector.levelMemory)
            lastInside = now
        case .outside:
            let margin = parameters.comparesGateways ? sample.margin : nil
            let knowsMargin = margin != nil || hasMargin(at: now)
            let model = knowsMargin ? DetectorModel.withMargin : .levelAlone
            move(to: now, model)
            if isBelievable {
                let level = Int32(sample.rssi) + Int32(parameters.receiverOffset)
                hear(level - Int32(parameters.near), elapsed, model)
                usualInterval &+= (Int16(truncatingIfNeeded: elapsed) &- usualInterval) / 8
                outsideLevel.follow(level, after: now - lastHeard, memory: Detector.levelMemory)
                slowLevel.follow(level, after: now - lastHeard, memory: Detector.levelMemory * 2)
                lastHeard = now
            }
            if let margin { hear(margin, now, model, parameters) }
            if Int32(outsideLevel.value) >= Int32(parameters.far) * 64 { lastAboveFar = now }
        }
        decide(now, parameters)
        rearm(at: now)
        return state == before ? nil : state
    }

    /// Lets time pass without an advert.
    /// - Returns: the new state if it changed.
    public mutating func advance(
        to now: Instant, _ parameters: ProximityParameters
    ) -> ProximityState? {
        guard state != .absent, let deadline, now >= deadline else { return nil }
        if now - lastHeard >= Detector.absentAfter {
            self = Detector(at: now)
            return .absent
        }
        guard state != .leaving else { return nil }
        state = .leaving
        return .leaving
    }

    /// When `advance` would next change something.
    public var deadline: Instant? {
        switch state {
        case .absent: nil
        case .leaving, .present: lastHeard + Detector.absentAfter
        case .approaching, .atDoor, .passing, .inside: lastHeard + Detector.quietAfter
        }
    }

    /// Whether a passive unlock may follow now: at the door, and none yet on this approach.
    public var mayUnlockPassively: Bool { state == .atDoor && !isSpent }

    /// The door was unlocked for this guest: nothing opens passively again until they were below
    /// the far level for 30 s or the door cycled.
    public mutating func didUnlock(at now: Instant) { (isSpent, isCycled) = (true, false) }

    /// The door opened and closed again. Who has gone through may still be heard like one before
    /// it, so that only leaving it first makes a new approach.
    public mutating func doorCycled(at now: Instant) { isCycled = isSpent }

    private mutating func rearm(at now: Instant) {
        let isFar = now - lastAboveFar >= Detector.rearmAfter
        if isFar || (isCycled && state != .atDoor) { (isSpent, isCycled) = (false, false) }
    }
}

// MARK: Evidence

extension Detector {
    /// How much has been heard for a guest stopped at this door, against everything else: log odds
    /// now, less those of a phone never heard.
    public var evidence: Evidence {
        Evidence(rawValue: odds &- Detector.priorOdds)
    }

    private static let priorOdds = DetectorBelief(.withMargin).doorOdds

    /// What the evidence is made of.
    public var terms: EvidenceTerms {
        var terms = EvidenceTerms()
        terms.level = Evidence(rawValue: levelEvidence)
        terms.margin = Evidence(rawValue: marginEvidence)
        let rest = evidence.rawValue &- levelEvidence &- marginEvidence
        terms.motion = Evidence(rawValue: rest)
        terms.insideDifference = insideAdvantage
        return terms
    }

    /// Inside minus outside level in dB, where both receivers heard the phone lately.
    var insideAdvantage: Int8? {
        insideDifference(at: lastHeard).map {
            Int8(clamping: $0 / DetectorModel.levelUnitsPerDecibel)
        }
    }

    /// Lets the belief catch up with the clock.
    private mutating func move(to now: Instant, _ model: DetectorModel) {
        if state == .absent {
            (state, firstHeard, lastTick) = (.present, now, now)
            belief = DetectorBelief(model)
            odds = belief.doorOdds
        }
        var ticks = (now - lastTick).milliseconds / DetectorModel.tickMilliseconds
        guard ticks > 0 else { return }
        lastTick = lastTick + .milliseconds(ticks * DetectorModel.tickMilliseconds)
        ticks = min(ticks, Detector.ticksMax)
        for _ in 0..<ticks { belief.tick(model) }
        odds = belief.doorOdds
    }

    /// - Parameter level: dB above the door's `near`.
    private mutating func hear(_ level: Int32, _ elapsed: Int32, _ model: DetectorModel) {
        belief.hear(level: level * DetectorModel.levelUnitsPerDecibel, after: elapsed, model)
        levelEvidence = levelEvidence &+ changeOfOdds()
    }

    /// The phone smooths its margin: hearing it more often than twice a second adds nothing.
    private mutating func hear(
        _ margin: UInt8, _ now: Instant, _ model: DetectorModel, _ parameters: ProximityParameters
    ) {
        guard now - lastMargin >= Detector.marginPeriod else { return }
        let usual = Int16(parameters.margin) - Int16(ProximityParameters.usualMargin)
        belief.hear(
            margin: Int16(margin) - usual, isAtMost: margin == 0,
            after: Detector.milliseconds(now - lastMargin), model)
        marginEvidence = marginEvidence &+ changeOfOdds()
        lastMargin = now
    }

    private mutating func changeOfOdds() -> Int32 {
        let before = odds
        odds = belief.doorOdds
        return odds &- before
    }

    private static func milliseconds(_ interval: Interval) -> Int32 {
        Int32(truncatingIfNeeded: max(100, min(interval.milliseconds, 2_000)))
    }

    /// Inside minus outside level, dB × 64, where both are fresh.
    private func insideDifference(at now: Instant) -> Int32? {
        guard now - lastInside <= .seconds(3), now - lastHeard <= .seconds(3) else { return nil }
        return insideLevel - outsideLevel
    }
}

// MARK: Decisions

extension Detector {
    /// Whether an authenticated tap or handle would open at once: intent turns the question from
    /// "is somebody coming" into "can this be them", which far less evidence answers.
    public func isArmed(_ caution: Caution) -> Bool {
        state != .absent && tapEvidence >= tapThreshold(caution)
    }

    /// The log odds from which a tap opens, with what is heard of this phone.
    func tapThreshold(_ caution: Caution) -> Evidence {
        Detector.tapThreshold(caution, hasMargin: hasMargin(at: lastHeard))
    }

    /// Whether a tap heard now can come from a guest at this door. A tap stays valid for some
    /// seconds: one refused may be granted at a later advert, when more has been heard. But the
    /// longer somebody taps elsewhere, the likelier chance speaks for them once, so that after the
    /// first two seconds it takes more.
    /// - Parameter tap: when this tap was first heard.
    public func tapIsPlausible(
        at now: Instant, since tap: Instant, _ parameters: ProximityParameters
    ) -> Bool {
        let isLate = now - tap > Limits.wishWeighedFor
        let needed =
            tapThreshold(parameters.caution).rawValue + (isLate ? Detector.lateTap.rawValue : 0)
        return state != .absent && tapEvidence.rawValue >= needed
            && now - lastHeard <= Detector.quietAfter
    }

    /// Log odds that a tap now comes from this door. With the margin known, a level that rose over
    /// the last seconds says more than the belief keeps of it; a level alone says too much already.
    public var tapEvidence: Evidence {
        guard hasMargin(at: lastHeard) else {
            return Evidence(rawValue: belief.tapOdds(.levelAlone))
        }
        let rise = min(outsideLevel - slowLevel, Detector.riseMax) * Detector.riseWeight / 64
        return Evidence(rawValue: belief.tapOdds(.withMargin) &+ rise)
    }

    private func hasMargin(at now: Instant) -> Bool {
        now - lastMargin <= Detector.marginFreshFor
    }

    private mutating func decide(_ now: Instant, _ parameters: ProximityParameters) {
        guard state != .absent else { return }
        let difference = insideDifference(at: now)
        if let difference, difference > Detector.insideAbove {
            state = .inside
            return
        }
        let evidence = evidence
        let threshold = evidenceNeeded(parameters.caution, hasMargin: hasMargin(at: now))
        let mayBeOutside = (difference ?? 0) <= Detector.outsideBelow
        let isSeenComing = now - firstHeard >= Detector.approachMin
        if evidence >= threshold, mayBeOutside, isSeenComing {
            state = .atDoor
            return
        }
        let coming =
            belief.weight(DetectorModel.first...DetectorModel.nearest)
            &+ belief.weight(DetectorModel.door...DetectorModel.door)
        let going = belief.weight((DetectorModel.nearest + 1)...DetectorModel.last)
        let elsewhere = belief.weight(DetectorModel.far...DetectorModel.far)
        let quarter = belief.total / 4
        switch state {
        case .atDoor:
            if evidence.rawValue < threshold.rawValue - Detector.hysteresis { state = .leaving }
        case .present, .leaving, .passing, .inside:
            if coming > 3 * quarter {
                state = .approaching
            } else if elsewhere > 2 * quarter {
                state = .present
            } else if state == .inside {
                state = .leaving
            }
        case .approaching:
            if going > 2 * quarter { state = .passing }
        case .absent:
            break
        }
    }

    /// Evidence an arrival may lose, in nats × 256, before it counts as leaving.
    private static let hysteresis: Int32 = 768
    /// Inside louder by 6 dB means inside, by 2 dB not surely outside; dB × 64.
    private static let insideAbove: Int32 = 6 * 64
    private static let outsideBelow: Int32 = 2 * 64
    /// Nobody counts as come to the door who was not heard this long on the way: a tap may open at
    /// once, an open door ahead of its guest must not.
    private static let approachMin = Interval.seconds(3)
    private static let levelMemory = Interval.seconds(4)
    private static let intervalAtFirst: Int16 = 250
    /// Most that a rise counts for, dB × 64, and what it is worth, nats × 256 a dB.
    private static let riseMax: Int32 = 2 * 64
    private static let riseWeight: Int32 = 208
    private static let ticksMax: Int64 = 12
    private static let quietAfter = Interval.seconds(5)
    private static let absentAfter = Interval.seconds(30)
    private static let rearmAfter = Interval.seconds(30)
    private static let marginPeriod = Interval.milliseconds(400)
    private static let marginFreshFor = Interval.seconds(4)
}
