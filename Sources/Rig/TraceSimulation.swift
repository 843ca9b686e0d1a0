// SPDX-License-Identifier: Apache-2.0
// Simulated traces: a person's path, the fading of each radio link, the phone's own view of the
// gateways around it, and a scanner that loses and garbles some of what it hears.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What listens at the door.
public enum TraceReceivers: String, CaseIterable, Sendable {
    case outside
    /// Two antennas at one spot outside, each hearing every advert.
    case twoAntennas
    case outsideAndInside
}

/// Makes traces; the same seed makes the same trace.
public struct TraceSimulation: Sendable {
    public var radio = RadioParameters()
    /// Seconds between two adverts.
    public var interval = 0.25
    public var receivers = TraceReceivers.outside
    /// Seconds a person stays after stopping; in the room, the whole stay.
    public var dwell = 10.0

    public init() {}

    /// Simulates one scene.
    public func trace(_ scene: TraceScene, seed: UInt64) -> Trace {
        var random = TraceRandom(seed: seed)
        let path = TracePath(scene, dwell: dwell, &random)
        let carry = TraceCarry.allCases[random.index(TraceCarry.allCases.count)]
        var air = Air(self, carry, &random)
        var samples: [TraceSample] = []
        var due = random.uniform() * interval
        for (index, point) in path.points.enumerated() {
            let seconds = Double(index) * TracePath.step
            let isStopped = path.stop.map { seconds >= $0 } ?? false
            air.move(to: point, isStopped: isStopped, &random)
            while due < seconds + TracePath.step {
                let truth = TraceSimulation.truth(scene, isStopped: isStopped)
                air.advertise(at: due, truth, into: &samples, &random)
                due += interval + random.uniform(0...0.01)
            }
        }
        let comes = scene == .arrival || scene == .tapHere
        return Trace(
            name: "\(scene.rawValue)-\(seed)", carry: carry, samples: samples,
            arrival: comes ? path.stop.map(TraceSimulation.instant) : nil)
    }

    static func instant(_ seconds: Double) -> Instant {
        Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
    }

    private static func truth(_ scene: TraceScene, isStopped: Bool) -> TraceTruth {
        switch scene {
        case .arrival, .tapHere: isStopped ? .atDoor : .approaching
        case .passBy: .passing
        case .neighbourStop: isStopped ? .atNeighbour : .passing
        case .corridorStop, .tapFar: isStopped ? .inCorridor : .passing
        case .inside: .inside
        case .table: .onTable
        }
    }
}

/// The radio side of one trace in the making.
private struct Air {
    private let simulation: TraceSimulation
    private let offset: Double
    private let body: Double
    private let wall: Double
    private let dwellPhase: Double
    /// Links to this door's gateway and to the next ones, then to a second antenna.
    private var links: [RadioLink]
    private var exponents: [Double]
    /// The phone's smoothed level of each gateway.
    private var smoothed = [0.0, 0, 0]
    private var point = (x: 0.0, y: 0.0)
    private var heading = (x: 1.0, y: 0.0)
    private var isStill = true
    private var hasMoved = false
    private var margin: UInt8 = 0
    private var marginDue = 0.0
    private var wasLost = [false, false]

    init(_ simulation: TraceSimulation, _ carry: TraceCarry, _ random: inout TraceRandom) {
        self.simulation = simulation
        let radio = simulation.radio
        let classVariance =
            TraceCarry.allCases.map { $0.offset * $0.offset }.reduce(0, +)
            / Double(TraceCarry.allCases.count)
        let classShare = min(1, radio.carryDeviation / classVariance.squareRoot())
        let rest = max(radio.carryDeviation * radio.carryDeviation - classVariance, 0)
        offset = classShare * carry.offset + random.normal(rest.squareRoot())
        body = random.normal(radio.bodyDeviation)
        wall = random.normal(3.7) + 3.4
        dwellPhase = random.uniform(0...3)
        links = (0..<4).map { _ in RadioLink(radio, &random) }
        exponents = (0..<4).map { _ in
            min(max(radio.exponent + random.normal(radio.exponentDeviation), 1.13), 2.5)
        }
        marginDue = random.uniform() * radio.marginPeriod
    }

