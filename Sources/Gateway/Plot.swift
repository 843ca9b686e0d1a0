// SPDX-License-Identifier: Apache-2.0
// What a plot is made of: for each visit of a guest to a door, what was heard, what the detector
// believed, what was decided, and what the lock and the door did. Times are seconds on one axis.
import DoorCore
import Platform
import Timebase

/// One guest at one door, until unheard for minutes.
struct PlotVisit: Sendable {
    /// A heard advert, with its place on the time axis.
    struct Point: Sendable {
        let second: Double
        let sample: ExplainSample
    }

    let subject: ExplainSubject
    let parameters: ProximityParameters
    var points: [Point] = []
    var samplesLeftOut = 0
    /// Each change of the detector's state, those by mere time included.
    var states: [(second: Double, state: ProximityState)] = []
    var marks: [PlotMark] = []
    /// When the recording or the detector's belief in the guest ended.
    var end = 0.0
    var range: ClosedRange<Double> = 0...0

    var decisions: Int { marks.count { $0.kind != .note } }
}

/// A decision or a happening.
struct PlotMark: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case granted
        case denied
        case note
    }

    let second: Double
    let kind: Kind
    let text: String
}

/// What a door's lock and contact did.
struct PlotDoor: Sendable {
    let name: String
    let hasContact: Bool
    /// And for whom; `nil` where no pass was asked.
    var unlocked: [(span: ClosedRange<Double>, credential: CredentialID?)] = []
    var open: [ClosedRange<Double>] = []
    var marks: [PlotMark] = []
    fileprivate var unlockedSince: Double?
    fileprivate var unlockedFor: CredentialID?
    fileprivate var openSince: Double?

    /// Closes what is still going on when the recording ends.
    fileprivate mutating func end(at second: Double) {
        relock(at: second)
        if let since = openSince { open.append(since...max(since, second)) }
        openSince = nil
    }

    fileprivate mutating func relock(at second: Double) {
        if let since = unlockedSince { unlocked.append((since...max(since, second), unlockedFor)) }
        unlockedSince = nil
    }
}

/// A finished recording, ready to be drawn.
struct Plot: Sendable {
    let title: String
    var visits: [PlotVisit]
    var doors: [PlotDoor]
    /// Visits not even kept.
    var visitsLeftOut = 0

    func write(to path: String) throws(SystemError) {
        try StateFile.replace(path, with: Array(PlotDrawing(self).svg.utf8), mode: 0o644)
    }
}

/// Gathers a plot while a recording is replayed.
struct PlotRecorder: Sendable {
    private struct Open: Sendable {
        let place: Int
        var detector: Detector
        var lastHeard: Instant
    }

    private let origin: Instant
    private let marksArrivals: Bool
    private var visits: [PlotVisit] = []
    private var visitsLeftOut = 0
    private var doors: [PlotDoor] = []
    private var current: [ExplainSubject: Open] = [:]

    /// - Parameter marksArrivals: where there are no events to mark, as in a trace.
    init(origin: Instant, marksArrivals: Bool = false) {
        self.origin = origin
        self.marksArrivals = marksArrivals
    }

    mutating func take(
        _ sample: ExplainSample, _ detector: Detector, of subject: ExplainSubject,
        _ parameters: ProximityParameters
    ) {
        let second = second(sample.at)
        let isNew = current[subject].map { sample.at - $0.lastHeard > Limits.plotVisitGap } ?? true
        if isNew {
            guard visits.count < Limits.plotVisitsMax else {
                visitsLeftOut += 1
                current[subject] = nil
                return
            }
            visits.append(PlotVisit(subject: subject, parameters: parameters))
            current[subject] = Open(
                place: visits.count - 1, detector: detector, lastHeard: sample.at)
        }
        letTimePass(for: subject, to: sample.at)
        guard var open = current[subject] else { return }
        if visits[open.place].points.count < Limits.plotSamplesMax {
            visits[open.place].points.append(PlotVisit.Point(second: second, sample: sample))
        } else {
            visits[open.place].samplesLeftOut += 1
        }
        if marksArrivals, sample.state == .atDoor, visits[open.place].states.last?.state != .atDoor
        {
            mark(PlotMark(second: second, kind: .granted, text: "at the door"), subject)
        }
        change(open.place, to: sample.state, at: second)
        (open.detector, open.lastHeard) = (detector, sample.at)
        current[subject] = open
    }

