// SPDX-License-Identifier: Apache-2.0
import DoorCore
import GuestPass
import Testing
import Timebase

@Suite("What the gateway says on air, and about whom")
struct BeaconTests {
    @Test("A fresh nonce every second; fast while a guest is near and fifteen seconds longer")
    func schedule() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(5))
        #expect((5...6).contains(scene.beacons.count))
        #expect(scene.beacons.allSatisfy { $0.interval == .seconds(1) })
        let counters = scene.beacons.map(\.challenge.counter)
        #expect(counters == Array(counters[0]..<counters[0] + UInt32(counters.count)))
        #expect(Set(scene.beacons.map(\.challenge.nonce)).count == scene.beacons.count)

        scene.hear(scene.phone.presence(window: scene.window), rssi: -70)
        #expect(scene.beacons.last?.interval == .milliseconds(100))
        scene.wait(.milliseconds(14_500))
        #expect(scene.beacons.last?.interval == .milliseconds(100))
        scene.wait(.seconds(2))
        #expect(scene.beacons.last?.interval == .seconds(1))
    }

    @Test("Neither a guest beyond the far level nor a stranger makes the beacon fast")
    func stranger() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        scene.hear(scene.phone.presence(window: scene.window), rssi: -95)
        let other = try CoreScene(keyByte: 0x55)
        scene.hear(other.phone.presence(window: scene.window), rssi: -40)
        scene.wait(.seconds(2))
        #expect(scene.beacons.allSatisfy { $0.interval == .seconds(1) })
    }

    @Test("The counter wraps after 24 bits and its low bits still name the nonce")
    func wrap() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.drawsNonces = false
        scene.give(.challenge(Challenge(counter: 0xFF_FFFF, nonce: 1)))
        scene.give(.nonce(2))
        #expect(scene.beacons.last?.challenge == Challenge(counter: 0, nonce: 2))
        scene.hear(try scene.answer())
        #expect(scene.core.counters.passesAuthentic == 1)
    }

    @Test("Where a guest is becomes an event only with the guest's consent")
    func consent() throws {
        for (consent, mayTell) in [
            (Consent([]), false), (.greetByName, false), (.handsFreeRoom, false),
            (.usageBilling, false), (.recogniseArrival, true), (.guidance, true),
            (.journeyAnalytics, true),
        ] {
            var scene = try CoreScene()
            scene.admit(scene.credential(consent: consent))
            scene.wait(.seconds(2))
            try scene.approach()
            let tells = scene.kinds.contains { if case .presence = $0 { true } else { false } }
            #expect(tells == mayTell)
        }
    }

    @Test("Without any wall time nothing is sent and nobody is recognised")
    func noClock() throws {
        let scene = try CoreScene()
        var core = Core(CoreConfiguration(gateway: CoreScene.gateway, doors: []), at: .origin)
        let box = EffectsBox()
        core.handle(.nonce(1), at: .origin, into: &box.effects)
        core.handle(
            .sighting(
                Sighting(
                    pass: scene.phone.presence(window: scene.window), receiver: ReceiverIndex(0),
                    rssi: -50)), at: .origin, into: &box.effects)
        #expect(core.counters.passesAuthentic == 0)
        var beacons = 0
        box.effects.drain { (effect: consuming Effect) in
            if case .beacon(_) = consume effect { beacons += 1 }
        }
        #expect(beacons == 0)
    }

    @Test("The same inputs at the same moments give the same events and pulses")
    func deterministic() throws {
        func run() throws -> ([Event], [Instant], [BeaconOrder]) {
            var scene = try CoreScene(level: .handsFree, kind: .lobby, hasContact: true)
            scene.admit(scene.credential(consent: .recogniseArrival))
            scene.wait(.seconds(2))
            try scene.approach()
            scene.give(.line(CoreScene.contact, isActive: true))
            scene.wait(.seconds(40))
            scene.give(.line(CoreScene.contact, isActive: false))
            return (scene.events, scene.energised, scene.beacons)
        }
        let (first, second) = (try run(), try run())
        #expect(first.0 == second.0 && first.1 == second.1 && first.2 == second.2)
        #expect(!first.1.isEmpty)
    }
}
