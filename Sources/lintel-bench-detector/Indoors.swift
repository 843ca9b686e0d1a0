// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// Guests in their room and phones left there. The outside receiver alone cannot tell them from
/// arrivals; a receiver inside can, more often, and the door's inside guard does: it keeps a door
/// from opening hands-free for somebody who went in and has not come out.
struct Indoors {
    let bench: Bench

    private static let stay = Interval.minutes(5)

    func report() {
        print("\n## In the room: minutes with `atDoor`, and doors opened hands-free an hour")
        print(Report.row("normal setting", ["margin", "level", "opened", "guarded"]))
        for (scene, name) in [(TraceScene.inside, "guest inside"), (.table, "phone on a table")] {
            for receivers in [TraceReceivers.outside, .outsideAndInside] {
                var simulation = TraceSimulation()
                simulation.dwell = Indoors.stay.seconds
                simulation.receivers = receivers
                let traces = (0..<UInt64(max(bench.traces / 40, 20))).map {
                    simulation.trace(scene, seed: bench.seed + 55_000_000 + $0)
                }
                let shares = [true, false].map { usesMargin in
                    let minutes = traces.map { Indoors.minutes($0, usesMargin: usesMargin) }
                    return Report.percent(
                        Double(minutes.reduce(0, +)) / Double(traces.count * 5))
                }
                let rates = [false, true].map { isGuarded in
                    let opened = traces.map {
                        Indoors.openings($0, isGuarded: isGuarded, receivers)
                    }
                    let hours = Double(traces.count) * Indoors.stay.seconds / 3_600
                    return Report.decimal(Double(opened.reduce(0, +)) / hours, digits: 1)
                }
                let fitted = receivers == .outside ? "" : ", receiver inside"
                print(Report.row(name + fitted, shares + rates))
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

    /// How often a hands-free door opens for the guest who has just gone in through it.
    private static func openings(
        _ stay: Trace, isGuarded: Bool, _ receivers: TraceReceivers
    ) -> Int {
        var gateway = BenchGateway { door in
            // Without a guard the core would refuse to open a guest room hands-free.
            door.kind = .shared
            door.level = .handsFree
            door.insideGuard = isGuarded ? InsideGuardParameters() : nil
            door.insideReceiver = receivers == .outside ? nil : ReceiverIndex(1)
        }
        // Until the door has moved a guard believes nobody to be outside.
        gateway.goThrough(at: .origin)
        let arrival = TraceSimulation().trace(.arrival, seed: 1)
        for sample in arrival.samples {
            gateway.hear(sample, isTapped: false, after: .seconds(10))
        }
        let opened = gateway.openings.count
        let end = (arrival.samples.last?.time ?? .origin) + .seconds(10)
        gateway.goThrough(at: end)
        for sample in stay.samples {
            gateway.hear(sample, isTapped: false, after: end - .origin + .seconds(4))
        }
        return gateway.openings.count - opened
    }
}
