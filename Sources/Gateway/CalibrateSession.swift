// SPDX-License-Identifier: Apache-2.0
// The installer's way through a calibration, without a terminal or a radio: keys, adverts and time
// in, the next state out. `CalibrateScreen` says what the installer sees.
import DoorCore
import Timebase

/// One thing the installer is asked to do.
struct CalibrateStep: Hashable, Sendable {
    let activity: CalibrateActivity
    /// How to carry the phone, or where to go.
    let label: String

    /// Three ways of carrying, each facing the door and turned away from it; walks in both
    /// directions; two places inside.
    static let plan: [CalibrateStep] =
        ["in the hand", "in a front pocket", "in a back pocket or bag"].flatMap { carry in
            ["facing the door", "turned away"].map {
                CalibrateStep(activity: .atDoor, label: "\(carry), \($0)")
            }
        }
        + ["in the hand", "in a front pocket", "in a back pocket or bag"].flatMap { carry in
            ["from the left", "from the right"].map {
                CalibrateStep(activity: .walkPast, label: "\(carry), \($0)")
            }
        }
        + ["just behind the closed door", "in the middle of the room"].map {
            CalibrateStep(activity: .inside, label: $0)
        }

    /// A recording ends by itself after this long.
    var recordedFor: Interval {
        switch activity {
        case .approach, .atDoor: .seconds(10)
        case .walkPast: .seconds(20)
        case .inside: .seconds(15)
        }
    }
}

/// What became of a step.
enum CalibrateOutcome: Hashable, Sendable {
    case recorded([CalibrateSegment])
    case skipped
}

enum CalibrateKey: Hashable, Sendable {
    case enter
    case erase
    case letter(Character)
}

struct CalibrateSession: Sendable {
    enum Phase: Hashable, Sendable {
        /// The installer says which phone is theirs.
        case choosing
        case ready
        /// On the way to the door, which the installer ends.
        case coming(since: Instant, [CalibrateSample])
        case recording(since: Instant, way: [CalibrateSample], [CalibrateSample])
        /// All steps have an outcome; what has been typed of "yes".
        case deciding(typed: String)
        case over(isAccepted: Bool)
    }

    /// An advertiser the radio hears.
    struct Candidate: Hashable, Sendable {
        let phone: CalibratePhone
        var level: Double
        var heardAt: Instant
        var adverts = 1
    }

    let door: String
    let current: ProximityParameters
    let plan: [CalibrateStep]
    private(set) var outcomes: [CalibrateOutcome?]
    private(set) var phase = Phase.choosing
    private(set) var place = 0
    private(set) var phone: CalibratePhone?
    private(set) var candidates: [Candidate] = []
    private(set) var inside: Candidate?
    /// What the radio said last, or why a step was not kept.
    private(set) var notice = ""
    private(set) var proposal: Result<CalibrateProposal, CalibrateProblem>?
    /// Rises whenever something worth keeping changed.
    private(set) var revision = 0

    init(
        door: String, current: ProximityParameters, phone: CalibratePhone? = nil,
        outcomes: [CalibrateOutcome?] = [], plan: [CalibrateStep] = CalibrateStep.plan
    ) {
        self.door = door
        self.current = current
        self.plan = plan
        self.phone = phone
        self.outcomes = plan.indices.map { $0 < outcomes.count ? outcomes[$0] : nil }
        if phone != nil { begin() }
    }

    var recording: CalibrateRecording {
        var recording = CalibrateRecording(phone: phone.map { "\($0)" } ?? "")
        for case .recorded(let segments)? in outcomes { recording.segments += segments }
        return recording
    }

    /// The chosen phone as last heard.
    var live: Candidate? { candidates.first { $0.phone == phone } }

    // MARK: - Inputs

    mutating func say(_ text: String) { notice = text }

    mutating func hear(_ phone: CalibratePhone, _ sample: ProximitySample, at now: Instant) {
        guard sample.rssi < 0 else { return }
        let level = Double(sample.rssi)
        if sample.receiver == .inside {
            guard phone == self.phone else { return }
            inside = CalibrateSession.followed(inside, phone, level, now)
        } else if let known = candidates.firstIndex(where: { $0.phone == phone }) {
            candidates[known] = CalibrateSession.followed(candidates[known], phone, level, now)
        } else {
            if candidates.count == Limits.calibrateCandidatesMax { forgetOldest() }
            candidates.append(Candidate(phone: phone, level: level, heardAt: now))
        }
        guard phone == self.phone else { return }
        let heard = CalibrateSample(at: now, heard: sample)
        switch phase {
        case .coming(let since, let samples):
            guard samples.count < Limits.calibrateStepSamplesMax else { return }
            phase = .coming(since: since, samples + [heard])
        case .recording(let since, let way, let samples):
            guard samples.count < Limits.calibrateStepSamplesMax else { return }
            phase = .recording(since: since, way: way, samples + [heard])
        case .choosing, .ready, .deciding, .over: break
        }
    }

