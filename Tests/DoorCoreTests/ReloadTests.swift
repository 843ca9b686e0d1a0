// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Testing
import Timebase

@Suite("New rules while doors are in use")
struct ReloadTests {
    /// Gives the scene's door other rules.
    private func reload(
        _ scene: inout CoreScene, _ change: (inout DoorConfiguration) -> Void
    ) throws {
        var rules = try #require(scene.core.configuration.doors.first)
        change(&rules)
        scene.give(.configuration([rules]))
    }

    @Test("A pulse under way keeps its permit's end, the next one has the new length")
    func pulse() throws {
        var scene = try CoreScene { $0.pulse = .seconds(3) }
        scene.give(.command(.open(CoreScene.room)))
        let before = (scene.energised, scene.rested)
        scene.wait(.seconds(1))
        try reload(&scene) { $0.pulse = .seconds(10) }
        #expect(scene.energised == before.0 && scene.rested == before.1, "no lock moves for it")
        #expect(scene.kinds.last == .configurationChanged)
        scene.wait(.seconds(4))
        #expect(scene.rested.last == before.0[0] + .seconds(3))
        let secondFrom = scene.now
        scene.give(.command(.open(CoreScene.room)))
        scene.wait(.seconds(20))
        #expect(scene.rested.last == secondFrom + .seconds(10))
    }

    @Test("A raised level holds from the next pass on, and the beacon asks for intent")
    func level() throws {
        var scene = try CoreScene(level: .handsFree, kind: .lobby)
        scene.admit(scene.credential())
        #expect(scene.beacons.last?.flags.contains(.intentRequired) == false)
        try reload(&scene) { $0.level = .intent }
        scene.wait(.seconds(1))
        #expect(scene.beacons.last?.flags.contains(.intentRequired) == true)
        try scene.approach([.moving])
        #expect(scene.energised.isEmpty)
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == 1)
    }

    @Test("A door that is given hours follows them; one that loses them is an ordinary door again")
    func hours() throws {
        let always = Schedule([.init(days: .everyDay, startMinute: 0, endMinute: 1_440)])
        let handle = LineIndex(2)
        var scene = try CoreScene(kind: .lobby) { $0.handle = handle }
        scene.give(.line(handle, isActive: false))
        try reload(&scene) { $0.freeAccess = always }
        scene.wait(.seconds(1))
        #expect(scene.kinds.contains(.modeChanged(.freeAccess)))
        #expect(scene.energised.isEmpty, "free access moves no lock before somebody touches it")
        scene.give(.line(handle, isActive: true))
        #expect(scene.energised.count == 1)
        scene.give(.line(handle, isActive: false))
        scene.wait(.seconds(20))
        try reload(&scene) { $0.freeAccess = nil }
        #expect(scene.kinds.last == .modeChanged(.normal))
        scene.give(.line(handle, isActive: true))
        #expect(scene.energised.count == 1)
    }

    @Test("An operator's lockdown outlives a reload")
    func lockdown() throws {
        let always = Schedule([.init(days: .everyDay, startMinute: 0, endMinute: 1_440)])
        let handle = LineIndex(2)
        var scene = try CoreScene(kind: .lobby) { $0.handle = handle }
        scene.give(.line(handle, isActive: false))
        scene.give(.command(.setMode(CoreScene.room, .lockdown)))
        try reload(&scene) { $0.freeAccess = always }
        scene.wait(.minutes(2))
        scene.give(.line(handle, isActive: true))
        #expect(scene.energised.isEmpty)
        #expect(scene.core.doors[0].status(at: scene.now).mode == .lockdown)
    }

    @Test("Whom the inside guard believes inside stays so under new parameters")
    func insideGuard() throws {
        var scene = try CoreScene(level: .handsFree, hasContact: true) {
            $0.insideGuard = InsideGuardParameters()
        }
        let guest = scene.credential()
        scene.admit(guest)
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == 1)
        scene.give(.line(CoreScene.contact, isActive: true))
        scene.wait(.seconds(2))
        scene.give(.line(CoreScene.contact, isActive: false))
        for _ in 0..<120 {
            scene.hear(try scene.answer([]), rssi: -60)
            scene.wait(.milliseconds(250))
        }
        let isInside = { (scene: CoreScene) in
            scene.core.doors[0].insideGuard?.isInside(guest.id)
        }
        #expect(isInside(scene) == true)
        try reload(&scene) { $0.insideGuard?.stay = .seconds(40) }
        #expect(isInside(scene) == true)
    }
}
