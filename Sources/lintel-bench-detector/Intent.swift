// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// How taps fare: at the door, at the next door, six metres away; and how soon a guest is armed.
struct Intent {
    let bench: Bench

    func report() {
        print("\n## Intent: taps granted at once, 0.3 … 3 s after stopping")
        print(Report.row("", ["margin", "level"]))
        for (scene, name) in [
            (TraceScene.tapHere, "at the door, 0.3 … 1.2 m"),
            (.neighbourStop, "at the next door"), (.tapFar, "six metres away"),
        ] {
            let traces = bench.make(TraceSimulation(), scene)
            let shares = [true, false].map { usesMargin in
                let granted = traces.filter { Intent.isGranted($0, usesMargin: usesMargin) }
                return Report.percent(Double(granted.count) / Double(traces.count))
            }
            print(Report.row(name, shares))
        }
        let arrivals = bench.make(TraceSimulation(), .tapHere)
        let latencies = [true, false].map { usesMargin in
            let sorted = arrivals.map { Intent.arming($0, usesMargin: usesMargin) }.sorted()
            return Report.decimal(sorted[sorted.count * 95 / 100], digits: 2)
        }
        print(Report.row("armed after stopping, p95, s", latencies))
    }

    /// Whether a tap some time after the stop is plausible.
    private static func isGranted(_ trace: Trace, usesMargin: Bool) -> Bool {
        var detector = Detector(at: .origin)
        let parameters = ProximityParameters()
        guard let stop = trace.samples.first(where: { isStopped($0.truth) })?.time else {
            return false
        }
        let wait = Int64(trace.samples.count % 10) * 300 + 300
        for sample in trace.samples where sample.time <= stop + .milliseconds(wait) {
            _ = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time, parameters)
        }
        return detector.tapIsPlausible(at: stop + .milliseconds(wait), parameters)
    }

    private static func isStopped(_ truth: TraceTruth) -> Bool {
        truth == .atDoor || truth == .atNeighbour || truth == .inCorridor
    }

    /// Seconds from stopping to being armed; 0 where armed already.
    private static func arming(_ trace: Trace, usesMargin: Bool) -> Double {
        var detector = Detector(at: .origin)
        let arrival = trace.arrival ?? .origin
        for sample in trace.samples {
            _ = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time,
                ProximityParameters())
            if sample.time >= arrival, detector.isArmed { return (sample.time - arrival).seconds }
        }
        return .infinity
    }
}
