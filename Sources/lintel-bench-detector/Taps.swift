// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// Somebody stops somewhere and taps in the app 0.3 … 3 s later; the phone says so for ten
/// seconds.
struct Tapper {
    let trace: Trace
    /// `nil` where the phone was never heard after its owner had stopped.
    let tap: Instant?

    static let lasts = Interval.seconds(10)

    /// - Parameters:
    ///   - isSeenComing: otherwise the phone is first heard around the tap, as one whose app was
    ///     opened before the door.
    ///   - seconds: how much longer than usual its owner waits before the tap.
    init(_ trace: Trace, isSeenComing: Bool = true, later seconds: Int64 = 0) {
        let stop = trace.samples.first { Tapper.isStopped($0.truth) }?.time
        let number = Int64(trace.samples.count)
        let tap = stop.map { $0 + .seconds(seconds) + .milliseconds(number % 10 * 300 + 300) }
        self.tap = tap
        guard !isSeenComing, let tap else {
            self.trace = trace
            return
        }
        let start = tap - .milliseconds(number % 4 * 400)
        var heard = trace
        heard.samples.removeAll { $0.time < start }
        self.trace = heard
    }

    func isTapped(at now: Instant) -> Bool {
        tap.map { now >= $0 && now < $0 + Tapper.lasts } ?? false
    }

    /// Whether a door that hears the phone's margin takes the tap within so many seconds.
    func isGranted(within seconds: Double, _ parameters: ProximityParameters) -> Bool {
        guard let tap else { return false }
        var detector = Detector(at: .origin)
        for sample in trace.samples where (sample.time - tap).seconds <= seconds {
            _ = detector.observe(ProximitySample(sample), at: sample.time, parameters)
            if isTapped(at: sample.time),
                detector.tapIsPlausible(at: sample.time, since: tap, parameters)
            {
                return true
            }
        }
        return false
    }

    private static func isStopped(_ truth: TraceTruth) -> Bool {
        truth == .atDoor || truth == .atNeighbour || truth == .inCorridor
    }
}

/// Tappers at the door and in the places from which a tap must not open it.
struct Taps {
    let here: [Tapper]
    /// At the next door, six metres along the corridor, six metres off in any direction.
    let elsewhere: [[Tapper]]

    static let places = ["next", "along", "any"]

    init(
        _ bench: Bench, _ simulation: TraceSimulation, isSeenComing: Bool = true,
        later seconds: Int64 = 0
    ) {
        var simulation = simulation
        simulation.dwell = 14 + Double(seconds)
        func make(_ scene: TraceScene) -> [Tapper] {
            bench.make(simulation, scene).map {
                Tapper($0, isSeenComing: isSeenComing, later: seconds)
            }
        }
        here = make(.tapHere)
        elsewhere = [TraceScene.neighbourStop, .tapAlong, .tapFar].map(make)
    }
}
