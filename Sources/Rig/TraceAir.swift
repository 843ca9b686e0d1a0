// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The radio side of one trace in the making.
struct TraceAir {
    private let simulation: TraceSimulation
    /// This door's gateway, the next ones to both sides, then a second antenna.
    private var links: [AirPath]
    private var ears: [Ear]
    private var smoothed = [0.0, 0, 0]
    private var stance = Stance(position: Position(x: 0, y: 0))
    private var hasMoved = false
    private var measured = PassExtension(otherGateway: 0, heardAt: nil, margin: 0)
    private var marginDue: Double
    private let scannerPhase: Interval
    /// Added to every level: a phone taken out of its pocket is louder.
    var lift = 0.0

    init(
        _ simulation: TraceSimulation, _ carry: TraceCarry, isInside: Bool,
        _ random: inout RandomSource
    ) {
        self.simulation = simulation
        let radio = simulation.radio
        let visit = Carry(
            offset: carry.visitOffset(spread: radio.carrySpread, &random),
            side: random.uniform(-Double.pi...Double.pi))
        let wall = radio.wallLoss + radio.wallLossSpread * random.gaussian()
        let hasInside = simulation.receivers == .outsideAndInside
        let places = [0, -simulation.spacing, simulation.spacing]
        links = places.map {
            AirPath(
                to: Position(x: $0, y: 0), carry: visit, extraLoss: isInside ? wall : 0,
                random: RandomSource(seed: random.next()), parameters: radio)
        }
        links.append(
            AirPath(
                to: Position(x: 0, y: hasInside ? -0.3 : 0), carry: visit,
                extraLoss: isInside == hasInside ? 0 : wall,
                random: RandomSource(seed: random.next()), parameters: radio))
        ears = (0..<2).map { _ in
            Ear(random: RandomSource(seed: random.next()), parameters: radio)
        }
        marginDue = random.uniform() * simulation.marginPeriod
        scannerPhase = .milliseconds(Int64(random.uniform() * 3_000))
    }

    /// Moves the phone, and lets it hear one beacon of each gateway.
    mutating func move(
        to point: (x: Double, y: Double), at seconds: Double, _ random: inout RandomSource
    ) {
        let (dx, dy) = (point.x - stance.position.x, point.y - stance.position.y)
        if hasMoved, dx != 0 || dy != 0 { stance.heading = atan2(dy, dx) }
        stance.position = Position(x: point.x, y: point.y)
        let smoothing = 1 - exp(-TracePath.step / simulation.phoneSmoothing)
        for gateway in 0..<3 where !hasMoved || random.chance(simulation.beaconReception) {
            let level =
                links[gateway].level(
                    from: stance, channel: TraceAir.channel(&random),
                    at: TraceSimulation.instant(seconds)) + lift
            smoothed[gateway] += (hasMoved ? smoothing : 1) * (level - smoothed[gateway])
        }
        hasMoved = true
    }

    /// Sends one advert to every antenna at the door.
    mutating func advertise(
        at seconds: Double, _ truth: TraceTruth, into samples: inout [TraceSample],
        _ random: inout RandomSource
    ) {
        let now = TraceSimulation.instant(seconds)
        if seconds >= marginDue {
            let lead = smoothed[0] - max(smoothed[1], smoothed[2])
            measured = PassExtension(
                otherGateway: smoothed[1] > smoothed[2] ? 1 : 2,
                heardAt: Int8(max(-126, min(20, smoothed[0].rounded()))),
                margin: UInt8(max(0, min(255, lead.rounded()))))
            marginDue = simulation.marginPeriod == 0 ? 0 : marginDue + simulation.marginPeriod
        }
        let channel =
            simulation.scanner?.channel(at: now + scannerPhase) ?? TraceAir.channel(&random)
        let first = links[0].level(from: stance, channel: channel, at: now) + lift
        hear(first, ear: 0, channel, now, truth, into: &samples)
        guard simulation.receivers != .outside else { return }
        var second = links[3].level(from: stance, channel: channel, at: now) + lift
        if simulation.receivers == .twoAntennas {
            second = TraceAir.besideFirst(
                first, second, links[0].expectedLevel(from: stance) + lift)
        }
        hear(second, ear: 1, channel, now, truth, into: &samples)
    }

    private mutating func hear(
        _ level: Double, ear: Int, _ channel: UInt8, _ now: Instant, _ truth: TraceTruth,
        into samples: inout [TraceSample]
    ) {
        guard let heard = ears[ear].hear(level: level, channel: channel) else { return }
        let distance = hypot(stance.position.x, stance.position.y)
        var sample = TraceSample(
            time: now, rssi: heard.rssi, channel: channel, margin: measured.margin,
            distance: distance, truth: truth)
        sample.heardAt = measured.heardAt
        sample.otherGateway = measured.otherGateway
        sample.isInsideReceiver = ear == 1 && simulation.receivers == .outsideAndInside
        samples.append(sample)
    }

    /// Two antennas at one spot fade alike by 0.6 (measured while moving: 0.58 … 0.66).
    private static func besideFirst(
        _ first: Double, _ second: Double, _ expected: Double
    ) -> Double {
        expected + 0.6 * (first - expected) + 0.8 * (second - expected)
    }

    private static func channel(_ random: inout RandomSource) -> UInt8 {
        AdvertisingChannel.all[Int(random.next() % 3)]
    }
}

extension TraceCarry {
    /// One visit's offset in dB: the class, and how this phone sits in it today.
    public func visitOffset(spread: Double, _ random: inout RandomSource) -> Double {
        let variance =
            TraceCarry.allCases.map { $0.offset * $0.offset }.reduce(0, +)
            / Double(TraceCarry.allCases.count)
        let share = min(1, spread / variance.squareRoot())
        let rest = max(spread * spread - variance, 0).squareRoot()
        return share * offset + rest * random.gaussian()
    }
}
