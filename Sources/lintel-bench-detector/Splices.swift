// SPDX-License-Identifier: Apache-2.0
// Recordings joined to visits, judged by the level alone as nothing else was recorded. Each half
// of the receivers gets the threshold that the pass-bys of the other half ask for.
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
        let groups = [true, false].map { isFirst in
            approaches.filter { Splices.isInFirstHalf($0.name) == isFirst }
        }
        print("\n## Real approach, real stand, real way back (level alone)")
        let counts = groups.map { "\($0.count)" }.joined(separator: " and ")
        print("\(counts) approaches by receivers, \(stands.count) stands")
        print(Report.row("missed within", ["5 s", "10 s", "opens"]))
        let scores = groups.map { score($0, stands) }
        for rate in [0.01, 0.1] {
            for (index, name) in ["first half", "second half"].enumerated() {
                let threshold = scores[1 - index].threshold(falseOpens: rate)
                let score = scores[index]
                let opened = score.passes.filter { $0 > threshold }.count
                print(
                    Report.row(
                        "\(name), other half's \(Report.percent(rate))",
                        [5.0, 10].map { Report.percent(score.missed(threshold, within: $0)) } + [
                            Report.percent(Double(opened) / Double(max(score.passes.count, 1)))
                        ]))
            }
        }
        delivered(approaches, stands)
    }

    /// The receivers of which one half of the walks is made.
    private static let firstHalf = ["0101", "0201", "0301", "0401", "21b4", "7e19"]

    private static func isInFirstHalf(_ name: String) -> Bool {
        firstHalf.contains { name.hasSuffix("\($0).csv") }
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
