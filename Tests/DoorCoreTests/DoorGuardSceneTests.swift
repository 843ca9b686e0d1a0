// SPDX-License-Identifier: Apache-2.0
// The inside guard within a whole gateway: real passes, a real detector, a door that opens.
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorGuardSceneTests {
    private static let handle = LineIndex(4)

    private static func scene(level: AccessLevel = .intent) throws -> CoreScene {
        var scene = try CoreScene(level: level, hasContact: true) {
            $0.handle = handle
            $0.handleIsIntent = true
            $0.insideGuard = InsideGuardParameters()
        }
        scene.give(.line(handle, isActive: false))
        scene.admit(scene.credential(consent: [.handsFreeRoom]))
        return scene
    }

    private static func cycle(_ scene: inout CoreScene) {
        scene.give(.line(CoreScene.contact, isActive: true))
        scene.wait(.seconds(3))
        scene.give(.line(CoreScene.contact, isActive: false))
    }

    private static func touch(_ scene: inout CoreScene) throws {
        scene.give(.line(handle, isActive: true))
        try scene.approach([.moving])
        scene.give(.line(handle, isActive: false))
    }

    @Test("A guest from the corridor opens by touching the handle, where the hotel opted in")
    func touchFromCorridor() throws {
        var scene = try Self.scene()
        Self.cycle(&scene)
        scene.wait(.minutes(2))
        try scene.approach()
        #expect(scene.energised.isEmpty)
        try Self.touch(&scene)
        #expect(scene.energised.count == 1)
    }

    @Test(
        "A stranger's touch of the handle does not open for a guest who moves inside",
        arguments: [AccessLevel.handsFree, .intent])
    func strangersTouch(level: AccessLevel) throws {
        var scene = try Self.scene(level: level)
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == 1)
        Self.cycle(&scene)
        for _ in 0..<6 { try scene.approach() }
        try Self.touch(&scene)
        #expect(scene.energised.count == 1)
        #expect(scene.denials.contains(.insideGuard))
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == 2, "a tap is the guest's own")
    }
}
