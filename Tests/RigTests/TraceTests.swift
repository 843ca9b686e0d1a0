// SPDX-License-Identifier: Apache-2.0
import Rig
import Testing
import Timebase

@Suite("Trace maker")
struct TraceTests {
    @Test("A seed names a trace, and another seed another one", arguments: TraceScene.allCases)
    func seeds(scene: TraceScene) {
        let simulation = TraceSimulation()
        let traces = [7, 7, 8].map { simulation.trace(scene, seed: $0) }
        let levels = traces.map { $0.samples.map(\.rssi) }
        #expect(levels[0] == levels[1])
        #expect(levels[0] != levels[2])
    }

    @Test("Arrivals stop 0.4 to 0.8 m before the door, pass-bys stay 1 to 2.5 m away")
    func geometry() {
        let simulation = TraceSimulation()
        for seed in UInt64(0)..<40 {
            let arrival = simulation.trace(.arrival, seed: seed)
            let stopped = arrival.samples.filter { $0.truth == .atDoor }
            #expect(stopped.allSatisfy { (0.4...0.8).contains($0.distance) })
            #expect(stopped.first.map { $0.time >= arrival.arrival ?? .never } == true)
            let nearest = simulation.trace(.passBy, seed: seed).samples.map(\.distance).min()
            #expect((0.99...2.6).contains(nearest ?? 0))
        }
    }

    @Test("Simulated walks fade as recorded ones do")
    func statistics() {
        var simulation = TraceSimulation.harsh
        simulation.radio.bodyDepth = 0
        simulation.radio.carrySpread = 0
        simulation.interval = 0.45
        simulation.lane = 1.0...6.0
        simulation.speed = 0.3
        let statistics = TraceStatistics(
            (0..<150).map { simulation.trace(.passBy, seed: $0) })
        #expect((4.5...5.9).contains(statistics.residualDeviation))
        #expect((-62 ... -56).contains(statistics.nearPeak.mean))
        #expect((-69 ... -62).contains(statistics.farPeak.mean))
    }

    @Test("A seventh of all adverts is lost, and the rest comes at the interval")
    func loss() {
        let traces = (UInt64(0)..<50).map { TraceSimulation().trace(.passBy, seed: $0) }
        let heard = traces.map { Double($0.samples.count) }.reduce(0, +)
        let seconds = traces.compactMap { $0.samples.last?.time.nanoseconds }.reduce(0, +)
        let sent = Double(seconds) / 1e9 / 0.255
        #expect((0.82...0.90).contains(heard / sent))
    }

    @Test("Every baseline follows a phone that comes near", arguments: baselines.indices)
    func baseline(index: Int) {
        var filter = baselines[index].make()
        var numbers: [Double] = []
        for step in 0..<160 {
            let isNear = step >= 80
            numbers.append(
                filter.observe(
                    level: isNear ? -50 : -85, margin: isNear ? 15 : 0,
                    at: Double(step) * 0.25))
        }
        #expect((numbers.last ?? 0) > numbers[79])
    }
}
