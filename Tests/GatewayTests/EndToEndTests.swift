// SPDX-License-Identifier: Apache-2.0
// A phone that none of us wrote in front of a whole gateway, over a controller's byte stream; the
// lock is judged by the edges of its line.
import Locks
import Platform
import Testing
import Timebase

@Suite("A phone in front of a gateway", Bumble.isAvailable)
struct EndToEndTests {
    private let controller: Controller
    private let hotel: Hotel

    init() async throws {
        controller = try Controller()
        try await controller.make()
        hotel = try Hotel(adapter: controller.adapter)
    }

    @Test("A guest hears the beacon, walks up and taps: the lock pulses exactly once")
    func opens() async throws {
        let ada = Guest("ada", 1)
        try hotel.grant(ada)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.hears()
        let phone = try await Phone(of: ada, near: controller)
        try await phone.answer(intent: 1)
        try await phone.walkUp()
        try await gateway.waits(for: "the guest is noticed") {
            !gateway.events.lines(with: "\"presence\"", "\"door\":\"301\"").isEmpty
        }
        try await phone.sends(3)
        #expect(phone.beacons.allSatisfy { $0.contains("\"gateway\": \"b0b1b2b3\"") })
        #expect(phone.beacons.count > 1)
        #expect(gateway.edges.isEmpty, "an approach alone does not open a guest room")

        try await phone.tap()
        try await gateway.hasPulsed(1)
        try Self.expectPulse(gateway.edges)
        // The phone goes on saying that it was tapped, in fresh answers to fresh nonces.
        try await phone.sends(4)
        gateway.stop()
        #expect(gateway.edges.count == 2)
        #expect(gateway.otherEdges.isEmpty)
        let told = ["granted", "unlocked", "relocked"].map {
            gateway.events.lines(with: "\"event\":\"\($0)\"").count
        }
        #expect(told == [1, 1, 1])
        #expect(
            gateway.events.lines(
                with: "\"granted\"", "\"door\":\"301\"", "\"credential\":\"0000000000000001\"",
                "\"level\":3"
            ).count == 1)
        #expect(
            !gateway.logged.contains("\"event\":"), "events are not told twice where all are heard")
    }

    @Test("Replayed, stale, redirected and altered answers and other doors never move a line")
    func cheats() async throws {
        let guests = [
            Guest("replay", 11), Guest("stale", 12), Guest("redirect", 13), Guest("flip", 14),
        ]
        let trespasser = Guest("trespasser", 15)
        try hotel.grant(guests[0], guests[1], guests[2], guests[3], trespasser)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.hears()
        var phones: [Phone] = []
        for guest in guests + [trespasser] {
            phones.append(try await Phone(of: guest, near: controller))
        }
        // Each has a pass that is good for this door; the first opens it, so that what it replays
        // is an answer that did.
        for phone in phones.dropFirst() { try await phone.walkUp() }
        try await gateway.opens(for: guests[0], phones[0])
        try await phones[0].overhear(phones[0])
        try await gateway.hasPulsed(1)
        for (guest, phone) in zip(guests, phones) {
            try await phone.answer(intent: 3, fault: guest.name)
        }
        try await phones[4].answer(door: 3, intent: 3)
        try await phones[1].sends(4, fault: "stale")
        try await phones[2].sends(4, fault: "redirect")
        try await phones[3].sends(20, fault: "flip")
        try await gateway.waits(for: "wrong tags are told, and the wrong door") {
            !gateway.events.lines(with: "\"tagAlarm\"").isEmpty
                && !gateway.events.lines(with: "\"doorNotGranted\"", "\"302\"").isEmpty
        }
        #expect(phones[0].passes(fault: "replay") > 0)
        #expect(gateway.edges.count == 2)
        #expect(gateway.otherEdges.isEmpty)

        // The door was only waiting for an honest answer.
        for phone in phones { try await phone.silence() }
        try await gateway.opens(for: guests[2], phones[2])
        try await gateway.hasPulsed(2)
        gateway.stop()
        #expect(gateway.edges.count == 4)
        #expect(gateway.otherEdges.isEmpty)
        #expect(gateway.events.lines(with: "\"granted\"").count == 2)
    }

    @Test("A running gateway takes a new snapshot up; who is not in it is a stranger")
    func revocation() async throws {
        let ada = Guest("ada", 1)
        let ben = Guest("ben", 2)
        try hotel.grant(ada)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.hears()
        let adas = try await Phone(of: ada, near: controller)
        let bens = try await Phone(of: ben, near: controller)
        try await bens.answer(intent: 3)
        try await bens.walkUp()
        try await bens.sends(4)
        #expect(gateway.edges.isEmpty, "a stranger is nobody")

        // No answer with the stranger's tap is on air any more.
        try await bens.answer(intent: 1)
        try await bens.sends(3)
        let acceptedAt = MonotonicClock.now()
        try hotel.grant(epoch: 2, ben)
        try await gateway.waits(for: "the snapshot is in force") {
            !gateway.events.lines(with: "\"snapshot\"", "\"epoch\":2").isEmpty
        }
        // Looked for once a second; the rest is for a machine that is busy with other tests.
        #expect(MonotonicClock.now() - acceptedAt < .seconds(3))
        try await gateway.opens(for: ben, bens)
        try await gateway.hasPulsed(1)
        try await bens.silence()
        try await adas.answer(intent: 3)
        try await adas.walkUp()
        try await adas.sends(5)
        gateway.stop()
        #expect(gateway.edges.count == 2)
        let granted = gateway.events.lines(with: "\"granted\"")
        #expect(granted.count == 1 && granted[0].contains("0000000000000002"))
        #expect(gateway.events.lines(with: "\"credential\":\"0000000000000001\"").isEmpty)
    }

    /// The lock is energised once, for its pulse. It may rest late by what a busy machine makes
    /// threads wait, never early by more than the way from the advert to the line.
    static func expectPulse(_ edges: [SimulatedChip.Edge]) throws {
        try #require(edges.count >= 2)
        #expect(edges[0].isHigh && !edges[1].isHigh)
        let length = edges[1].at - edges[0].at
        #expect(length > .milliseconds(2_950) && length < .milliseconds(3_500), "\(length)")
    }
}
