// SPDX-License-Identifier: Apache-2.0
// The detector as delivered where the world is another than the one it was tuned in: one thing
// changed at a time, same settings, but for the two an installer measures.
import DoorCore
import Rig
import Timebase

struct Robustness {
    let bench: Bench

    private struct Condition {
        let name: String
        var simulation = TraceSimulation()
        var parameters = ProximityParameters()

        init(_ name: String, _ change: (inout Condition) -> Void = { _ in }) {
            self.name = name
            change(&self)
        }
    }

    func report() {
        print("\n## Another world, normal setting, margin known: opened, and taps granted")
        print(
            Report.row(
                "", ["arrival", "passBy", "next", "tap 2 s"] + Taps.places.map { "tap \($0)" }))
        for condition in conditions { print(Report.row(condition.name, row(condition))) }
    }

    private var conditions: [Condition] {
        var all = [Condition("as tuned")]
        // `margin` as calibrated: the median of arrivals there.
        for (metres, margin) in [(3.0, Int8(9)), (5, 13), (6, 14), (8, 16), (12, 19)] {
            all.append(
                Condition("gateways \(Report.decimal(metres, digits: 0)) m apart, margin set") {
                    $0.simulation.spacing = metres
                    $0.parameters.margin = margin
                })
        }
        all.append(
            Condition("gateways 8 m apart, margin not set") { $0.simulation.spacing = 8 })
        all.append(
            Condition("gateways 8 m apart, compare = no") {
                $0.simulation.spacing = 8
                $0.parameters.comparesGateways = false
            })
        for spread in [4.0, 8] {
            all.append(
                Condition("phones and pockets differ by \(Report.decimal(spread, digits: 0)) dB") {
                    $0.simulation.radio.carrySpread = spread
                })
        }
        for exponent in [1.6, 2, 2.4] {
            all.append(
                Condition("path loss exponent \(exponent)") {
                    $0.simulation.radio.pathLossExponent = exponent
                })
        }
        for rate in [1.0, 2, 8] {
            all.append(
                Condition("\(Report.decimal(rate, digits: 0)) adverts a second") {
                    $0.simulation.interval = 1 / rate
                })
        }
        for loss in [0.05, 0.3] {
            all.append(
                Condition("\(Report.percent(loss, digits: 0)) of adverts lost") {
                    $0.simulation.radio.lossAfterHit = loss
                    $0.simulation.radio.lossAfterLoss = loss
                })
        }
        return all + habits
    }

    /// What phones and their owners do.
    private var habits: [Condition] {
        [
            Condition("margin renewed once a second") { $0.simulation.marginPeriod = 1 },
            Condition("first heard 3 … 14 m before") { $0.simulation.heardFrom = 3...14 },
            Condition("taken out on stopping, 7 dB louder") { $0.simulation.lift = 7 },
            Condition("body, slow scanner, garbage") { $0.simulation = .harsh },
        ]
    }

    private func row(_ condition: Condition) -> [String] {
        let few = bench.smaller
        let opened = [TraceScene.arrival, .passBy, .neighbourStop].map { scene in
            Report.share(few.make(condition.simulation, scene)) {
                Bench.opens($0, condition.parameters, usesMargin: true)
            }
        }
        let taps = Taps(few, condition.simulation)
        func granted(_ tappers: [Tapper], within seconds: Double) -> String {
            Report.share(tappers) { $0.isGranted(within: seconds, condition.parameters) }
        }
        return opened + [granted(taps.here, within: 2)]
            + taps.elsewhere.map { granted($0, within: Tapper.lasts.seconds) }
    }
}
