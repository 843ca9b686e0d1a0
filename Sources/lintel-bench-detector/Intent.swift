// SPDX-License-Identifier: Apache-2.0
// How taps fare. A tap stays in the phone's adverts for ten seconds: at the door it is granted at
// once or a little later, elsewhere it has to be refused all that time.
import DoorCore
import Rig
import Timebase

struct Intent {
    let bench: Bench

    /// Seconds after the tap in which a grant still counts, and in which a refusal must hold.
    private static let windows = [0.3, 1, 2, 10]

    private static let elsewhere: [(TraceScene, String)] = [
        (.neighbourStop, "at the next door"), (.tapAlong, "6 m along the corridor"),
        (.tapFar, "6 m off in any direction"),
    ]

    func report() {
        var simulation = TraceSimulation()
        simulation.dwell = 14
        for usesMargin in [true, false] {
            let taps = Taps(bench, simulation, usesMargin: usesMargin)
            let known = usesMargin ? "margin known" : "level alone"
            print("\n## Taps, \(known): granted at the door, and elsewhere within all of 10 s")
            print(
                Report.row(
                    "", ["0.3 s", "1 s", "2 s", "10 s", "next", "along", "any", "above"]))
            for caution in Caution.allCases {
                let threshold = Detector.tapThreshold(caution, hasMargin: usesMargin).nats
                print(Report.row("as delivered, \(caution)", taps.row(threshold)))
            }
            for share in [0.95, 0.97, 0.98, 0.99, 0.995] {
                let name = "\(Report.percent(share)) granted within 2 s"
                print(Report.row(name, taps.row(taps.threshold(granted: share))))
            }
            print(Report.row("99 % refused elsewhere", taps.row(taps.threshold(refused: 0.99))))
            print(Report.row("armed after stopping, p95, s", [taps.arming]))
        }
        print("\n## Taps by how the phone smooths the beacons it hears, 99 % granted within 2 s")
        print(Report.row("", ["next", "along", "any", "99/99"]))
        func row(_ name: String) {
            let taps = Taps(bench, simulation, usesMargin: true)
            let refused = taps.row(taps.threshold(granted: 0.99))[4..<7]
            let best = taps.row(taps.threshold(refused: 0.99))[2]
            print(Report.row(name, refused + [best]))
        }
        for smoothing in [0.5, 1, 2, 4] {
            simulation.phoneSmoothing = smoothing
            row("over \(smoothing) s")
        }
        // What no smoothing removes: the shadow at the spot where somebody stands.
        simulation.phoneSmoothing = 1
        simulation.radio.shadowSpread = 0
        row("over 1 s, in a corridor without shadow")
    }

    /// Every scene's taps, as the highest evidence within each window.
    private struct Taps {
        let here: [[Double]]
        let elsewhere: [[[Double]]]
        let arming: String

        init(_ bench: Bench, _ simulation: TraceSimulation, usesMargin: Bool) {
            let arrivals = bench.make(simulation, .tapHere)
            here = arrivals.map { Intent.peaks($0, usesMargin: usesMargin) }
            elsewhere = Intent.elsewhere.map { scene, _ in
                bench.make(simulation, scene).map { Intent.peaks($0, usesMargin: usesMargin) }
            }
            let latencies = arrivals.map { Intent.arming($0, usesMargin: usesMargin) }.sorted()
            arming = Report.decimal(latencies[latencies.count * 95 / 100], digits: 2)
        }

        func row(_ threshold: Double) -> [String] {
            func share(_ peaks: [[Double]], _ window: Int) -> String {
                let granted = peaks.filter { $0[window] >= threshold }.count
                return Report.percent(Double(granted) / Double(peaks.count))
            }
            return (0..<4).map { share(here, $0) } + elsewhere.map { share($0, 3) } + [
                Report.decimal(threshold, digits: 1)
            ]
        }

        /// The highest threshold at which this share at the door is granted within two seconds.
        func threshold(granted share: Double) -> Double {
            let peaks = here.map { $0[2] }.sorted(by: >)
            return peaks[min(Int(share * Double(peaks.count)), peaks.count - 1)]
        }

        /// The lowest threshold at which this share is refused in every place elsewhere.
        func threshold(refused share: Double) -> Double {
            elsewhere.map { taps in
                let peaks = taps.map { $0[3] }.sorted()
                return peaks[min(Int(share * Double(peaks.count)), peaks.count - 1)]
            }.max() ?? .infinity
        }
    }

    /// The highest evidence for a tap 0.3 … 3 s after stopping, over each window from the tap on.
    private static func peaks(_ trace: Trace, usesMargin: Bool) -> [Double] {
        var detector = Detector(at: .origin)
        let parameters = ProximityParameters()
        let stop = trace.samples.first { isStopped($0.truth) }?.time ?? .never
        let tap = stop + .milliseconds(Int64(trace.samples.count % 10) * 300 + 300)
        var peaks = windows.map { _ in -Double.infinity }
        for sample in trace.samples {
            if sample.time > tap, peaks[0] == -.infinity {
                peaks = windows.map { _ in detector.tapEvidence.nats }
            }
            _ = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time, parameters)
            guard sample.time > tap else { continue }
            for (index, window) in windows.enumerated()
            where (sample.time - tap).seconds <= window {
                peaks[index] = max(peaks[index], detector.tapEvidence.nats)
            }
        }
        return peaks
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
            if sample.time >= arrival, detector.isArmed(.normal) {
                return (sample.time - arrival).seconds
            }
        }
        return .infinity
    }
}
