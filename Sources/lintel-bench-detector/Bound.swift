// SPDX-License-Identifier: Apache-2.0
// How well can anything tell? Trees are taught with visits of other seeds what the wanted kind
// looks like at one moment, from everything heard until then; then they judge the benchmark's
// visits, beside the detector at the same moment. That is no proof, but what neither finds is
// hardly there.
import DoorCore
import Rig
import Timebase

struct Bound {
    let bench: Bench

    /// Added to the benchmark's seed for the visits that teach.
    private static let schoolSeed: UInt64 = 500_000_000
    /// Spans over which level and margin are averaged, in seconds before the moment.
    fileprivate static let spans = [
        0.0..<0.5, 0..<1, 0..<2, 1..<2, 2..<3, 3..<4, 4..<6, 6..<8, 0..<4, 0..<30,
    ]

    /// Everybody is heard over a way of the same length: otherwise the trees learn how long those
    /// who stop at a place were heard before, which a real corridor does not tell.
    private static var simulation: TraceSimulation {
        var simulation = TraceSimulation()
        simulation.heardFrom = 8...12
        return simulation
    }

    func report() {
        var school = bench.smaller
        school.seed += Bound.schoolSeed
        print("\n## Judged once: what anything can tell, margin known")
        print("taught with seeds from \(school.seed), judged with those from \(bench.seed)")
        taps(school)
        stops(school)
    }

    /// Taps, two seconds after the touch.
    private func taps(_ school: Bench) {
        let moment = Interval.seconds(2)
        func heard(_ taps: Taps) -> Classes {
            func hear(_ tappers: [Tapper]) -> [Heard?] {
                tappers.map { tapper in
                    tapper.tap.flatMap { Heard(tapper.trace, at: $0 + moment) { $0.tapEvidence } }
                }
            }
            return Classes(wanted: hear(taps.here), others: taps.elsewhere.map(hear))
        }
        print(Report.row("taps opened elsewhere at 99 % granted", Taps.places + ["99/99"]))
        judge(
            lessons: heard(Taps(school, Bound.simulation)),
            examples: heard(Taps(bench, Bound.simulation)), granting: 0.99)
    }

    /// Arrivals and people standing in the corridor, five seconds after they stopped.
    private func stops(_ school: Bench) {
        let moment = Interval.seconds(5)
        func heard(_ bench: Bench) -> Classes {
            func hear(_ scene: TraceScene) -> [Heard?] {
                bench.make(Bound.simulation, scene).map { trace in
                    let stop = trace.samples.first {
                        $0.truth == .atDoor || $0.truth == .inCorridor || $0.truth == .atNeighbour
                    }
                    return stop.flatMap { Heard(trace, at: $0.time + moment) { $0.evidence } }
                }
            }
            return Classes(
                wanted: hear(.arrival), others: [hear(.corridorStop), hear(.neighbourStop)])
        }
        print(Report.row("opened elsewhere at 90 % of arrivals", ["corridor", "next", "99/99"]))
        judge(lessons: heard(school), examples: heard(bench), granting: 0.9)
    }

    private func judge(lessons: Classes, examples: Classes, granting share: Double) {
        let own = Judged(examples, granting: share) { $0.evidence }
        print(Report.row("  Lintel", own.row))
        for (name, features) in [
            ("  trees over level and margin", \Heard.radio),
            ("  … and the rest of EXT", \.extended),
            ("  … and Lintel's evidence", \.all),
        ] {
            let positives = lessons.wanted.compactMap { $0 }
            let negatives = lessons.others.joined().compactMap { $0 }
            let trees = Trees(
                (positives + negatives).map { $0[keyPath: features] },
                positives.map { _ in true } + negatives.map { _ in false })
            let judged = Judged(examples, granting: share) { trees.score($0[keyPath: features]) }
            print(Report.row(name, judged.row))
        }
    }
}

/// Visits of the wanted kind and of others; `nil` for those never heard.
private struct Classes {
    let wanted: [Heard?]
    let others: [[Heard?]]
}

/// What was heard of one visit until a moment.
private struct Heard {
    var radio: [Float] = []
    /// The phone's own level, and how often another gateway than at first was the loudest other.
    private var rest: [Float] = []
    var evidence = 0.0

    var extended: [Float] { radio + rest }
    var all: [Float] { radio + [Float(evidence)] }

    init?(_ trace: Trace, at moment: Instant, _ evidence: (Detector) -> Evidence) {
        let heard = trace.samples.filter { $0.time <= moment }
        guard !heard.isEmpty else { return nil }
        var detector = Detector(at: .origin)
        for sample in heard {
            _ = detector.observe(ProximitySample(sample), at: sample.time, ProximityParameters())
        }
        self.evidence = evidence(detector).nats
        for span in Bound.spans {
            let within = heard.filter { span.contains((moment - $0.time).seconds) }
            radio.append(Heard.mean(within) { Float($0.rssi) })
            radio.append(Heard.mean(within) { Float($0.margin ?? 0) })
            rest.append(Heard.mean(within) { Float($0.heardAt ?? 0) })
            rest.append(
                Heard.mean(within) { $0.otherGateway == heard[0].otherGateway ? 0 : 1 })
        }
    }

    private static func mean(_ samples: [TraceSample], _ value: (TraceSample) -> Float) -> Float {
        samples.isEmpty ? .nan : samples.reduce(0) { $0 + value($1) } / Float(samples.count)
    }
}

/// Scores of all visits, rising.
private struct Judged {
    private let wanted: [Double]
    private let others: [[Double]]
    private let share: Double

    init(_ classes: Classes, granting share: Double, judge: (Heard) -> Double) {
        func scores(_ visits: [Heard?]) -> [Double] {
            visits.map { $0.map(judge) ?? -.infinity }.sorted()
        }
        self.share = share
        wanted = scores(classes.wanted)
        others = classes.others.map(scores)
    }

    /// Opened of each other kind where this share of the wanted ones is granted; and how many of
    /// the wanted are granted where 99 % of the first two other kinds are refused.
    var row: [String] {
        let threshold = wanted[Int(Double(wanted.count) * (1 - share))]
        let refusing = others.prefix(2).map { $0[$0.count * 99 / 100] }.max() ?? .infinity
        return others.map { Report.share($0) { $0 >= threshold } } + [
            Report.share(wanted) { $0 > refusing }
        ]
    }
}
