// SPDX-License-Identifier: Apache-2.0
import DoorCore
import GuestPass
import Testing
import Timebase

@Suite("From a heard pass to a lock")
struct CoreTests {
    @Test("A guest who walks up and taps gets one bounded pulse")
    func tapOpens() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        #expect(scene.energised.isEmpty)
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.count == 1)
        #expect(scene.kinds.contains(.granted(.intent)))
        scene.wait(.seconds(10))
        #expect(scene.rested.count == 1)
        let pulse = try #require(scene.rested.first) - (try #require(scene.energised.first))
        #expect(pulse == .seconds(5))
    }

    @Test("An approach alone opens no guest room")
    func approachAlone() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        try scene.approach()
        #expect(scene.energised.isEmpty)
        #expect(scene.denials.isEmpty)
    }

    @Test("An approach opens a lobby door hands-free, once")
    func handsFree() throws {
        var scene = try CoreScene(level: .handsFree, kind: .lobby)
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        for _ in 0..<60 {
            scene.hear(try scene.answer())
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.count == 1)
    }

    @Test("After the door has opened and closed, who leaves and comes back is let in again")
    func handsFreeAgain() throws {
        var scene = try CoreScene(level: .handsFree, kind: .lobby, hasContact: true)
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        for _ in 0..<8 { scene.hear(try scene.answer(margin: 20)); scene.wait(.milliseconds(250)) }
        #expect(scene.energised.count == 1)
        scene.give(.line(CoreScene.contact, isActive: true))
        scene.wait(.seconds(2))
        scene.give(.line(CoreScene.contact, isActive: false))
        for _ in 0..<20 { scene.hear(try scene.answer(margin: 20)); scene.wait(.milliseconds(250)) }
        #expect(scene.energised.count == 1, "standing there is no new approach")
        for _ in 0..<32 {
            scene.hear(try scene.answer(margin: 0), rssi: -79)
            scene.wait(.milliseconds(250))
        }
        for _ in 0..<40 { scene.hear(try scene.answer(margin: 20)); scene.wait(.milliseconds(250)) }
        #expect(scene.energised.count == 2)
    }

    @Test("One tap opens once, however long the phone shows it")
    func oneTap() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        var last = try scene.answer([.moving, .tapped])
        for _ in 0..<40 {
            last = try scene.answer([.moving, .tapped])
            scene.hear(last)
            scene.wait(.milliseconds(250))
        }
        // Where no further beacon is heard, the last answer stays on air.
        for _ in 0..<20 {
            scene.hear(last)
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.count == 1)
        // The tap is over; a second one is a new wish.
        scene.hear(try scene.answer())
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.count == 2)
    }

    @Test("The same answer heard again opens nothing")
    func replay() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        let answer = try scene.answer([.moving, .tapped])
        scene.hear(answer)
        #expect(scene.energised.count == 1)
        scene.hear(try scene.answer())
        for _ in 0..<80 {
            scene.hear(answer)
            scene.wait(.milliseconds(100))
        }
        #expect(scene.energised.count == 1)
    }

    @Test("A nonce answers for three seconds and not a millisecond longer")
    func nonceAge() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        let drawnAt = scene.now
        scene.give(.nonce(42))
        let answer = try scene.answer([.moving, .tapped])
        scene.drawsNonces = false
        scene.wait(.milliseconds(3_001))
        scene.hear(answer)
        #expect(scene.now - drawnAt == .milliseconds(3_001))
        #expect(scene.energised.isEmpty)
        #expect(scene.core.counters.denials[Int(DenialReason.staleNonce.rawValue)] == 1)

        var fresh = try CoreScene()
        fresh.admit(fresh.credential())
        fresh.wait(.seconds(2))
        try fresh.approach()
        fresh.give(.nonce(42))
        let inTime = try fresh.answer([.moving, .tapped])
        fresh.drawsNonces = false
        fresh.wait(.milliseconds(3_000))
        fresh.hear(inTime)
        #expect(fresh.energised.count == 1)
    }

    @Test("An answer that stays on air is late, never forged, also when its counter comes round")
    func lateAnswer() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        let answer = try scene.answer()
        for _ in 0..<800 {
            scene.wait(.milliseconds(100))
            scene.hear(answer)
        }
        let denials = scene.core.counters.denials
        #expect(denials[Int(DenialReason.wrongTag.rawValue)] == 0)
        #expect(denials[Int(DenialReason.staleNonce.rawValue)] > 500)
        #expect(!scene.kinds.contains { if case .tagAlarm = $0 { true } else { false } })
    }

    @Test("Every single-bit flip of a pass is refused", arguments: [UInt8(20), 16])
    func flips(length: UInt8) throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach(margin: length == 20 ? 20 : nil)
        let answer = try scene.answer([.moving, .tapped], margin: length == 20 ? 20 : nil)
        for bit in 0..<Int(length) * 8 { scene.hear(answer.flipping(bit: bit)) }
        #expect(scene.energised.isEmpty)
        scene.hear(answer)
        #expect(scene.energised.count == 1)
    }

    @Test(
        "A pass is recognised two windows off and not three",
        arguments: [
            (-3, false), (-2, true), (-1, true), (0, true), (1, true), (2, true), (3, false),
        ])
    func windows(offset: Int, isRecognised: Bool) throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.hear(scene.phone.presence(window: scene.window.advanced(by: offset)))
        #expect(scene.core.counters.passesForeign == (isRecognised ? 0 : 1))
        #expect(scene.core.counters.passesAuthentic == (isRecognised ? 1 : 0))
    }

    @Test(
        "What the grant does not cover is denied, and said once",
        arguments: [
            (DenialReason.doorNotGranted, UInt32(1 << 3), Int64(-1), Int64(24), UInt8(4)),
            (.notYetValid, 1 << 2, 1, 24, 4),
            (.expired, 1 << 2, -24, -1, 4),
            (.levelTooLow, 1 << 2, -1, 24, 2),
        ])
    func grants(
        reason: DenialReason, doors: UInt32, beginsHours: Int64, endsHours: Int64, level: UInt8
    ) throws {
        var scene = try CoreScene()
        scene.admit(
            scene.credential(
                doors: doors, levelMax: try #require(AccessLevel(rawValue: level)),
                notBefore: CoreScene.start + .hours(beginsHours),
                expires: CoreScene.start + .hours(endsHours)))
        scene.wait(.seconds(2))
        try scene.approach()
        for _ in 0..<8 {
            scene.hear(try scene.answer([.moving, .tapped]))
            scene.wait(.milliseconds(250))
        }
        #expect(scene.energised.isEmpty)
        #expect(scene.denials == [reason])
    }

    @Test("A revoked guest is a stranger at once")
    func revocation() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        scene.give(
            .tables(
                CredentialTables(
                    epoch: 2, credentials: [], raisedLevels: [], around: scene.window)))
        let foreign = scene.core.counters.passesForeign
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.isEmpty)
        #expect(scene.core.counters.passesForeign == foreign + 1)
    }

    @Test("A guest who answers the gateway next door raises no alarm", arguments: [true, false])
    func neighbour(hasDoorHere: Bool) throws {
        var scene = try CoreScene()
        scene.admit(scene.credential(doors: hasDoorHere ? 1 << 2 : 0))
        scene.wait(.seconds(2))
        let us = UInt16(truncatingIfNeeded: CoreScene.gateway.rawValue)
        for _ in 0..<100 {
            scene.hear(
                scene.phone.challenge(
                    try #require(scene.challenge), of: GatewayID(rawValue: 1),
                    window: scene.window, door: 2, intent: [.moving],
                    extension: PassExtension(
                        otherGateway: hasDoorHere ? us : 0, heardAt: -60, margin: 9)))
            scene.wait(.milliseconds(100))
        }
        #expect(scene.core.counters.passesElsewhere == 100)
        #expect(!scene.kinds.contains(.tagAlarm(20)))
    }

    @Test("A guest of another gateway's keys cannot open, and many tries raise an alarm")
    func wrongKey() throws {
        var scene = try CoreScene()
        scene.admit(scene.credential())
        scene.wait(.seconds(2))
        try scene.approach()
        for _ in 0..<25 {
            let forged = scene.phone.challenge(
                try #require(scene.challenge), of: GatewayID(rawValue: 1), window: scene.window,
                door: 2, intent: [.moving, .tapped])
            scene.hear(forged)
            scene.wait(.milliseconds(100))
        }
        #expect(scene.energised.isEmpty)
        #expect(scene.kinds.filter { $0 == .tagAlarm(20) }.count == 1)
        scene.hear(try scene.answer([.moving, .tapped]))
        #expect(scene.energised.count == 1, "a wrong tag never locks a guest out")
    }
    @Test("During free access a guest's approach alone opens; outside its hours it wants a tap")
    func freeAccess() throws {
        let always = Schedule([
            .init(days: .everyDay, startMinute: 0, endMinute: 1_440)
        ])
        for hours in [always, nil] {
            var scene = try CoreScene(level: .intent, kind: .shared) { $0.freeAccess = hours }
            scene.admit(scene.credential())
            scene.wait(.seconds(62))
            try scene.approach()
            #expect(scene.energised.count == (hours == nil ? 0 : 1))
        }
    }
}

extension AirPass {
    /// The same pass with one bit of its 128 or 160 inverted, counted as it travels.
    func flipping(bit: Int) -> AirPass {
        func mask<Number: FixedWidthInteger>(_ first: Int, _ width: Int) -> Number {
            (first..<first + width).contains(bit) ? 1 << Number(first + width - 1 - bit) : 0
        }
        return AirPass(
            rollingID: rollingID ^ mask(0, 48), maskedHeader: maskedHeader ^ mask(48, 16),
            tag: tag ^ mask(64, 64),
            maskedExtension: maskedExtension.map { $0 ^ mask(128, 32) })
    }
}
