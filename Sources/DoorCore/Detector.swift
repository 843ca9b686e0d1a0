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
    private var belief = DetectorBelief()
    private var levelEvidence: Int32 = 0
    private var marginEvidence: Int32 = 0
    private var lastHeard: Instant
    private var lastTick: Instant
    private var lastMargin: Instant
    private var lastInside: Instant
    private var lastAboveFar: Instant
    /// Smoothed levels in dB × 64, receiver offsets included.
    private var outsideLevel = Detector.unheard
    private var insideLevel = Detector.unheard
    public private(set) var state = ProximityState.absent
    private var isSpent = false

    public init(at now: Instant) {
        lastHeard = now
        lastTick = now
        lastAboveFar = now
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
            insideLevel = Detector.smooth(insideLevel, level, now - lastInside)
            lastInside = now
        case .outside:
            move(to: now)
            if isBelievable {
                hear(Int32(sample.rssi) + Int32(parameters.receiverOffset), elapsed, parameters)
                lastHeard = now
            }
            if let margin = sample.margin { hear(margin, now) }
            if Int32(outsideLevel) >= Int32(parameters.far) * 64 { lastAboveFar = now }
        }
        if now - lastAboveFar >= Detector.rearmAfter { isSpent = false }
        decide(now, parameters)
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
    public mutating func didUnlock(at now: Instant) { isSpent = true }

    /// The door opened and closed again.
    public mutating func doorCycled(at now: Instant) { isSpent = false }
}

// MARK: Evidence

extension Detector {
    /// How much has been heard for a guest stopped at this door, against everything else: log odds
    /// now, less those of a phone never heard.
    public var evidence: Evidence {
        Evidence(rawValue: belief.doorOdds &- Detector.priorOdds)
    }

    private static let priorOdds = DetectorBelief().doorOdds

    /// What the evidence is made of.
    public var terms: EvidenceTerms {
        var terms = EvidenceTerms()
        terms.level = Evidence(rawValue: levelEvidence)
        terms.margin = Evidence(rawValue: marginEvidence)
        let rest = evidence.rawValue - levelEvidence - marginEvidence
        terms.motion = Evidence(rawValue: rest)
        terms.insideDifference = insideDifference(at: lastHeard).map {
            Int8(clamping: $0 / DetectorModel.levelUnitsPerDecibel)
        }
        return terms
    }

    /// Lets the belief catch up with the clock.
    private mutating func move(to now: Instant) {
        if state == .absent {
            state = .present
            lastTick = now
        }
        var ticks = (now - lastTick).milliseconds / DetectorModel.tickMilliseconds
        guard ticks > 0 else { return }
        lastTick = lastTick + .milliseconds(ticks * DetectorModel.tickMilliseconds)
        ticks = min(ticks, Detector.ticksMax)
        for _ in 0..<ticks { belief.tick() }
    }

    private mutating func hear(
        _ level: Int32, _ elapsed: Int32, _ parameters: ProximityParameters
    ) {
        let units = DetectorModel.levelUnitsPerDecibel
        let before = belief.doorOdds
        belief.hear(level: (level - Int32(parameters.near)) * units, after: elapsed)
        levelEvidence = levelEvidence &+ belief.doorOdds &- before
        outsideLevel = Detector.smooth(outsideLevel, level, .milliseconds(Int64(elapsed)))
    }

    /// The phone smooths its margin: hearing it more often than twice a second adds nothing.
    private mutating func hear(_ margin: UInt8, _ now: Instant) {
        guard now - lastMargin >= Detector.marginPeriod else { return }
        let before = belief.doorOdds
        belief.hear(margin: margin, after: Detector.milliseconds(now - lastMargin))
        marginEvidence = marginEvidence &+ belief.doorOdds &- before
        lastMargin = now
    }

    private static func milliseconds(_ interval: Interval) -> Int32 {
        Int32(truncatingIfNeeded: max(100, min(interval.milliseconds, 2_000)))
    }

