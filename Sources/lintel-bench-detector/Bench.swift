// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// The whole report. The default seed is none that the detector was tuned on.
struct Bench {
    var traces = 4_000
    var seed: UInt64 = 2_026_000_000
    /// Where the curves are drawn.
    var figure: String?
    /// Recorded walks, `t_s,rssi_dbm,distance_m`.
    var walks = "Tests/Fixtures/traces/walks"
    /// Recorded people standing, `t_s,channel,rssi_dbm,carry`.
    var stands = "Tests/Fixtures/traces/standing"
    /// Levels by carry and by distance, from other recordings.
    var levels = "Tests/Fixtures/levels"
    /// Where to write one trace of each scene, and nothing else.
    var samples: String?

    static let usage =
        "usage: lintel-bench-detector [--traces COUNT] [--seed SEED] [--figure FILE.svg]"
        + " [--walks DIRECTORY] [--samples DIRECTORY]"

    static let falseOpens = [0.001, 0.01, 0.1]

    mutating func set(_ option: String, _ value: String) -> Bool {
        switch option {
        case "--traces": return Int(value).map { traces = max($0, 100) } != nil
        case "--seed": return UInt64(value).map { seed = $0 } != nil
        case "--figure":
            figure = value
            return true
        case "--walks":
            walks = value
            return true
        case "--samples":
            samples = value
            return true
        default: return false
        }
    }

    func run() throws {
        if let samples { return try Recordings.write(sampleTraces, to: samples) }
        print("Seed \(seed), \(traces) traces a scene; tuned on seeds 40 … 81 million.")
        let recorded = try Recordings.walks(in: walks)
        check(recorded)
        try Levels(directory: levels).report()
        cost()
        let scores = compare(TraceSimulation())
        if let figure { try Recordings.write(CurvePlot(scores).svg, to: figure) }
        print("\n## Other conditions (each at its own threshold for the rate given)")
        conditions()
        print("\n## The detector as delivered: its own thresholds, no hindsight")
        delivered(TraceSimulation())
        openings(recorded)
        try Splices(bench: self, walks: recorded).report()
        Rates(bench: self).report()
        Intent(bench: self).report()
        Bound(bench: self).report()
        SpotBound(bench: self).report()
        Robustness(bench: self).report()
        Indoors(bench: self).report()
    }

    /// What the tests of the detector read.
    private var sampleTraces: [Trace] {
        var simulation = TraceSimulation()
        simulation.dwell = 60
        var traces = TraceScene.allCases.map { simulation.trace($0, seed: seed) }
        simulation.receivers = .outsideAndInside
        for scene in [TraceScene.arrival, .inside] {
            var trace = simulation.trace(scene, seed: seed)
            trace.name = "\(scene.rawValue)-two-receivers"
            traces.append(trace)
        }
        return traces
    }

    /// Fewer traces, where each costs much.
    var smaller: Bench {
        var bench = self
        bench.traces = max(traces / 2, 100)
        return bench
    }

    func make(_ simulation: TraceSimulation, _ scene: TraceScene) -> [Trace] {
        let offset = UInt64(TraceScene.allCases.firstIndex(of: scene) ?? 0) * 1_000_000
        return (0..<UInt64(traces)).map {
            simulation.trace(scene, seed: seed + offset + $0)
        }
    }

