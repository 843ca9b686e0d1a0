// SPDX-License-Identifier: Apache-2.0
// A tap and where it comes from: granted at the door, weighed before it is refused elsewhere.
import DoorCore
import GuestPass
import Testing
import Timebase

@Suite("Taps and distance")
struct TapTests {
    /// A guest who walks along the corridor and stops well short of the door.
    private func stoppedAfar(change: (inout DoorConfiguration) -> Void = { _ in }) throws
        -> CoreScene
    {
        var scene = try CoreScene(change: change)
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        for _ in 0..<40 {
            scene.hear(try scene.answer(margin: 0), rssi: -84)
            scene.wait(.milliseconds(250))
        }
        return scene
    }

    @Test("A tap from afar opens nothing, and its refusal is told after two seconds")
    func refused() throws {
        var scene = try stoppedAfar()
        for _ in 0..<8 {
            scene.hear(try scene.answer([.moving, .tapped], margin: 0), rssi: -84)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.denials.isEmpty)
        for _ in 0..<24 {
            scene.hear(try scene.answer([.moving, .tapped], margin: 0), rssi: -84)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.isEmpty)
        #expect(scene.denials == [.notNear])
    }

    @Test("Who taps on the way is let in on arriving, and told of no refusal")
    func borneOut() throws {
        var scene = try stoppedAfar()
        for step in 0..<32 {
            let isThere = step >= 6
            scene.hear(
                try scene.answer([.moving, .tapped], margin: isThere ? 16 : 0),
                rssi: isThere ? -55 : -84 + Int8(step) * 4)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.count == 1)
        #expect(scene.denials.isEmpty)
    }

    @Test("A tap given up and repeated is weighed anew")
    func repeated() throws {
        var scene = try stoppedAfar()
        for step in 0..<24 {
            let intent: PassIntent = step % 6 == 5 ? [.moving] : [.moving, .tapped]
            scene.hear(try scene.answer(intent, margin: 0), rssi: -84)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.denials.isEmpty)
    }

    @Test("A tap that distance has nothing to do with is refused at once")
    func otherReasons() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential(doors: 1 << 5))
        scene.wait(.seconds(2))
        try scene.approach()
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.denials == [.doorNotGranted])
    }

    @Test("What a phone said before its tap, played again, makes the tap open no second time")
    func repeatedByOthers() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        let untapped = try scene.answer()
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.count == 1)
        scene.wait(.milliseconds(1_900))
        scene.hear(untapped)
        #expect(scene.core.counters.denials[Int(DenialReason.staleNonce.rawValue)] == 0)
        // The pulse is over after five seconds; the phone says "tapped" for ten.
        for _ in 0..<15 {
            scene.wait(.milliseconds(500))
            scene.hear(try scene.answer([.moving, .tapped]))
        }
        #expect(scene.energised.count == 1)
    }

    @Test("A second tap opens a second time")
    func secondTap() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        scene.hear(try scene.answer([.moving, .tapped]))
        scene.wait(.seconds(7))
        scene.hear(try scene.answer())
        scene.wait(.seconds(1))
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.count == 2)
    }

    @Test("A phone first heard at the door is let in by its tap", arguments: [UInt8?.none, 16])
    func unseen(margin: UInt8?) throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        for _ in 0..<16 {
            scene.hear(try scene.answer([.moving, .tapped], margin: margin), rssi: -54)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.count == 1)
    }
}
