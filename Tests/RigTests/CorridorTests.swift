// SPDX-License-Identifier: Apache-2.0
import BLEWire
import GuestPass
import Rig
import Testing
import Timebase

/// A corridor with a small gateway behind every controller, on simulated time.
struct PlayedScene {
    static let start = Instant.origin + .seconds(100)
    static let wallStart = UnixTime(seconds: 1_767_225_600)

    var corridor: Corridor
    var gateways: [SmallGateway]

    init(_ plan: CorridorPlan, for length: Interval) {
        var corridor = Corridor(plan, startsAt: Self.start)
        var hosts = plan.gateways.indices.map { number in
            Host(
                gateway: SmallGateway(
                    number, plan, startsAt: Self.start, wallClock: Self.wallStart))
        }
        while corridor.now < Self.start + length {
            let next = corridor.now + .milliseconds(10)
            corridor.advance(to: next, wallClock: Self.wallStart + (next - Self.start))
            for host in hosts { host.turn(&corridor) }
        }
        gateways = hosts.map(\.gateway)
        hosts.removeAll()
        self.corridor = corridor
    }

    static func demo(seed: UInt64, length: Interval = .seconds(30)) -> CorridorPlan {
        DemoPlan.make(seed: seed, startsAt: start, wallClock: wallStart, length: length)
    }

    private final class Host {
        var gateway: SmallGateway
        private var deframer = H4Deframer()

        init(gateway: SmallGateway) { self.gateway = gateway }

        func turn(_ corridor: inout Corridor) { gateway.turn(&corridor, &deframer) }
    }
}

@Suite struct CorridorTests {
    @Test(
        "Invited guests get in and nobody else does, whatever the seed",
        arguments: [UInt64](1...3))
    func everySeed(seed: UInt64) {
        let scene = PlayedScene(PlayedScene.demo(seed: seed), for: .seconds(30))
        let verdict = scene.corridor.verdict
        #expect(verdict.isGood, "seed \(seed): \(verdict.sentence)")
        #expect(verdict.admitted.count == 3)
        #expect((verdict.admitted.values.max() ?? 9) < 6)
    }

    @Test("A scene is the same at every playing of its seed, and another at another")
    func determinism() {
        func log(_ seed: UInt64) -> [String] {
            let corridor = PlayedScene(PlayedScene.demo(seed: seed), for: .seconds(15)).corridor
            return corridor.log.map { corridor.jsonLine($0, since: PlayedScene.start) }
                + ["\(corridor.advertsDelivered)"]
        }
        #expect(log(3) == log(3))
        #expect(log(3) != log(4))
    }

    @Test("Phones answer in time with their door and intent, and the gateway's keys say so")
    func answers() throws {
        var plan = PlayedScene.demo(seed: 5)
        plan.people.removeAll { $0.role != .guest(DoorNumber(2)) }
        let scene = PlayedScene(plan, for: .seconds(15))
        let asked = scene.gateways[2]
        #expect(asked.goodTags > 20)
        #expect(asked.staleAnswers + asked.wrongTags + asked.unknownPasses == 0)
        #expect(scene.gateways[1].goodTags == 0, "an answer is good at one gateway only")
        let measured = try #require(scene.gateways[2].lastExtension)
        #expect((-90...(-30)).contains(measured.heardAt ?? 0))
    }

    @Test("A forger's tags are all wrong and a replayer's answers all too old")
    func uninvited() {
        let scene = PlayedScene(PlayedScene.demo(seed: 6), for: .seconds(15))
        #expect(scene.gateways[0].wrongTags > 20)
        #expect(scene.gateways[1].staleAnswers > 0)
        #expect(scene.gateways.map(\.unknownPasses).reduce(0, +) > 20, "the other hotel's pass")
    }

    @Test("A gateway that opens for anyone is found out")
    func foundOut() {
        var corridor = Corridor(PlayedScene.demo(seed: 1), startsAt: PlayedScene.start)
        for second in 1...15 {
            let now = PlayedScene.start + .seconds(Int64(second))
            corridor.advance(
                to: now, wallClock: PlayedScene.wallStart + .seconds(Int64(second)))
            corridor.setLock(DoorNumber(0), isReleased: true)
        }
        let verdict = corridor.verdict
        #expect(!verdict.isGood)
        #expect(verdict.opensForNobody == 1)
        #expect(verdict.intruders.contains("Forger"))
        #expect(verdict.missed.contains("Ada"))
    }

    @Test("A controller that dies on the way keeps its guest outside")
    func faults() {
        var plan = PlayedScene.demo(seed: 2, length: .seconds(15))
        plan.gateways[1].faults = [FaultWindow(.deaf)]
        let verdict = PlayedScene(plan, for: .seconds(15)).corridor.verdict
        #expect(verdict.missed == ["Ada"])
        #expect(verdict.admitted.keys.sorted() == ["Ben"])
    }
}