    private func compare(_ simulation: TraceSimulation) -> [Score] {
        let passes = make(simulation, .passBy)
        let arrivals = make(simulation, .arrival)
        let contestants =
            baselines.map { Contestant(baseline: $0.make, name: $0.name) } + [
                Contestant(name: "Lintel, level alone", usesMargin: false),
                Contestant(name: "Lintel, level and margin", usesMargin: true),
            ]
        let scores = contestants.map { Score($0, passes: passes, arrivals: arrivals) }
        for rate in Bench.falseOpens {
            print("\n## Missed arrivals at \(Report.percent(rate)) false opens per pass-by")
            print(Report.row("", ["3 s", "5 s", "10 s", "median", "above"]))
            for score in scores {
                let threshold = score.threshold(falseOpens: rate)
                let missed = [3.0, 5, 10].map {
                    Report.percent(score.missed(threshold, within: $0))
                }
                let latency = Report.decimal(score.medianLatency(threshold), digits: 1)
                print(
                    Report.row(
                        score.name, missed + [latency, Report.decimal(threshold, digits: 1)]))
            }
        }
        print("\n## Lintel per carry class, missed within 5 s at 1 %")
        print(Report.row("", TraceCarry.allCases.map(\.rawValue), widths: 13))
        for score in scores.suffix(2) {
            let threshold = score.threshold(falseOpens: 0.01)
            print(
                Report.row(
                    score.name,
                    TraceCarry.allCases.map {
                        Report.percent(score.missed(threshold, within: 5, carry: $0))
                    }, widths: 13))
        }
        return scores
    }

    private func conditions() {
        var conditions: [(String, TraceSimulation)] = []
        conditions.append(("body, slow scanner, garbage", .harsh))
        var simulation = TraceSimulation()
        simulation.interval = 1
        conditions.append(("1 advert a second", simulation))
        simulation = TraceSimulation()
        simulation.receivers = .twoAntennas
        conditions.append(("second antenna outside", simulation))
        simulation.receivers = .outsideAndInside
        conditions.append(("second receiver inside", simulation))
        print(Report.row("missed within 5 s", ["0.1 %", "1 %", "10 %"]))
        for (name, simulation) in conditions {
            let passes = make(simulation, .passBy)
            let arrivals = make(simulation, .arrival)
            for usesMargin in [true, false] {
                let score = Score(
                    Contestant(name: name, usesMargin: usesMargin), passes: passes,
                    arrivals: arrivals)
                print(
                    Report.row(
                        name + (usesMargin ? ", margin" : ", level"),
                        Bench.falseOpens.map {
                            let threshold = score.threshold(falseOpens: $0)
                            return Report.percent(score.missed(threshold, within: 5))
                        }))
            }
        }
    }

    /// Share of traces in which the detector said `atDoor`, within 5 s where there is an arrival.
    private func delivered(_ simulation: TraceSimulation) {
        print(Report.row("", ["relaxed", "normal", "strict"]))
        for scene in [TraceScene.passBy, .neighbourStop, .arrival] {
            delivered(scene.rawValue, make(simulation, scene))
        }
        let stops = make(simulation, .corridorStop)
        let isClose = { (trace: Trace) in (trace.samples.last?.distance ?? 0) < 2 }
        delivered("corridorStop within 2 m", stops.filter(isClose))
        delivered("corridorStop farther off", stops.filter { !isClose($0) })
        atEqualArrivals(simulation)
    }

    /// Whoever opens more often for those who arrive does so for those who stop near by, too.
    private func atEqualArrivals(_ simulation: TraceSimulation) {
        let scenes = [TraceScene.passBy, .neighbourStop, .corridorStop]
        print("\n## Opened elsewhere where 90 % of arrivals open within 5 s")
        print(Report.row("", scenes.map(\.rawValue), widths: 15))
        for usesMargin in [true, false] {
            let contestant = Contestant(name: "Lintel", usesMargin: usesMargin)
            let arrivals = make(simulation, .arrival).map { contestant.climb($0).peak(until: 5) }
            let threshold = Score.threshold(arrivals.sorted(by: >), falseOpens: 0.9)
            let shares = scenes.map { scene in
                Report.share(make(simulation, scene)) { contestant.climb($0).peak() > threshold }
            }
            print(Report.row(usesMargin ? "margin" : "level", shares, widths: 15))
        }
    }

    private func delivered(_ name: String, _ traces: [Trace]) {
        for usesMargin in [true, false] {
            let shares = Caution.allCases.map { caution in
                var parameters = ProximityParameters()
                parameters.caution = caution
                let opened = traces.filter {
                    Bench.opens($0, parameters, usesMargin: usesMargin)
                }
                return Report.percent(Double(opened.count) / Double(traces.count), digits: 2)
            }
            print(Report.row(name + (usesMargin ? ", margin" : ", level"), shares))
        }
    }

