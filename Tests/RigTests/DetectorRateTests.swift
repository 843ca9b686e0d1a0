// SPDX-License-Identifier: Apache-2.0
// The same visits, heard more or less often. What was not heard cannot be weighed, but nothing else
// may change: a phone that saves its battery belongs to a guest, too.
import DoorCore
import Rig
import Testing
import Timebase

@Suite("Detector at several rates")
struct DetectorRateTests {
    private static let seeds = UInt64(7_100_000)..<7_100_200

    /// When doors open hands-free for the same visits at four adverts a second and at fewer.
    private struct Pairs {
        private var pairs: [(often: Instant?, seldom: Instant?)] = []

        init(
            _ scene: TraceScene, _ simulation: TraceSimulation, keepEvery step: Int,
            usesMargin: Bool
        ) {
            pairs = DetectorRateTests.seeds.map { seed in
                let trace = simulation.trace(scene, seed: seed)
                let phase = Int(seed) % step
                return (
                    Pairs.opening(trace.samples, usesMargin),
                    Pairs.opening(
                        trace.samples.enumerated().filter { $0.offset % step == phase }
                            .map(\.element), usesMargin)
                )
            }
        }

        var often: Int { pairs.filter { $0.often != nil }.count }
        var seldom: Int { pairs.filter { $0.seldom != nil }.count }
        /// Visits that open at one rate only.
        var differing: Int { pairs.filter { ($0.often == nil) != ($0.seldom == nil) }.count }
        /// How much later doors open at the lower rate, in seconds, rising.
        var delays: [Double] {
            pairs.compactMap { pair in
                guard let often = pair.often, let seldom = pair.seldom else { return nil }
                return (seldom - often).seconds
            }.sorted()
        }

        private static func opening(_ heard: [TraceSample], _ usesMargin: Bool) -> Instant? {
            var detector = Detector(at: .origin)
            for sample in heard {
                let state = detector.observe(
                    ProximitySample(
                        rssi: sample.rssi, channel: sample.channel,
                        margin: usesMargin ? sample.margin : nil),
                    at: sample.time, ProximityParameters())
                if state == .atDoor { return sample.time }
            }
            return nil
        }
    }

    /// A corridor in which levels depend on the distance alone, so that nothing is missed with an
    /// advert but time.
    private var still: TraceSimulation {
        var simulation = TraceSimulation()
        simulation.radio.shadowSpread = 0
        simulation.radio.channelSpread = 0
        simulation.radio.ricianFactor = 1e9
        simulation.radio.meanFade = 0
        simulation.radio.lossAfterHit = 0
        simulation.radio.lossAfterLoss = 0
        simulation.radio.carrySpread = 3
        return simulation
    }

    @Test(
        "Without fading the same guests are let in, within a second and a half", arguments: [2, 4])
    func withoutFading(step: Int) {
        let arrivals = Pairs(.arrival, still, keepEvery: step, usesMargin: true)
        #expect(arrivals.often == Self.seeds.count && arrivals.seldom == Self.seeds.count)
        #expect(arrivals.delays.allSatisfy { (-1...1.5).contains($0) })
        for scene in [TraceScene.passBy, .neighbourStop] {
            let others = Pairs(scene, still, keepEvery: step, usesMargin: true)
            #expect(others.often == 0 && others.seldom == 0, "\(scene)")
        }
    }

    @Test("With fading and margin hardly anybody is judged otherwise", arguments: [2, 4])
    func withMargin(step: Int) {
        let arrivals = Pairs(.arrival, TraceSimulation(), keepEvery: step, usesMargin: true)
        #expect(arrivals.differing <= 5 * step)
        let delays = arrivals.delays
        #expect((-0.5...1.25).contains(delays[delays.count / 2]))
        for scene in [TraceScene.passBy, .neighbourStop] {
            let others = Pairs(scene, TraceSimulation(), keepEvery: step, usesMargin: true)
            #expect(others.often <= 4 && others.seldom <= 4, "\(scene)")
        }
    }

    @Test("Of a level alone seldom heard some arrivals are missed, and no more opened falsely")
    func levelAlone() {
        for (step, share) in [(2, 0.7), (4, 0.5)] {
            let arrivals = Pairs(.arrival, TraceSimulation(), keepEvery: step, usesMargin: false)
            #expect(Double(arrivals.seldom) >= share * Double(arrivals.often))
            for scene in [TraceScene.passBy, .neighbourStop] {
                let others = Pairs(scene, TraceSimulation(), keepEvery: step, usesMargin: false)
                #expect(others.often <= 5 && others.seldom <= 5, "\(scene)")
            }
        }
    }
}
