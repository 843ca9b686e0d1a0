// SPDX-License-Identifier: Apache-2.0
// The link over a real broker that is killed, cut off, and lied through.
import GuestPass
import HotelWire
import Platform
import Rig
import Testing
import Timebase

@testable import HotelLink

@Suite("The link to the hotel", .serialized)
struct HotelLinkTests {
    private let scene: Scene

    init() throws { scene = try Scene() }

    @Test("Of 10 000 events none is lost or doubled though the broker is killed four times")
    func brokerKilled() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        let house = try scene.gatehouse()
        for round in 1...10 {
            house.write(1_000)
            guard round % 2 == 0, round < 10 else { continue }
            try scene.until("some of it is there") { hotel.lines.count > round * 1_000 - 900 }
            scene.broker.kill()
            house.write(0)
            try scene.until("the link is down") { house.link.state != .connected }
            try scene.broker.start()
        }
        try scene.until("everything is there") { hotel.lines.count == 10_000 }
        #expect(hotel.hasAll(10_000) && hotel.problems.isEmpty)
        #expect(house.link.counters.connections >= 5)
        try scene.until("everything is acknowledged") {
            house.acknowledged == EventPosition(boot: 1, sequence: 10_000)
        }
    }

    @Test("A week without the hotel: 50 000 events, told in order once it is back")
    func week() throws {
        let house = try scene.gatehouse()
        for _ in 0..<50 { house.write(1_000) }
        try scene.until("it gave up at least twice") { house.waits.count >= 2 }
        try scene.broker.start()
        let hotel = try scene.hotel()
        try scene.until("everything is there") { hotel.lines.count == 50_000 }
        #expect(hotel.hasAll(50_000) && hotel.problems.isEmpty && hotel.gaps == 0)
    }

    @Test("Batches lost on the way are noticed by what they follow, and sent again")
    func lostBatches() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        var random = RandomSource(seed: 11)
        var lost = 0
        hotel.loses = {
            guard lost < 3, random.chance(0.3) else { return false }
            lost += 1
            return true
        }
        let house = try scene.gatehouse()
        for _ in 0..<10 { house.write(500) }
        try scene.until("everything is there") { hotel.lines.count == 5_000 }
        #expect(hotel.hasAll(5_000) && lost == 3)
        #expect(house.link.counters.resends >= 1)
    }

    @Test("A hotel set back to an earlier state of its records is told again what it forgot")
    func setBack() throws {
        try scene.broker.start()
        let house = try scene.gatehouse()
        let first = try scene.hotel()
        house.write(700)
        try scene.until("everything is there") { first.lines.count == 700 }
        try scene.until("it is acknowledged") { house.acknowledged.sequence == 700 }
        first.stop()
        let second = try scene.hotel()
        try scene.until("everything is there again") { second.lines.count == 700 }
        #expect(second.hasAll(700))
    }

    @Test("After a restart of the gateway the new start's events follow those of the one before")
    func restart() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        do {
            let house = try scene.gatehouse()
            house.write(300)
            try scene.until("the first batch is there") { hotel.lines.count >= 256 }
        }
        let house = try scene.gatehouse(boot: 2)
        house.write(300)
        try scene.until("everything is there") { hotel.lines.count == 600 }
        #expect(hotel.hasAll(600) && hotel.position == EventPosition(boot: 2, sequence: 300))
    }

    @Test("The status follows every change, and the broker says when the gateway is gone")
    func status() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        var house: Gatehouse? = try scene.gatehouse()
        try scene.until("the first status") { hotel.statuses.last?.isOnline == true }
        house?.epoch = 9
        try scene.until("the new epoch") { hotel.statuses.last?.epoch == 9 }
        let told = hotel.statuses.count
        // Nothing changes: nothing is told.
        let end = MonotonicClock.now() + .milliseconds(2_500)
        try scene.until("time passes") { MonotonicClock.now() > end }
        #expect(hotel.statuses.count == told)
        house?.link.stop()
        try scene.until("a good-bye") { hotel.statuses.last?.isOnline == false }
        house = nil
    }

    @Test("Results are told until the broker has them, and commands wait for an absent gateway")
    func results() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        var random = SystemRandomNumberGenerator()
        let id = CommandID(using: &random)
        do {
            let house = try scene.gatehouse()
            house.finish(id, "a result")
            try scene.until("the result is there") { hotel.results == ["a result"] }
            try scene.until("and known to be") { house.results.isEmpty }
        }
        try hotel.publish(.command, [1, 2, 3])
        let house = try scene.gatehouse()
        try scene.until("the command came") { house.received.contains { $0.kind == .command } }
        #expect(house.received.first { $0.kind == .command }?.payload == [1, 2, 3])
    }

    @Test("More results than travel at once are all told, in one connection")
    func manyResults() throws {
        try scene.broker.start()
        let hotel = try scene.hotel()
        let house = try scene.gatehouse()
        try scene.until("the hotel hears the gateway") { !hotel.statuses.isEmpty }
        var random = SystemRandomNumberGenerator()
        let texts = (0..<300).map { "result \($0)" }
        for text in texts { house.finish(CommandID(using: &random), text) }
        try scene.until("all are there") { hotel.results.count == texts.count }
        #expect(Set(hotel.results) == Set(texts) && house.link.counters.failures == 0)
    }

    @Test("A broker that takes no message is left before messages fill the memory")
    func silentBroker() throws {
        let broker = try SilentBroker(scene.loop)
        let house = try scene.gatehouse(at: broker)
        try scene.until("the link is up") { house.link.state == .connected }
        let report = [UInt8](repeating: 0x7B, count: 1_000)
        for _ in 0..<1_000 { house.link.send(report: report) }
        #expect(house.waits == [.lost("the broker takes nothing any more")])
        try scene.until("it comes back") { house.link.counters.connections == 2 }
        #expect(broker.messages <= 2 * Limits.unacknowledgedMax)
    }

    @Test("A message longer than any of the hotel's is not taken, and the broker is left")
    func tooLong() throws {
        let broker = try SilentBroker(scene.loop)
        let house = try scene.gatehouse(at: broker)
        try scene.until("the link is up") { house.link.state == .connected }
        let topic = "\(Topic(.command, of: gateway, at: site))"
        try scene.until("it went") { broker.push(topic, bytes: 9_000_000) }
        try scene.until("the broker is left") { !house.waits.isEmpty }
        let words = "a message of 9000000 bytes is longer than any we take"
        #expect(house.waits == [.lost(words)] && house.received.isEmpty)
    }

    @Test("A revoked gateway gets nowhere and goes on trying, ever less often")
    func revoked() throws {
        let revoked = try scene.broker.authority.issue("c0c1c2c3")
        try scene.broker.authority.revoke(revoked)
        try scene.broker.start()
        let house = try scene.gatehouse(revoked)
        try scene.until("three attempts") { house.waits.count >= 3 }
        #expect(house.link.counters.connections == 0)
        // Somebody else's certificate is let in by the broker, but not to our topics.
        let other = try scene.broker.authority.issue("d0d1d2d3")
        let stranger = try scene.gatehouse(other)
        let hotel = try scene.hotel()
        stranger.write(10)
        try scene.until("both are connected") {
            stranger.link.counters.connections > 0 && hotel.isConnected
        }
        try hotel.publish(.command, [1])
        let end = MonotonicClock.now() + .seconds(1)
        try scene.until("time passes") { MonotonicClock.now() > end }
        #expect(hotel.lines.isEmpty && stranger.received.isEmpty)
    }

    @Test("Waits double up to a minute, and chance spreads them")
    func backoff() {
        var early = Backoff()
        var late = Backoff()
        let waits = (0..<9).map { _ in
            (early.next(chance: 0).milliseconds, late.next(chance: 1).milliseconds)
        }
        #expect(
            waits.map(\.1) == [1_000, 2_000, 4_000, 8_000, 16_000, 32_000] + [
                60_000, 60_000, 60_000,
            ])
        #expect(waits.allSatisfy { $0.0 == $0.1 / 2 })
        late.reset()
        #expect(late.next(chance: 1) == .seconds(1))
    }
}
