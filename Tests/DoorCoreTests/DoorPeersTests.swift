// SPDX-License-Identifier: Apache-2.0
// What other lock controllers get wrong, by doors.md: each of their mistakes is a test of ours.
import GuestPass
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorPeersTests {
    @Test("A remembered contact is not toggled: a lost edge does not turn open into closed")
    func contactIsALevel() {
        let bench = DoorBench(.bench([.contact]))
        bench.pass()
        // The edge of opening was lost; the next reading is `closed`, then `open`, twice each.
        for isOpen in [false, true, true, false, false, true] { bench.set(.contact, isOpen) }
        #expect(bench.kinds.filter { $0 == .opened }.count == 2)
        #expect(bench.kinds.filter { $0 == .closed }.count == 1)
        #expect(bench.pass() == .doorOpen)
    }

    @Test("Held-open is not inverted: a closed door never becomes held")
    func heldIsNotInverted() {
        let bench = DoorBench(.bench([.contact]))
        bench.wait(.hours(24))
        #expect(bench.kinds.isEmpty)
        bench.set(.contact, true)
        bench.wait(.seconds(30))
        #expect(bench.kinds.last == .held)
    }

    @Test("A pulse is not timed by the wall clock", arguments: [-3_600, 3_600])
    func wallClockSteps(seconds: Int64) {
        let bench = DoorBench()
        let time = UnixTime(seconds: 1_767_225_600)
        bench.read(ClockReading(time: time, isSynchronised: true))
        bench.pass()
        bench.wait(.seconds(1))
        bench.read(ClockReading(time: time + .seconds(seconds), isSynchronised: true))
        bench.wait(.milliseconds(3_999))
        #expect(bench.isEnergised)
        bench.wait(.milliseconds(1))
        #expect(!bench.isEnergised)
    }

    @Test("Nothing waits with the lock open: the pulse ends though nobody comes back to end it")
    func nothingSleeps() {
        let bench = DoorBench()
        bench.pass()
        bench.sleep(.minutes(5))
        #expect(bench.energised[0].until - bench.energised[0].from == .seconds(5))
        #expect(bench.door.deadline.map { $0 <= bench.now } == true)
    }

    @Test("The client's nonce opens nothing: an answer to a nonce we never sent is refused")
    func clientsNonce() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        try scene.approach()
        let sent = try #require(scene.challenge)
        let own = Challenge(counter: sent.counter, nonce: sent.nonce ^ 1)
        scene.hear(
            scene.phone.challenge(
                own, of: CoreScene.gateway, window: scene.window, door: 2,
                intent: [.moving, .tapped]))
        #expect(scene.energised.isEmpty)
    }

    @Test("Nothing is energised at boot, whatever the inputs read then")
    func boot() {
        for seed in UInt64(1)...200 {
            var random = SeededGenerator(seed: seed)
            let life = DoorLife(seed: seed, hours: 1)
            let bench = DoorBench(life.configuration, isRead: false)
            bench.read(
                ClockReading(time: UnixTime(seconds: 1_767_225_600), isSynchronised: true))
            for role in LineRole.allCases where role.isInput {
                bench.set(role, random.chance(50))
            }
            bench.wait(.minutes(5))
            #expect(bench.energised.isEmpty, "seed \(seed)")
        }
    }

    @Test("A door is opened now or not at all: a refused pass opens nothing later")
    func nothingOpensLate() {
        let bench = DoorBench()
        bench.set(.privacyBolt, true)
        bench.pass()
        bench.send(.command(.open(DoorIndex(2))))
        bench.set(.privacyBolt, false)
        bench.wait(.minutes(5))
        #expect(bench.energised.isEmpty)
    }
}