    private mutating func mark(_ mark: PlotMark, _ subject: ExplainSubject) {
        guard let open = current[subject],
            visits[open.place].marks.count < Limits.plotMarksMax
        else { return }
        visits[open.place].marks.append(mark)
    }

    mutating func take(_ event: Event, at door: SettingsDoor) {
        let second = second(event.at)
        let place = place(of: door)
        switch event.kind {
        case .unlocked:
            // Another guest's pulse may prolong the first.
            doors[place].relock(at: second)
            doors[place].unlockedSince = second
            doors[place].unlockedFor = event.credential
        case .relocked: doors[place].relock(at: second)
        case .opened, .forced: doors[place].openSince = doors[place].openSince ?? second
        case .closed:
            if let since = doors[place].openSince { doors[place].open.append(since...second) }
            doors[place].openSince = nil
        default: break
        }
        guard let (kind, text) = event.kind.plotMark else { return }
        let mark = PlotMark(second: second, kind: kind, text: text)
        if let credential = event.credential {
            self.mark(mark, ExplainSubject(door: door.name, credential: credential))
        } else if doors[place].marks.count < Limits.plotMarksMax {
            doors[place].marks.append(mark)
        }
    }

    /// - Parameter end: when the recording ended; `nil`: with the last advert.
    func plot(_ title: String, end: Instant? = nil) -> Plot {
        var whole = self
        if let end {
            for subject in current.keys { whole.letTimePass(for: subject, to: end) }
            for place in whole.doors.indices { whole.doors[place].end(at: second(end)) }
        }
        var visits = whole.visits
        for place in visits.indices { visits[place].setRange(until: end.map(second)) }
        if !marksArrivals { visits.align() }
        return Plot(
            title: title, visits: visits, doors: whole.doors, visitsLeftOut: whole.visitsLeftOut)
    }

    private func second(_ moment: Instant) -> Double { (moment - origin).seconds }

    private mutating func letTimePass(for subject: ExplainSubject, to now: Instant) {
        guard var open = current[subject] else { return }
        let parameters = visits[open.place].parameters
        while let deadline = open.detector.deadline, deadline < now,
            let state = open.detector.advance(to: deadline, parameters)
        {
            change(open.place, to: state, at: second(deadline))
        }
        current[subject] = open
    }

    private mutating func change(_ place: Int, to state: ProximityState, at second: Double) {
        guard visits[place].states.last?.state != state else { return }
        visits[place].states.append((second, state))
    }

    private mutating func place(of door: SettingsDoor) -> Int {
        if let place = doors.firstIndex(where: { $0.name == door.name }) { return place }
        doors.append(PlotDoor(name: door.name, hasContact: door.configuration.contact != nil))
        return doors.count - 1
    }
}

extension PlotVisit {
    fileprivate mutating func setRange(until recordingEnd: Double?) {
        let seconds = points.map(\.second) + marks.map(\.second)
        let first = seconds.min() ?? 0
        let last = seconds.max() ?? 0
        end = recordingEnd ?? last
        let margin = max(0.5, (last - first) * 0.02)
        range = max(0, first - margin)...(last + margin)
    }
}

extension [PlotVisit] {
    /// Gives all visits one time axis where that leaves each of them readable.
    fileprivate mutating func align() {
        guard let first = map(\.range.lowerBound).min(), let last = map(\.range.upperBound).max(),
            allSatisfy({ ($0.range.upperBound - $0.range.lowerBound) * 4 >= last - first })
        else { return }
        for place in indices { self[place].range = first...last }
    }
}

extension EventKind {
    /// What a plot says of it, in words; `nil` for what its lanes show already.
    fileprivate var plotMark: (PlotMark.Kind, String)? {
        switch self {
        case .granted(.intent), .granted(.connected): (.granted, "granted on a tap")
        case .granted: (.granted, "granted hands-free")
        case .denied(let reason): (.denied, "denied: " + words("\(reason)"))
        case .forced, .held, .tamper, .lockFault, .fireOn: (.denied, words(name))
        case .presence(.atDoor): (.note, "at the door")
        case .operatorOpen, .rex, .privacyOn, .privacyOff, .heldCleared, .fireReset:
            (.note, words(name))
        default: nil
        }
    }
}

/// `insideGuard` → `inside guard`.
private func words(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
        if letter.isUppercase { text += " " }
        text += letter.lowercased()
    }
}
