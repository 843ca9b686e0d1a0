// SPDX-License-Identifier: Apache-2.0
// What a gateway does with a guest's consent, which came in the signed snapshot.
import GuestPass
import Testing
import Timebase

@testable import DoorCore

@Suite("Consent at the door")
struct ConsentTests {
    @Test(
        "A room opens without a tap only for a guest who agreed to it",
        arguments: [(Consent([]), 0), (.recogniseArrival, 0), (.handsFreeRoom, 1)])
    func handsFree(consent: Consent, openings: Int) throws {
        var scene = try CoreScene(level: .handsFree, kind: .guestRoom, hasContact: true) {
            $0.insideGuard = InsideGuardParameters()
        }
        scene.admit(scene.credential(consent: consent))
        scene.wait(.seconds(2))
        scene.give(.line(CoreScene.contact, isActive: true))
        scene.give(.line(CoreScene.contact, isActive: false))
        scene.wait(.minutes(2))
        try scene.approach()
        #expect(scene.energised.count == openings && scene.denials.isEmpty)
        scene.wait(.minutes(2))
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == openings + 1, "a tap needs no consent")
    }

    @Test("Staff open a room as its level says: consent is a guest's")
    func staff() throws {
        var scene = try CoreScene(level: .handsFree, kind: .guestRoom, hasContact: true) {
            $0.insideGuard = InsideGuardParameters()
        }
        scene.admit(scene.credential(holder: .emergency))
        scene.wait(.seconds(2))
        scene.give(.line(CoreScene.contact, isActive: true))
        scene.give(.line(CoreScene.contact, isActive: false))
        scene.wait(.minutes(2))
        try scene.approach()
        #expect(scene.energised.count == 1)
    }

    @Test(
        "Being near a door one may not pass is recorded only where one's whereabouts may be",
        arguments: [(Consent([]), false), (.greetByName, false), (.recogniseArrival, true)])
    func passiveDenial(consent: Consent, isRecorded: Bool) throws {
        var scene = try CoreScene(level: .handsFree, kind: .lobby)
        scene.admit(scene.credential(doors: 0, consent: consent))
        scene.wait(.seconds(2))
        try scene.approach()
        #expect(scene.denials.contains(.doorNotGranted) == isRecorded)
        #expect(scene.core.counters.denials[Int(DenialReason.doorNotGranted.rawValue)] > 0)
        // A tap asks for the door: whoever asks is answered on the record.
        scene.wait(.seconds(40))
        try scene.approach([.moving, .tapped])
        #expect(scene.denials.contains(.doorNotGranted))
    }

    @Test("Without any consent a guest who walks by leaves no event at all")
    func noTrace() throws {
        var scene = try CoreScene(level: .handsFree, kind: .lobby)
        scene.admit(scene.credential(doors: 0))
        scene.wait(.seconds(2))
        let before = scene.events.count
        try scene.approach()
        scene.wait(.minutes(2))
        #expect(scene.events.dropFirst(before).allSatisfy { $0.credential == nil })
    }
}
