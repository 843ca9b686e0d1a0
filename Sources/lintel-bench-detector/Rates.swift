// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Rig
import Timebase

/// The same visits heard four times and once a second: the decisions that differ, and how much
/// later they fall. An advert a second carries a quarter of the evidence, so some must.
struct Rates {
    let bench: Bench

    func report() {
        print("\n## The same visits heard 4 times and once a second, normal setting, within 10 s")
        print(Report.row("", ["4 a s", "1 a s", "differ", "later"]))
        for usesMargin in [true, false] {
            for scene in [TraceScene.arrival, .passBy, .neighbourStop] {
                let pairs = bench.make(TraceSimulation(), scene).map { trace in
                    (
                        Rates.opening(trace, everyOther: 1, usesMargin: usesMargin),
                        Rates.opening(trace, everyOther: 4, usesMargin: usesMargin)
                    )
                }
                let delays = pairs.compactMap { four, one in
                    four.flatMap { four in one.map { ($0 - four).seconds } }
                }.sorted()
                let later =
                    scene == .arrival && !delays.isEmpty
                    ? Report.decimal(delays[delays.count / 2], digits: 1) + " s" : "-"
                print(
                    Report.row(
                        "\(scene.rawValue), \(usesMargin ? "margin" : "level")",
                        [
                            Report.share(pairs) { $0.0 != nil },
                            Report.share(pairs) { $0.1 != nil },
                            Report.share(pairs) { ($0.0 == nil) != ($0.1 == nil) }, later,
                        ]))
            }
        }
    }

    private static func opening(
        _ trace: Trace, everyOther step: Int, usesMargin: Bool
    ) -> Instant? {
        var detector = Detector(at: .origin)
        for (index, sample) in trace.samples.enumerated() where index % step == 0 {
            let state = detector.observe(
                ProximitySample(sample, usesMargin: usesMargin), at: sample.time,
                ProximityParameters())
            if state == .atDoor { return sample.time }
        }
        return nil
    }
}