    /// Follows `level` with a time constant of four seconds, from the first one on.
    private static func smooth(_ old: Int16, _ level: Int32, _ elapsed: Interval) -> Int16 {
        guard old != unheard else { return Int16(clamping: level * 64) }
        let milliseconds = max(0, min(elapsed.milliseconds, 100_000))
        let step = (Int64(level) * 64 - Int64(old)) * milliseconds / (milliseconds + 4_000)
        return Int16(clamping: Int64(old) + step)
    }

    /// Inside minus outside level, dB × 64, where both are fresh.
    private func insideDifference(at now: Instant) -> Int32? {
        guard now - lastInside <= .seconds(3), now - lastHeard <= .seconds(3) else { return nil }
        return Int32(insideLevel) - Int32(outsideLevel)
    }
}

// MARK: Decisions

extension Detector {
    /// Whether an authenticated tap or handle would open at once: intent turns the question from
    /// "is somebody coming" into "can this be them", which far less evidence answers.
    public var isArmed: Bool {
        let hasMargin = lastHeard - lastMargin <= Detector.marginFreshFor
        return state != .absent && evidence >= Detector.tapThreshold(hasMargin: hasMargin)
    }

    /// Whether a tap heard now can come from a guest at this door.
    public func tapIsPlausible(at now: Instant, _ parameters: ProximityParameters) -> Bool {
        isArmed && now - lastHeard <= Detector.quietAfter
    }

    private mutating func decide(_ now: Instant, _ parameters: ProximityParameters) {
        guard state != .absent else { return }
        let difference = insideDifference(at: now)
        if let difference, difference > Detector.insideAbove {
            state = .inside
            return
        }
        let evidence = evidence
        let hasMargin = now - lastMargin <= Detector.marginFreshFor
        let threshold = Detector.threshold(parameters.caution, hasMargin: hasMargin)
        let mayBeOutside = (difference ?? 0) <= Detector.outsideBelow
        if evidence >= threshold, mayBeOutside {
            state = .atDoor
            return
        }
        let coming =
            belief.weight(DetectorModel.first...DetectorModel.nearest)
            &+ belief.weight(DetectorModel.door...DetectorModel.door)
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
            if coming < quarter { state = .passing }
        case .absent:
            break
        }
    }

    /// Evidence from which a guest counts as at the door, for the tolerated share of pass-bys.
    /// Without the phone's margin there is less to tell by, and real walkers who linger two metres
    /// away must not open it.
    static func threshold(_ caution: Caution, hasMargin: Bool) -> Evidence {
        switch (caution, hasMargin) {
        case (.relaxed, true): Evidence(rawValue: 1_493)
        case (.normal, true): Evidence(rawValue: 1_928)
        case (.strict, true): Evidence(rawValue: 2_312)
        case (.relaxed, false): Evidence(rawValue: 1_902)
        case (.normal, false): Evidence(rawValue: 2_275)
        case (.strict, false): Evidence(rawValue: 2_500)
        }
    }

    /// Balanced between guests at the door and taps from the next door or from six metres.
    static func tapThreshold(hasMargin: Bool) -> Evidence {
        Evidence(rawValue: hasMargin ? 1_000 : 1_160)
    }

    /// Evidence an arrival may lose, in nats × 256, before it counts as leaving.
    private static let hysteresis: Int32 = 768
    /// Inside louder by 6 dB means inside, by 2 dB not surely outside; dB × 64.
    private static let insideAbove: Int32 = 6 * 64
    private static let outsideBelow: Int32 = 2 * 64
    private static let unheard = Int16.min
    private static let ticksMax: Int64 = 12
    private static let quietAfter = Interval.seconds(5)
    private static let absentAfter = Interval.seconds(30)
    private static let rearmAfter = Interval.seconds(30)
    private static let marginPeriod = Interval.milliseconds(400)
    private static let marginFreshFor = Interval.seconds(4)
}