    /// Moves the phone, and lets it hear one beacon of each gateway.
    mutating func move(
        to next: (x: Double, y: Double), isStopped: Bool, _ random: inout TraceRandom
    ) {
        let isFirst = !hasMoved
        let metres = hasMoved ? hypot(next.x - point.x, next.y - point.y) : 0
        if metres > 0 { heading = ((next.x - point.x) / metres, (next.y - point.y) / metres) }
        point = next
        hasMoved = true
        isStill = isStopped || metres == 0
        for index in links.indices {
            links[index].advance(metres: metres, seconds: TracePath.step, &random)
        }
        let smoothing = 1 - exp(-TracePath.step / simulation.radio.phoneSmoothing)
        for gateway in 0..<3 where isFirst || random.chance(simulation.radio.beaconReception) {
            let fading = links[gateway].packet(
                channel: random.index(3), isStill: isStill, &random)
            let share = isFirst ? 1 : smoothing
            smoothed[gateway] += share * (mean(gateway) + fading - smoothed[gateway])
        }
    }

    /// Sends one advert to every antenna at the door.
    mutating func advertise(
        at seconds: Double, _ truth: TraceTruth, into samples: inout [TraceSample],
        _ random: inout TraceRandom
    ) {
        let radio = simulation.radio
        if seconds >= marginDue {
            let lead = smoothed[0] - max(smoothed[1], smoothed[2])
            margin = UInt8(max(0, min(255, lead.rounded())))
            marginDue = radio.marginPeriod == 0 ? 0 : marginDue + radio.marginPeriod
        }
        var channel = random.index(3)
        if let dwell = radio.channelDwell { channel = Int(seconds / dwell + dwellPhase) % 3 }
        for antenna in 0..<(simulation.receivers == .outside ? 1 : 2) {
            let loss = wasLost[antenna] ? radio.lossAfterLoss : radio.lossAfterHeard
            wasLost[antenna] = random.chance(loss)
            if wasLost[antenna] { continue }
            var level = links[antenna == 0 ? 0 : 3].packet(
                channel: channel, isStill: isStill, &random)
            let isInside = antenna == 1 && simulation.receivers == .outsideAndInside
            if antenna == 1, !isInside {
                level += links[3].correction(sharing: 0.6, with: links[0])
            }
            level += isInside ? insideMean : mean(0)
            if random.chance(radio.unknownLevel) { level = 127 }
            if random.chance(radio.garbageLevel) { level = 42 }
            var sample = TraceSample(
                time: TraceSimulation.instant(seconds), rssi: Int8(max(-110, level.rounded())),
                channel: UInt8(37 + channel), margin: margin, distance: hypot(point.x, point.y),
                truth: truth)
            sample.isInsideReceiver = isInside
            samples.append(sample)
        }
    }

    /// Level at a gateway outside, without fading; the wall lies at y = 0.
    private func mean(_ gateway: Int) -> Double {
        let x = gateway == 0 ? 0 : TracePath.neighbours[gateway - 1]
        let distance = max(hypot(point.x - x, point.y), 0.1)
        let facing = ((x - point.x) * heading.x - point.y * heading.y) / distance
        return simulation.radio.levelAtOneMetre - 10 * exponents[gateway] * log10(distance)
            + offset + body * facing - (point.y < 0 ? wall : 0)
    }

    /// Level at the receiver in the room, 0.3 m behind the door.
    private var insideMean: Double {
        let distance = max(hypot(point.x, point.y + 0.3), 0.1)
        return simulation.radio.levelAtOneMetre - 10 * exponents[3] * log10(distance) + offset
            - (point.y > 0 ? wall : 0)
    }
}