    static func opens(
        _ trace: Trace, _ parameters: ProximityParameters, usesMargin: Bool
    ) -> Bool {
        var detector = Detector(at: .origin)
        let end = trace.arrival.map { $0 + .seconds(5) } ?? .never
        for sample in trace.samples where sample.time <= end {
            let state = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time, parameters)
            if state == .atDoor { return true }
        }
        return false
    }

    /// Recorded walks beside simulated ones of the same distances, receiver and interval.
    private func check(_ recorded: [Trace]) {
        var simulation = TraceSimulation.harsh
        simulation.radio.bodyDepth = 0
        simulation.radio.carrySpread = 0
        simulation.interval = 0.45
        simulation.speed = 0.3
        let made = (0..<6 * UInt64(recorded.count)).map {
            simulation.trace(
                along: recorded[Int($0) % recorded.count], seed: seed + 77_000_000 + $0)
        }
        print("\n## Simulated against recorded walks")
        print(Report.row("", ["recorded", "simulated"], widths: 16))
        let both = [TraceStatistics(recorded), TraceStatistics(made)]
        func line(_ name: String, _ value: (TraceStatistics) -> String) {
            print(Report.row(name, both.map(value), widths: 16))
        }
        func peak(_ peak: (mean: Double, deviation: Double)) -> String {
            "\(Report.decimal(peak.mean, digits: 1)) ± \(Report.decimal(peak.deviation, digits: 1))"
        }
        line("residual sd, dB (5.2)") { Report.decimal($0.residualDeviation, digits: 2) }
        line("lag-one correlation (0.28)") { Report.decimal($0.lagOne, digits: 2) }
        line("1 s peak at 1 … 2.5 m (-58.6 ± 3.1)") { peak($0.nearPeak) }
        line("1 s peak at 2.5 … 6 m (-65.6 ± 3.3)") { peak($0.farPeak) }
    }

    /// What real walkers who never stop at the receiver do to the detector.
    private func openings(_ walks: [Trace]) {
        print("\n## Recorded walks, opened at 1.5 m and more (level alone)")
        for caution in Caution.allCases {
            var parameters = ProximityParameters()
            parameters.caution = caution
            let far = walks.flatMap { Bench.openings($0, parameters) }.filter { $0 >= 1.5 }
            let metres = far.map { Report.decimal($0, digits: 2) }.joined(separator: ", ")
            print("\(caution): \(far.count) in \(walks.count) walks  \(metres)")
        }
    }

    /// Distances at which the detector said `atDoor`.
    static func openings(_ trace: Trace, _ parameters: ProximityParameters) -> [Double] {
        var detector = Detector(at: .origin)
        return trace.samples.compactMap { sample in
            let state = detector.observe(
                ProximitySample(sample), at: sample.time, parameters)
            return state == .atDoor ? sample.distance : nil
        }
    }

    /// The least over many short runs: other programs on the machine only ever add.
    private func cost() {
        var best = Double.infinity
        for trace in make(TraceSimulation(), .arrival).prefix(20) {
            for _ in 0..<200 { best = min(best, Bench.nanosecondsPerSample(trace)) }
        }
        print("\n## Cost")
        print("\(Report.decimal(best, digits: 0)) ns a sample, margin included;")
        print("\(MemoryLayout<Detector>.size) bytes a detector")
    }

    private static func nanosecondsPerSample(_ trace: Trace) -> Double {
        let parameters = ProximityParameters()
        let samples = trace.samples.map { (ProximitySample($0), $0.time) }
        var detector = Detector(at: .origin)
        let elapsed = ContinuousClock().measure {
            for (sample, time) in samples { _ = detector.observe(sample, at: time, parameters) }
        }
        precondition(detector.state != .absent)
        return Double(elapsed.components.attoseconds) / 1e9 / Double(samples.count)
    }
}
