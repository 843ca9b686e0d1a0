// SPDX-License-Identifier: Apache-2.0
// Decides whether a guest has come to this door or is walking past. One detector follows one
// credential at one door, fed by the door's outside receiver and, where fitted, the inside one.
import Timebase

/// A sequential test over the adverts of one credential at one door. Pure: time is an argument.
public struct Detector: Sendable {
    public private(set) var state = ProximityState.absent
    private var sum: Int32 = 0
    private var lastHeard: Instant
    private var lastUpdate: Instant
    private var belowFarSince: Instant?
    private var nearSince: Instant?
    private var lastMargin: UInt8?
    private var lastMarginAt: Instant
    private var isSpent = false

    public init(at now: Instant) {
        lastHeard = now
        lastUpdate = now
        lastMarginAt = now
    }

    /// Takes one advert in.
    /// - Returns: the new state if it changed.
    public mutating func observe(
        _ sample: ProximitySample, at now: Instant, _ parameters: ProximityParameters
    ) -> ProximityState? {
        guard sample.rssi < 20, sample.rssi > -127, sample.receiver == .outside else {
            return advance(to: now, parameters)
        }
        let before = state
        _ = advance(to: now, parameters)
        let level = Int32(sample.rssi) + Int32(parameters.receiverOffset)
        let elapsed = min(max((now - lastHeard).milliseconds, 50), 1_000)
        let slope = (level - (Int32(parameters.near) - 8)) * 102
        let step = min(max(slope, -1_024), 1_024)
        sum = min(max(sum + step * Int32(elapsed) / 250, 0), Detector.threshold + 512)
        if level >= Int32(parameters.far) {
            belowFarSince = nil
        } else if belowFarSince == nil {
            belowFarSince = now
        }
        if let margin = sample.margin {
            lastMargin = margin
            lastMarginAt = now
        }
        lastHeard = now
        if state == .absent { state = .present }
        if sum >= Detector.threshold {
            state = .atDoor
        } else if sum >= Detector.threshold / 4 {
            if state != .atDoor { state = .approaching }
        } else if state == .atDoor {
            if sum == 0 { state = .leaving }
        } else if state == .approaching {
            state = .passing
        }
        return state == before ? nil : state
    }

    /// Lets time pass without an advert.
    /// - Returns: the new state if it changed.
    public mutating func advance(
        to now: Instant, _ parameters: ProximityParameters
    ) -> ProximityState? {
        if let since = belowFarSince, now - since >= Detector.rearmAfter { isSpent = false }
        guard state != .absent, now - lastHeard >= Detector.absentAfter else { return nil }
        isSpent = false
        sum = 0
        state = .absent
        return .absent
    }

    /// Whether a passive unlock may follow `atDoor`: one per approach.
    public var mayUnlockPassively: Bool { state == .atDoor && !isSpent }

    /// Whether an authenticated tap or handle would open at once.
    public var isArmed: Bool { state == .approaching || state == .atDoor }

    public var evidence: Evidence { Evidence(rawValue: sum) }

    public var terms: EvidenceTerms {
        var terms = EvidenceTerms()
        terms.total = evidence
        terms.level = evidence
        return terms
    }

    /// When `advance` would next change something.
    public var deadline: Instant? {
        state == .absent ? nil : lastHeard + Detector.absentAfter
    }

    /// Whether a tap heard now can come from a guest at this door.
    public func tapIsPlausible(at now: Instant, _ parameters: ProximityParameters) -> Bool {
        if let lastMargin, now - lastMarginAt <= .seconds(3) { return lastMargin >= 6 }
        return isArmed
    }

    /// The door was unlocked for this guest.
    public mutating func didUnlock(at now: Instant) { isSpent = true }

    /// The door opened and closed again: the next approach may unlock.
    public mutating func doorCycled(at now: Instant) { isSpent = false }

    private static let threshold: Int32 = 8 * 256
    private static let absentAfter = Interval.seconds(30)
    private static let rearmAfter = Interval.seconds(30)
}
