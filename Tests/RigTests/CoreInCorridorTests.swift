// SPDX-License-Identifier: Apache-2.0
// The product's decisions against the demonstration's cast, minutes in seconds.
import DoorCore
import Rig
import Testing
import Timebase

@Suite struct CoreInCorridorTests {
    private func play(
        _ plan: CorridorPlan, for length: Interval
    ) -> (corridor: Corridor, hosts: [CoreHost]) {
        let (start, wallStart) = (PlayedScene.start, PlayedScene.wallStart)
        var corridor = Corridor(plan, startsAt: start)
        let hosts = plan.gateways.indices.map {
            CoreHost($0, plan, startsAt: start, wallClock: wallStart)
        }
        while corridor.now < start + length {
            let next = corridor.now + .milliseconds(10)
            let wallClock = wallStart + (next - start)
            corridor.advance(to: next, wallClock: wallClock)
            for host in hosts { host.turn(&corridor, wallClock: wallClock) }
        }
        return (corridor, hosts)
    }

    @Test(
        "The core lets invited guests in and nobody else, whatever the seed",
        arguments: [UInt64](1...4))
    func everySeed(seed: UInt64) {
        let (corridor, hosts) = play(PlayedScene.demo(seed: seed), for: .seconds(30))
        let verdict = corridor.verdict
        #expect(verdict.isGood, "seed \(seed): \(verdict.sentence)")
        #expect(verdict.admitted.count == 3)
        #expect(hosts.map(\.core.counters.unlocks) == [1, 1, 1, 2], "two come in by the lobby")
    }

    @Test("Each kind of stranger is refused for its own reason")
    func reasons() {
        let (corridor, hosts) = play(PlayedScene.demo(seed: 2), for: .seconds(20))
        func denials(_ host: Int, _ reason: DenialReason) -> UInt64 {
            hosts[host].core.counters.denials[Int(reason.rawValue)]
        }
        #expect(denials(0, .wrongTag) > 20, "the forger")
        #expect(hosts[0].events.contains { if case .tagAlarm = $0.kind { true } else { false } })
        #expect(denials(1, .staleNonce) > 20, "the replayer")
        #expect(denials(2, .expired) > 20, "the guest of yesterday")
        #expect(hosts[0].core.counters.passesForeign > 20, "the other hotel's guest")
        #expect(corridor.verdict.intruders.isEmpty)
    }
}
