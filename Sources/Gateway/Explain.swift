// SPDX-License-Identifier: Apache-2.0
// Why a door decided as it did: each advert that was weighed, with what the detector made of it.
// Samples wait in a short ring; a decision brings out those of the last seconds, and those that
// follow it are printed as they come.
import CommandLineKit
import DoorCore
import GuestPass
import Timebase

/// Whose approach to which door.
struct ExplainSubject: Hashable, Sendable {
    /// As the installer named it, or the trace's file.
    let door: String
    /// `nil` in a trace, which is of nobody.
    let credential: CredentialID?
}

/// One advert and the detector's belief after it.
struct ExplainSample: Sendable {
    let at: Instant
    let heard: ProximitySample
    /// Metres, where the trace knows.
    let distance: Double?
    let state: ProximityState
    let isArmed: Bool
    let evidence: Evidence
    let terms: EvidenceTerms
    /// What opens the door hands-free, and what makes a tap believable.
    let needed: Evidence
    let neededForTap: Evidence

    func line(_ subject: ExplainSubject, origin: Instant) -> String {
        var line = JSONLine()
        line.add("t", units: (at - origin).milliseconds, places: 3)
        line.add("explain", "sample")
        line.add("door", subject.door)
        if let credential = subject.credential { line.add("credential", credential.text) }
        line.add("receiver", "\(heard.receiver)")
        line.add("rssi", heard.rssi)
        line.add("margin", heard.margin)
        line.add("state", "\(state)")
        line.add("armed", isArmed)
        line.add("evidence", evidence)
        line.add("needed", needed)
        line.add("neededForTap", neededForTap)
        line.add("fromLevel", terms.level)
        line.add("fromMargin", terms.margin)
        line.add("fromMotion", terms.motion)
        line.add("insideDifference", terms.insideDifference)
        return line.text
    }
}

extension JSONLine {
    /// In nats, to a hundredth.
    fileprivate mutating func add(_ name: String, _ evidence: Evidence) {
        add(name, units: Int64(evidence.rawValue) * 100 / 256, places: 2)
    }
}

/// Makes samples of one detector; it alone remembers whether the phone's margin still holds.
struct ExplainTracker: Sendable {
    private var lastMargin: Instant?

    mutating func sample(
        _ heard: ProximitySample, _ detector: Detector, at now: Instant,
        _ parameters: ProximityParameters, distance: Double? = nil
    ) -> ExplainSample {
        if heard.margin != nil, heard.receiver == .outside { lastMargin = now }
        let hasMargin = lastMargin.map { now - $0 <= Detector.marginHoldsFor } ?? false
        return ExplainSample(
            at: now, heard: heard, distance: distance, state: detector.state,
            isArmed: detector.isArmed(parameters.caution), evidence: detector.evidence,
            terms: detector.terms,
            needed: detector.evidenceNeeded(parameters.caution, hasMargin: hasMargin),
            neededForTap: detector.evidenceNeededForTap(parameters.caution))
    }
}

/// Prints the samples around each decision.
struct ExplainPrinter {
    private struct History {
        var ring: [ExplainSample] = []
        var until: Instant?
    }

    private let origin: Instant
    private var histories: [ExplainSubject: History] = [:]

    init(origin: Instant) { self.origin = origin }

    mutating func take(
        _ sample: ExplainSample, of subject: ExplainSubject, _ output: (String) -> Void
    ) {
        if histories[subject] == nil, histories.count == Limits.explainedMax { forgetOldest() }
        var history = histories.removeValue(forKey: subject) ?? History()
        defer { histories[subject] = history }
        if let until = history.until, sample.at <= until {
            output(sample.line(subject, origin: origin))
            return
        }
        history.ring.removeAll { sample.at - $0.at > Limits.explainBefore }
        if history.ring.count == Limits.explainSamplesMax { history.ring.removeFirst() }
        history.ring.append(sample)
    }

    /// Something was decided about this guest at this door.
    mutating func decide(
        _ subject: ExplainSubject, at now: Instant, _ output: (String) -> Void
    ) {
        guard var history = histories.removeValue(forKey: subject) else { return }
        for sample in history.ring where now - sample.at <= Limits.explainBefore {
            output(sample.line(subject, origin: origin))
        }
        history.ring.removeAll(keepingCapacity: true)
        history.until = now + Limits.explainAfter
        histories[subject] = history
    }

    private mutating func forgetOldest() {
        let oldest = histories.min { left, right in
            let times = [left, right].map { $0.value.ring.last?.at ?? $0.value.until ?? origin }
            return times[0] < times[1]
        }
        if let oldest { histories[oldest.key] = nil }
    }
}

extension EventKind {
    /// Whether this is an answer to a guest's pass.
    var isDecision: Bool {
        switch self {
        case .granted, .denied: true
        case .presence(let state): state == .atDoor
        case .unlocked, .relocked, .opened, .closed, .forced, .heldWarning, .held, .heldCleared,
            .rex, .rexStuck, .fireOn, .fireReset, .tamper, .tamperCleared, .lockFault,
            .lockFaultCleared, .lineFault, .lineFaultCleared, .privacyOn, .privacyOff,
            .modeChanged, .freeAccess, .ordered, .operatorOpen, .antiPassback, .tagAlarm, .boot,
            .radioLost, .radioRestored, .radioRecovery, .clockState, .snapshot, .snapshotRejected,
            .journalEvicted,
            .journalUnwritten, .journalRenewed,
            .configurationChanged,
            .overflow:
            false
        }
    }
}
