// SPDX-License-Identifier: Apache-2.0
// Visits put together from recordings: a real approach, a real person standing, the real way back.
// Nobody stops in the recorded walks and nobody walks in the recorded stands; only how they are
// joined is made up: time runs faster until the walker has a guest's pace, and levels are matched
// by the path-loss line of that walk.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A person standing before a receiver, recorded.
public struct RecordedStand: Sendable {
    /// Metres from the receiver, in every recording of the set.
    public static let metres = 1.83

    public var name: String
    public var carry: TraceCarry
    /// A wall stood between.
    public var isBehindWall: Bool
    /// Seconds since the recording began, dBm.
    public var samples: [(time: Double, rssi: Double)]

    public init(
        name: String, carry: TraceCarry, isBehindWall: Bool,
        samples: [(time: Double, rssi: Double)]
    ) {
        self.name = name
        self.carry = carry
        self.isBehindWall = isBehindWall
        self.samples = samples
    }

    var mean: Double { samples.reduce(0) { $0 + $1.rssi } / Double(max(samples.count, 1)) }
}

/// Where a spliced visitor ends up.
public enum SpliceEnd: CaseIterable, Sendable {
    /// Stops 0.6 m before the door.
    case door
    /// Never stops.
    case passing
    /// Stands in the corridor as far off as the recorded stand, or at the next door.
    case corridor
    case neighbour

    var metres: Double? {
        switch self {
        case .door: 0.6
        case .passing: nil
        case .corridor: RecordedStand.metres
        case .neighbour: 4
        }
    }
}

/// The part of a walk that comes near a receiver and goes again.
public struct RecordedApproach: Sendable {
    public let name: String
    private let samples: [(time: Double, rssi: Double, distance: Double)]
    private let nearest: Int
    /// Level at one metre by this walk's own line.
    private let levelAtOneMetre: Double

    /// - Returns: `nil` where the walk does not come within 2.5 m from 1.5 m farther off at least.
    public init?(_ walk: Trace) {
        let heard = walk.samples.filter { $0.rssi < 0 && $0.rssi > -127 }
        guard
            let nearest = heard.indices.min(by: { heard[$0].distance < heard[$1].distance }),
            heard[nearest].distance <= 2.5
        else { return nil }
        let start = heard[..<nearest].lastIndex { $0.distance > 6 } ?? 0
        let end = heard[nearest...].firstIndex { $0.distance > 6 } ?? heard.count - 1
        guard nearest - start >= 8, heard[start].distance >= heard[nearest].distance + 1.5 else {
            return nil
        }
        name = walk.name
        samples = heard[start...end].map {
            (Double($0.time.nanoseconds) / 1e9, Double($0.rssi), $0.distance)
        }
        self.nearest = nearest - start
        let lifted = samples.map { $0.rssi - RecordedApproach.loss(at: $0.distance) }
        levelAtOneMetre = lifted.reduce(0, +) / Double(lifted.count)
    }

    static func loss(at metres: Double) -> Double {
        -10 * AirParameters.measured.pathLossExponent * log10(max(metres, 0.1))
    }

    /// One visit.
    /// - Parameters:
    ///   - offset: added to every level, dB: the phone and how it is carried.
    ///   - pace: metres a second of the visitor.
    public func visit(
        _ end: SpliceEnd, standing stand: RecordedStand, offset: Double, pace: Double
    ) -> Trace {
        // An installer has calibrated the receiver.
        let calibration = AirParameters.measured.levelAtOneMetre - levelAtOneMetre
        var visit = Splice(offset: offset + calibration, carry: stand.carry)
        let way = samples[0].distance - samples[nearest].distance
        let haste = max(1, pace * (samples[nearest].time - samples[0].time) / way)
        let metres = end.metres ?? samples[nearest].distance
        for sample in samples[...nearest] where sample.distance >= metres {
            visit.add(
                after: (sample.time - samples[0].time) / haste, sample.rssi, sample.distance,
                end == .door ? .approaching : .passing)
        }
        guard end != .passing else {
            for sample in samples[(nearest + 1)...] {
                visit.add(
                    after: (sample.time - samples[0].time) / haste, sample.rssi, sample.distance,
                    .passing)
            }
            return visit.trace(named: "\(name)-passing")
        }
        // The last metres, where the recorded walker turned away: the line, and a stand's fading.
        let gap = max(0, (visit.lastDistance - metres) / pace)
        let begin = visit.lastTime
        let truth =
            end == .door ? TraceTruth.atDoor : end == .neighbour ? .atNeighbour : .inCorridor
        for sample in stand.samples {
            let left = max(0, gap - sample.time) * pace
            let distance = metres + left
            let level =
                levelAtOneMetre + RecordedApproach.loss(at: distance) + sample.rssi - stand.mean
            let isThere = left == 0
            if isThere, end == .door { visit.arrive(at: begin + gap) }
            visit.add(
                after: begin + sample.time, level, distance,
                isThere ? truth : end == .door ? .approaching : .passing)
        }
        let leaving = visit.lastTime
        for sample in samples[nearest...] where sample.distance >= metres {
            visit.add(
                after: leaving + (sample.time - samples[nearest].time) / haste, sample.rssi,
                sample.distance, .passing)
        }
        return visit.trace(named: "\(name)-\(stand.name)-\(end)")
    }
}

/// A trace being joined.
private struct Splice {
    let offset: Double
    let carry: TraceCarry
    private var samples: [TraceSample] = []
    private var arrival: Instant?
    private(set) var lastTime = 0.0
    private(set) var lastDistance = Double.infinity

    init(offset: Double, carry: TraceCarry) {
        self.offset = offset
        self.carry = carry
    }

    mutating func arrive(at seconds: Double) {
        arrival = arrival ?? TraceSimulation.instant(seconds)
    }

    /// Adds an advert, unless it comes less than a quarter of a second after the last one.
    mutating func add(
        after seconds: Double, _ level: Double, _ distance: Double, _ truth: TraceTruth
    ) {
        guard samples.isEmpty || seconds >= lastTime + 0.2 else { return }
        lastTime = seconds
        lastDistance = distance
        let heard = (level + offset).rounded()
        guard heard >= AirParameters.measured.sensitivity else { return }
        samples.append(
            TraceSample(
                time: TraceSimulation.instant(seconds), rssi: Int8(max(-127, min(20, heard))),
                distance: distance, truth: truth))
    }

    func trace(named name: String) -> Trace {
        Trace(name: name, carry: carry, samples: samples, arrival: arrival)
    }
}

extension Trace {
    /// Somebody who stands for the whole recording, with the level of a usual phone.
    public init(standing stand: RecordedStand, among all: [RecordedStand], offset: Double) {
        let open = all.filter { !$0.isBehindWall && $0.carry == stand.carry }
        let mean = open.reduce(0) { $0 + $1.mean } / Double(max(open.count, 1))
        let level =
            AirParameters.measured.levelAtOneMetre
            + RecordedApproach.loss(at: RecordedStand.metres) - mean
        var splice = Splice(offset: offset, carry: stand.carry)
        for sample in stand.samples {
            splice.add(
                after: sample.time, sample.rssi + level, RecordedStand.metres,
                stand.isBehindWall ? .inside : .inCorridor)
        }
        self = splice.trace(named: stand.name)
    }
}
