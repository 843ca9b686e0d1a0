// SPDX-License-Identifier: Apache-2.0
import DoorCore
import GuestPass
import Testing
import Timebase

@Suite("Timed passes, for doors of level 1")
struct TimedPassTests {
    /// A car park whose guest stands at the barrier and has tapped.
    static func scene(hasEarlierRun: Bool = false) throws -> CoreScene {
        var scene = try CoreScene(level: .timed, kind: .amenity, hasEarlierRun: hasEarlierRun)
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        for _ in 0..<24 {
            scene.hear(try scene.answer(), rssi: -50)
            scene.wait(.milliseconds(250))
        }
        return scene
    }

    /// Whatever opened the door is over, and the guest is heard standing there without a tap.
    ///
    /// - Parameter late: how far the gateway's clock is behind the scene's.
    static func stand(_ scene: inout CoreScene, behind late: Interval = .zero) throws {
        scene.wait(.seconds(12))
        for _ in 0..<12 {
            scene.hear(
                scene.phone.challenge(
                    try #require(scene.challenge), of: CoreScene.gateway,
                    window: PassWindow(scene.wall - late), door: 2, intent: [.moving],
                    extension: PassExtension(otherGateway: 0xC0C1, heardAt: -50, margin: 20)),
                rssi: -50)
            scene.wait(.milliseconds(250))
        }
    }

    static func tap(_ scene: inout CoreScene, offset: Int = 0) {
        scene.hear(pass(scene, offset: offset), rssi: -50)
    }

    static func pass(_ scene: CoreScene, offset: Int) -> AirPass {
        scene.phone.timed(
            gateway: CoreScene.gateway, window: scene.window.advanced(by: offset), door: 2,
            intent: [.moving, .tapped],
            extension: PassExtension(otherGateway: 0xC0C1, heardAt: -50, margin: 20))
    }

    @Test(
        "A timed pass counts in its window and its neighbours",
        arguments: [(-2, false), (-1, true), (0, true), (1, true), (2, false)])
    func windows(offset: Int, opens: Bool) throws {
        var scene = try Self.scene()
        // The approach itself opens a door of this level; what is tested comes after it.
        let before = scene.energised.count
        try Self.stand(&scene)
        #expect(scene.energised.count == before)
        Self.tap(&scene, offset: offset)
        #expect(scene.energised.count == before + (opens ? 1 : 0))
    }

    @Test("A timed pass opens once in its window, and an older one never after it")
    func once() throws {
        var scene = try Self.scene()
        try Self.stand(&scene)
        let before = scene.energised.count
        let (pass, older) = (Self.pass(scene, offset: 0), Self.pass(scene, offset: -1))
        scene.hear(pass, rssi: -50)
        #expect(scene.energised.count == before + 1)
        // The pulse is over, the guest is heard without a tap, and somebody repeats what he heard.
        scene.wait(.seconds(6))
        for recorded in [pass, older] {
            scene.hear(try scene.answer(), rssi: -50)
            scene.hear(recorded, rssi: -50)
        }
        #expect(scene.energised.count == before + 1)
        #expect(scene.denials == [.replayed])
    }

    @Test("After a start, a pass that may have been used before it is refused")
    func restart() throws {
        var scene = try Self.scene(hasEarlierRun: true)
        let before = scene.energised.count
        scene.hear(try scene.answer(), rssi: -50)
        Self.tap(&scene)
        #expect(scene.energised.count == before)
        #expect(scene.core.counters.denials[Int(DenialReason.staleWindow.rawValue)] == 1)
    }

    @Test("A pass that may have been used before a start is refused also where the clock came late")
    func restartWithoutClock() throws {
        var scene = try CoreScene(
            level: .timed, kind: .amenity, hasEarlierRun: true,
            firstReading: ClockReading(
                time: CoreScene.start - .hours(1), isSynchronised: false,
                lowerBound: CoreScene.start - .hours(2)))
        scene.admit(scene.credential())
        scene.wait(.seconds(20))
        scene.give(.wallClock(ClockReading(time: scene.wall, isSynchronised: true)))
        for _ in 0..<24 {
            scene.hear(try scene.answer(), rssi: -50)
            scene.wait(.milliseconds(250))
        }
        try Self.stand(&scene)
        let before = scene.energised.count
        Self.tap(&scene)
        #expect(scene.energised.count == before)
        #expect(scene.core.counters.denials[Int(DenialReason.staleWindow.rawValue)] == 1)
        scene.wait(.seconds(45))
        try Self.stand(&scene)
        let later = scene.energised.count
        Self.tap(&scene)
        #expect(scene.energised.count == later + 1)
    }

    @Test("A pass used before the clock was set back is not good for a second time")
    func setBack() throws {
        var scene = try Self.scene()
        try Self.stand(&scene)
        let pass = Self.pass(scene, offset: 0)
        let before = scene.energised.count
        scene.hear(pass, rssi: -50)
        #expect(scene.energised.count == before + 1)
        // Long after the replay memory has forgotten it, an operator sets the clock back.
        let back = Interval.minutes(6) + .seconds(30)
        scene.wait(.minutes(6))
        scene.give(.wallClock(ClockReading(time: scene.wall - back, isSynchronised: true)))
        scene.give(.command(.confirmTime))
        // The approach opens the door anew; what is tested comes after it.
        for _ in 0..<3 { try Self.stand(&scene, behind: back) }
        let later = scene.energised.count
        scene.hear(pass, rssi: -50)
        #expect(scene.energised.count == later)
        #expect(scene.core.counters.denials[Int(DenialReason.staleWindow.rawValue)] == 1)
    }

    @Test("A guest room never opens on a timed pass")
    func guestRoom() throws {
        var scene = try CoreScene(level: .timed, kind: .guestRoom)
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        Self.tap(&scene)
        #expect(scene.energised.isEmpty)
        #expect(scene.denials == [.levelTooLow])
    }
}
