// SPDX-License-Identifier: Apache-2.0
// Simulated traces: a person's path past three gateways, the fading of each radio link, the
// phone's own view of the gateways, and a scanner that loses and garbles some of what it hears.
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
    public var radio: AirParameters
    /// Seconds between two adverts.
    public var interval = 0.25
    public var receivers = TraceReceivers.outside
    /// Seconds a person stays after stopping; in the room, the whole stay.
    public var dwell = 10.0
    /// Metres from this gateway to the next ones.
    public var spacing = 4.0
    /// Metres between the door and the line people walk on.
    public var lane = 1.0...2.5
    /// How far a person walks in hearing before stopping, in metres; `nil` begins 8 … 12 m before
    /// the door.
    public var heardFrom: ClosedRange<Double>?
    /// By how much a phone becomes louder when its owner stops and takes it out, in dB.
    public var lift = 0.0
    /// Metres a second; recorded walks are slower than people in a corridor.
    public var speed = 1.1
    /// The scanner's way over the channels; `nil` hops at every advert.
    public var scanner: ScannerDwell?
    /// The phone renews its margin this often, in seconds; 0 with every advert.
    public var marginPeriod = 0.0
    /// The phone smooths each gateway's beacons with this time constant, in seconds.
    public var phoneSmoothing = 1.0
    /// Share of beacons the phone's scanner catches.
    public var beaconReception = 0.8

    /// The yardstick: carry offset of 6 dB, no body shadow, every level believable. With a phone
    /// seven decibels weaker than the walks' bare beacon, a guest at the door has the default
    /// `near`.
    public init() {
        radio = .measured
        radio.levelAtOneMetre = -66.9
        radio.bodyDepth = 0
        radio.unavailableShare = 0
        radio.garbageShare = 0
    }

    /// Every nuisance the recordings show: body shadow, a scanner that dwells 0.91 s a channel,
    /// passes renewed once a second, levels unknown or nonsense, bare-beacon power.
    public static var harsh: TraceSimulation {
        var simulation = TraceSimulation()
        simulation.radio = .measured
        simulation.scanner = .slow
        simulation.marginPeriod = 1
        return simulation
    }

    /// Simulates one scene.
    public func trace(_ scene: TraceScene, seed: UInt64) -> Trace {
        var random = RandomSource(seed: seed)
        let path = TracePath(scene, self, &random)
        return trace(path, scene, name: "\(scene.rawValue)-\(seed)", &random)
    }

    /// Where somebody of this scene stops, in metres along the corridor and off the door.
    public func spot(
        _ scene: TraceScene, _ random: inout RandomSource
    ) -> (x: Double, y: Double) {
        TracePath.spot(scene, spacing, &random)
    }

    /// Simulates one scene in which the phone keeps the distances of a recorded walk, about the
    /// gateway at `speed`.
    public func trace(along walk: Trace, seed: UInt64) -> Trace {
        var random = RandomSource(seed: seed)
        let path = TracePath(along: walk, speed: speed)
        return trace(path, .passBy, name: "\(walk.name)-\(seed)", &random)
    }

    func trace(
        _ path: TracePath, _ scene: TraceScene, name: String, _ random: inout RandomSource
    ) -> Trace {
        let carry = TraceCarry.allCases[Int(random.next() % UInt64(TraceCarry.allCases.count))]
        var air = TraceAir(self, carry, isInside: scene == .inside || scene == .table, &random)
        var samples: [TraceSample] = []
        var due = random.uniform() * interval
        for (index, point) in path.points.enumerated() {
            let seconds = Double(index) * TracePath.step
            let isStopped = path.stop.map { seconds >= $0 } ?? false
            air.lift = isStopped ? lift : 0
            air.move(to: point, at: seconds, &random)
            while due < seconds + TracePath.step {
                let truth = TraceSimulation.truth(scene, isStopped: isStopped)
                air.advertise(at: due, truth, into: &samples, &random)
                due += interval + random.uniform(0...0.01)
            }
        }
        let comes = scene == .arrival || scene == .tapHere
        return Trace(
            name: name, carry: carry, samples: samples,
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
        case .corridorStop, .tapFar, .tapAlong: isStopped ? .inCorridor : .passing
        case .inside: .inside
        case .table: .onTable
        }
    }
}