    mutating func letTimePass(to now: Instant) {
        switch phase {
        case .coming(let since, _) where now - since >= Limits.calibrateComingMax:
            phase = .ready
            notice = "nobody pressed Enter at the door for a minute; begin the step again"
        case .recording(let since, let way, let samples)
        where now - since >= plan[place].recordedFor:
            finish(way, samples)
        case .choosing, .ready, .coming, .recording, .deciding, .over: break
        }
    }

    mutating func press(_ key: CalibrateKey, at now: Instant) {
        if case .deciding(let typed) = phase { return decide(key, typed) }
        if key == .letter("q") {
            phase = .over(isAccepted: false)
            return
        }
        switch (phase, key) {
        case (.choosing, .enter): choose(0)
        case (.choosing, .letter(let letter)):
            if let number = letter.wholeNumberValue { choose(number - 1) }
        case (.ready, .enter):
            notice = ""
            phase =
                plan[place].activity == .atDoor
                ? .coming(since: now, []) : .recording(since: now, way: [], [])
        case (.coming(_, let way), .enter): phase = .recording(since: now, way: way, [])
        case (.recording(_, let way, let samples), .enter):
            // A walk ends when it ends; to stand still takes its time.
            if plan[place].activity == .walkPast { finish(way, samples) }
        case (.ready, .letter("s")), (.coming, .letter("s")), (.recording, .letter("s")):
            keep(.skipped)
        case (.ready, .letter("r")): goBack()
        case (.coming, .letter("r")), (.recording, .letter("r")): phase = .ready
        default: break
        }
    }

    // MARK: - Steps

    /// Those heard in the last seconds, the loudest first.
    func loudest(at now: Instant) -> [Candidate] {
        candidates.filter { now - $0.heardAt <= .seconds(5) }
            .sorted { left, right in
                left.level == right.level
                    ? "\(left.phone)" < "\(right.phone)" : left.level > right.level
            }
    }

    private mutating func choose(_ number: Int) {
        let newest = candidates.map(\.heardAt).max() ?? .origin
        let shown = loudest(at: newest).prefix(Limits.calibrateChoicesMax)
        guard shown.indices.contains(number) else {
            notice = "no phone is heard under that number"
            return
        }
        phone = shown[number].phone
        notice = ""
        revision += 1
        begin()
    }

    private mutating func begin() {
        guard let next = outcomes.firstIndex(where: { $0 == nil }) else { return propose() }
        place = next
        phase = .ready
    }

    private mutating func finish(_ way: [CalibrateSample], _ samples: [CalibrateSample]) {
        guard samples.count >= Limits.calibrateWalkSamplesMin else {
            phase = .ready
            notice = "heard only \(samples.count) adverts; wake the phone and do the step again"
            return
        }
        let step = plan[place]
        var segments = [
            CalibrateSegment(activity: step.activity, label: step.label, samples: samples)
        ]
        if !way.isEmpty {
            segments.insert(
                CalibrateSegment(activity: .approach, label: step.label, samples: way), at: 0)
        }
        let level = segments.last?.levels().median ?? 0
        notice = "kept: \(samples.count) adverts, \(Int(level.rounded())) dBm"
        keep(.recorded(segments))
    }

    private mutating func keep(_ outcome: CalibrateOutcome) {
        if outcome == .skipped { notice = "skipped" }
        outcomes[place] = outcome
        revision += 1
        begin()
    }

    /// Does the step before this one again.
    private mutating func goBack() {
        guard place > 0 else { return }
        place -= 1
        outcomes[place] = nil
        revision += 1
        notice = "again"
    }

    private mutating func propose() {
        proposal = Result { () throws(CalibrateProblem) in
            try CalibrateProposal(recording, current: current)
        }
        phase = .deciding(typed: "")
    }

    private mutating func decide(_ key: CalibrateKey, _ typed: String) {
        switch key {
        case .enter:
            if typed == "redo" {
                outcomes = plan.map { _ in nil }
                revision += 1
                return begin()
            }
            var isProposed = false
            if case .success? = proposal { isProposed = true }
            phase = .over(isAccepted: typed == "yes" && isProposed)
        case .erase: phase = .deciding(typed: String(typed.dropLast()))
        case .letter(let letter): phase = .deciding(typed: String((typed + "\(letter)").suffix(8)))
        }
    }

    private mutating func forgetOldest() {
        let others = candidates.indices.filter { candidates[$0].phone != phone }
        guard let oldest = others.min(by: { candidates[$0].heardAt < candidates[$1].heardAt })
        else { return }
        candidates.remove(at: oldest)
    }

    /// Follows a level with a time constant of a second.
    private static func followed(
        _ old: Candidate?, _ phone: CalibratePhone, _ level: Double, _ now: Instant
    ) -> Candidate {
        guard var new = old else { return Candidate(phone: phone, level: level, heardAt: now) }
        let elapsed = (now - new.heardAt).seconds
        new.level += (level - new.level) * max(0.1, elapsed / (elapsed + 1))
        new.heardAt = now
        new.adverts += 1
        return new
    }
}
