// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// Guests in their room and phones left there: minutes in which the detector says `atDoor`. The
/// outside receiver alone cannot tell them from arrivals; a receiver inside, and the door's inside
/// guard, can.
struct Indoors {
    let bench: Bench

    func report() {
        print("\n## In the room: minutes with `atDoor` at the normal setting")
        print(Report.row("", ["margin", "level"]))
        for (scene, name) in [(TraceScene.inside, "guest inside"), (.table, "phone on a table")] {
            for receivers in [TraceReceivers.outside, .outsideAndInside] {
                var simulation = TraceSimulation()
                simulation.dwell = 300
                simulation.receivers = receivers
                let traces = (0..<UInt64(max(bench.traces / 40, 20))).map {
                    simulation.trace(scene, seed: bench.seed + 55_000_000 + $0)
                }
                let shares = [true, false].map { usesMargin in
                    let minutes = traces.map { Indoors.minutes($0, usesMargin: usesMargin) }
                    return Report.percent(
                        Double(minutes.reduce(0, +)) / Double(traces.count * 5))
                }
                let fitted = receivers == .outside ? "" : ", receiver inside"
                print(Report.row(name + fitted, shares))
            }
        }
    }

    /// Minutes in which the detector was `atDoor` at least once.
    private static func minutes(_ trace: Trace, usesMargin: Bool) -> Int {
        var detector = Detector(at: .origin)
        var minutes: Set<Int64> = []
        for sample in trace.samples {
            _ = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time,
                ProximityParameters())
            if detector.state == .atDoor {
                minutes.insert(min(sample.time.nanoseconds / 60_000_000_000, 4))
            }
        }
        return minutes.count
    }
}
