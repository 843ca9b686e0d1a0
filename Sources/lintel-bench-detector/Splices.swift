// SPDX-License-Identifier: Apache-2.0
// Recordings joined to visits, judged by the level alone as nothing else was recorded. Each
// receiver gets the threshold that the pass-bys at all others ask for.
import DoorCore
import Rig
import Timebase

struct Splices {
    let bench: Bench
    let walks: [Trace]

    /// Visitors of each approach with each stand.
    private static let visits = 3

    func report() throws {
        let stands = try Recordings.stands(in: bench.stands)
        let approaches = walks.compactMap(RecordedApproach.init)
        let receivers = Set(approaches.map { Splices.receiver($0.name) }).sorted()
        let scores = receivers.map { receiver in
            score(approaches.filter { Splices.receiver($0.name) == receiver }, stands)
        }
        print("\n## Real approach, real stand, real way back (level alone)")
        print(
            "\(approaches.count) approaches at \(receivers.count) receivers, \(stands.count)"
                + " stands; each receiver judged by the threshold the others' pass-bys ask for")
        print(Report.row("", ["opens", "5 s", "10 s"]))
        for rate in [0.01, 0.1] {
            let rows = scores.indices.map { index in
                let others = scores.indices.filter { $0 != index }.flatMap { scores[$0].passes }
                let threshold = Score.threshold(others.sorted(by: >), falseOpens: rate)
                return scores[index].counts(threshold)
            }
            let all = rows.reduce(SpliceCounts(), +)
            print(Report.row("all, the others' \(Report.percent(rate))", all.row))
            for (receiver, counts) in zip(receivers, rows) {
                print(Report.row("  receiver \(receiver)", counts.row))
            }
        }
        delivered(approaches, stands)
    }

    /// The last part of a walk's name.
    private static func receiver(_ name: String) -> String {
        String(name.dropLast(4).suffix(4))
    }

    private func score(_ approaches: [RecordedApproach], _ stands: [RecordedStand]) -> Score {
        Score(
            Contestant(name: "level", usesMargin: false),
            passes: make(.passing, approaches, stands), arrivals: make(.door, approaches, stands))
    }

    private func make(
        _ end: SpliceEnd, _ approaches: [RecordedApproach], _ stands: [RecordedStand]
    ) -> [Trace] {
        var random = RandomSource(seed: bench.seed)
        return approaches.flatMap { approach in
            stands.filter { !$0.isBehindWall }.flatMap { stand in
                (0..<Splices.visits).map { _ in
                    approach.visit(
                        end, standing: stand, offset: Splices.offset(stand.carry, &random),
                        pace: random.uniform(0.87...1.35))
                }
            }
        }
    }

    /// The yardstick's phone is weaker than the walks' bare beacon, and carried.
    private static func offset(_ carry: TraceCarry, _ random: inout RandomSource) -> Double {
        TraceSimulation().radio.levelAtOneMetre - AirParameters.measured.levelAtOneMetre
            + carry.visitOffset(spread: AirParameters.measured.carrySpread, &random)
    }

    private func delivered(_ approaches: [RecordedApproach], _ stands: [RecordedStand]) {
        print("\n## Real stands, as delivered: doors opened per hour of standing")
        print(Report.row("", Caution.allCases.map { "\($0)" }))
        var random = RandomSource(seed: bench.seed)
        for isBehindWall in [false, true] {
            let traces = stands.filter { $0.isBehindWall == isBehindWall }.flatMap { stand in
                (0..<10).map { _ in
                    Trace(
                        standing: stand, among: stands,
                        offset: Splices.offset(stand.carry, &random))
                }
            }
            row(isBehindWall ? "behind the wall, 1.8 m" : "in the corridor, 1.8 m", traces)
        }
        row("walked there, 1.8 m", make(.corridor, approaches, stands))
        row("walked to the next door", make(.neighbour, approaches, stands))
    }

    private func row(_ name: String, _ traces: [Trace]) {
        let hours = traces.reduce(0) { $0 + Splices.standing($1) } / 3_600
        let rates = Caution.allCases.map { caution in
            var parameters = ProximityParameters()
            parameters.caution = caution
            let opened = traces.reduce(0) { $0 + Bench.openings($1, parameters).count }
            return Report.decimal(Double(opened) / hours, digits: 1)
        }
        print(Report.row("\(name) (\(Report.decimal(hours, digits: 1)) h)", rates))
    }

    /// Seconds a trace's visitor stands.
    private static func standing(_ trace: Trace) -> Double {
        let times = trace.samples.filter { $0.truth != .passing }.map(\.time)
        guard let first = times.first, let last = times.last else { return 0 }
        return (last - first).seconds
    }
}

/// How visits at one receiver ended.
private struct SpliceCounts {
    var passes = 0
    var opened = 0
    var arrivals = 0
    var missedInFive = 0
    var missedInTen = 0

    var row: [String] {
        func share(_ count: Int, _ all: Int) -> String {
            Report.percent(Double(count) / Double(max(all, 1)))
        }
        return [
            share(opened, passes), share(missedInFive, arrivals), share(missedInTen, arrivals),
        ]
    }

    static func + (left: SpliceCounts, right: SpliceCounts) -> SpliceCounts {
        SpliceCounts(
            passes: left.passes + right.passes, opened: left.opened + right.opened,
            arrivals: left.arrivals + right.arrivals,
            missedInFive: left.missedInFive + right.missedInFive,
            missedInTen: left.missedInTen + right.missedInTen)
    }
}

extension Score {
    fileprivate func counts(_ threshold: Double) -> SpliceCounts {
        SpliceCounts(
            passes: passes.count, opened: passes.filter { $0 > threshold }.count,
            arrivals: arrivals.count,
            missedInFive: arrivals.filter { $0.peak(until: 5) <= threshold }.count,
            missedInTen: arrivals.filter { $0.peak(until: 10) <= threshold }.count)
    }
}
