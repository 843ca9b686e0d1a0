// SPDX-License-Identifier: Apache-2.0
// How taps fare. At the door a tap is granted at once, that is within half a second of the touch,
// or within the two seconds in which nobody is told of a refusal; elsewhere it has to be refused
// for all the ten seconds it stays in the phone's adverts.
import DoorCore
import Rig
import Timebase

struct Intent {
    let bench: Bench

    /// Seconds after the tap in which a grant counts, and in which a refusal must hold.
    private static let windows = [0.5, 2, 10]

    func report() {
        for usesMargin in [true, false] {
            let known = usesMargin ? "margin known" : "level alone"
            let curve = Curve(bench, TraceSimulation(), usesMargin: usesMargin)
            print("\n## Taps by evidence, \(known): granted at the door, and elsewhere within 10 s")
            print(Report.row("", ["0.5 s", "2 s", "10 s"] + Taps.places + ["from"]))
            for caution in Caution.allCases {
                let threshold = Detector.tapThreshold(caution, hasMargin: usesMargin).nats
                print(Report.row("as delivered, \(caution)", curve.row(threshold)))
            }
            for share in [0.97, 0.98, 0.99, 0.995] {
                let name = "\(Report.percent(share)) granted within 2 s"
                print(Report.row(name, curve.row(curve.threshold(granted: share))))
            }
            print(Report.row("99 % refused next door", curve.row(curve.threshold(0...0))))
            print(Report.row("… and along the corridor", curve.row(curve.threshold(0...1))))
            print(Report.row("… and in any direction", curve.row(curve.threshold(0...2))))
            let (median, late) = curve.arming
            print("armed after stopping: median \(median) s, p95 \(late) s")
        }
        gateway()
        smoothing()
    }

    /// The whole path of a tap: a core with nonces, passes, tap rules and a lock.
    private func gateway() {
        print("\n## Taps at a whole gateway, normal setting: granted, refusals told, and elsewhere")
        print(Report.row("", ["0.5 s", "2 s", "10 s", "told"] + Taps.places))
        for (isSeenComing, later, coming) in [
            (true, 0, "seen coming"), (true, 20, "tapped 20 s later"),
            (false, 0, "first heard at the tap"),
        ] {
            let taps = Taps(
                bench.smaller, TraceSimulation(), isSeenComing: isSeenComing, later: Int64(later))
            for (usesMargin, known) in [(true, "margin"), (false, "level")] {
                let here = taps.here.map { Outcome($0, usesMargin: usesMargin) }
                let granted = Intent.windows.map { window in
                    Report.share(here) { $0.isGranted(within: window) }
                }
                let told = Report.share(here) { $0.isTold }
                let elsewhere = taps.elsewhere.map { tappers in
                    Report.share(tappers.map { Outcome($0, usesMargin: usesMargin) }) {
                        $0.isGranted(within: 10)
                    }
                }
                print(Report.row("\(coming), \(known)", granted + [told] + elsewhere))
            }
        }
    }

    private func smoothing() {
        print("\n## Taps by how the phone smooths the beacons it hears, 99 % granted within 2 s")
        print(Report.row("", Taps.places + ["99/99"]))
        func row(_ name: String, _ simulation: TraceSimulation) {
            let curve = Curve(bench.smaller, simulation, usesMargin: true)
            let opened = curve.row(curve.threshold(granted: 0.99))[3..<6]
            let best = curve.row(curve.threshold(0...1))[1]
            print(Report.row(name, opened + [best]))
        }
        var simulation = TraceSimulation()
        for smoothing in [0.5, 1, 2, 4] {
            simulation.phoneSmoothing = smoothing
            row("over \(smoothing) s", simulation)
        }
        // What no smoothing removes: the shadow at the spot where somebody stands.
        simulation.phoneSmoothing = 1
        simulation.radio.shadowSpread = 0
        row("over 1 s, in a corridor without shadow", simulation)
    }

    /// What a door did about one tap.
    private struct Outcome {
        private var opened: Interval?
        private(set) var isTold = false

        init(_ tapper: Tapper, usesMargin: Bool) {
            guard let tap = tapper.tap else { return }
            var gateway = BenchGateway()
            for sample in tapper.trace.samples {
                gateway.hear(
                    sample, isTapped: tapper.isTapped(at: sample.time), usesMargin: usesMargin)
            }
            opened = gateway.openings.first.map { $0 - tap }
            isTold = !gateway.refusals.isEmpty
        }

        func isGranted(within seconds: Double) -> Bool {
            opened.map { $0.seconds <= seconds } ?? false
        }
    }

    /// Every scene's taps, as the highest evidence within each window.
    private struct Curve {
        let here: [[Double]]
        let elsewhere: [[[Double]]]
        /// Seconds from stopping to being armed, median and 95th percentile.
        let arming: (String, String)

        init(_ bench: Bench, _ simulation: TraceSimulation, usesMargin: Bool) {
            let taps = Taps(bench, simulation)
            here = taps.here.map { Curve.peaks($0, usesMargin: usesMargin) }
            elsewhere = taps.elsewhere.map { tappers in
                tappers.map { Curve.peaks($0, usesMargin: usesMargin) }
            }
            let delays = taps.here.map { Curve.arming($0.trace, usesMargin: usesMargin) }.sorted()
            arming = (
                Report.decimal(delays[delays.count / 2], digits: 2),
                Report.decimal(delays[delays.count * 95 / 100], digits: 2)
            )
        }

        func row(_ threshold: Double) -> [String] {
            func share(_ peaks: [[Double]], _ window: Int) -> String {
                Report.share(peaks) { $0[window] >= threshold }
            }
            return windows.indices.map { share(here, $0) } + elsewhere.map { share($0, 2) } + [
                Report.decimal(threshold, digits: 1)
            ]
        }

        /// The highest threshold at which this share at the door is granted within two seconds.
        func threshold(granted share: Double) -> Double {
            let peaks = here.map { $0[1] }.sorted(by: >)
            return peaks[min(Int(share * Double(peaks.count)), peaks.count - 1)]
        }

        /// The lowest threshold at which 99 % are refused in each of these places.
        func threshold(_ places: ClosedRange<Int>) -> Double {
            elsewhere[places].map { taps in
                let peaks = taps.map { $0[2] }.sorted()
                return peaks[min(Int(0.99 * Double(peaks.count)), peaks.count - 1)]
            }.max() ?? .infinity
        }

        /// The highest evidence over each window from the tap on.
        private static func peaks(_ tapper: Tapper, usesMargin: Bool) -> [Double] {
            var peaks = windows.map { _ in -Double.infinity }
            guard let tap = tapper.tap else { return peaks }
            var detector = Detector(at: .origin)
            for sample in tapper.trace.samples {
                _ = detector.observe(
                    ProximitySample(sample, usesMargin: usesMargin), at: sample.time,
                    ProximityParameters())
                guard tapper.isTapped(at: sample.time) else { continue }
                let since = (sample.time - tap).seconds
                let toll = since > windows[1] ? Detector.lateTap.nats : 0
                for (index, window) in windows.enumerated() where since <= window {
                    peaks[index] = max(peaks[index], detector.tapEvidence.nats - toll)
                }
            }
            return peaks
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
}
