// SPDX-License-Identifier: Apache-2.0
// A whole gateway whose connections come and go: its doors must not care.
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorCommsTests {
    private static let rex = LineIndex(2)
    private static let privacy = LineIndex(3)

    /// Lives through the same two hours, with or without trouble on every connection.
    private static func live(seed: UInt64, hasTrouble: Bool) throws -> CoreScene {
        var scene = try CoreScene(kind: .staff, hasContact: true) {
            $0.rex = rex
            $0.privacyBolt = privacy
            $0.rexUnlocks = true
        }
        var random = SeededGenerator(seed: seed)
        var trouble = SeededGenerator(seed: seed &+ 1)
        for line in [rex, privacy] { scene.give(.line(line, isActive: false)) }
        for _ in 0..<400 {
            scene.wait(.milliseconds(Int64(random.below(20_000))))
            if hasTrouble { scene.give(Self.trouble(&trouble, scene)) }
            switch random.below(10) {
            case 0..<3: scene.give(.command(.open(CoreScene.room)))
            case 3..<6: scene.give(.line(CoreScene.contact, isActive: random.chance(40)))
            case 6..<8: scene.give(.line(rex, isActive: random.chance(50)))
            default: scene.give(.line(privacy, isActive: random.chance(30)))
            }
        }
        return scene
    }

    private static func trouble(_ random: inout SeededGenerator, _ scene: CoreScene) -> Input {
        switch random.below(6) {
        case 0, 1: .radio(ReceiverIndex(0), isHearing: random.chance(50))
        case 2: .recordsLost(17)
        case 3: .tables(.empty)
        case 4: .wallClock(ClockReading(time: scene.wall, isSynchronised: random.chance(50)))
        default: .command(.identify(CoreScene.room))
        }
    }

    @Test(
        "Radio, server and clock failing and returning move no lock and stop none",
        arguments: UInt64(1)...5)
    func commsChangeNothing(seed: UInt64) throws {
        let calm = try Self.live(seed: seed, hasTrouble: false)
        let troubled = try Self.live(seed: seed, hasTrouble: true)
        #expect(!calm.energised.isEmpty)
        #expect(troubled.energised == calm.energised)
        #expect(troubled.rested == calm.rested)
        #expect(troubled.events.count > calm.events.count)
    }

    @Test("A silent office stops no decision: a guest is let in hours after the last word of it")
    func officeSilent() throws {
        var scene = try CoreScene(hasContact: true)
        scene.admit(scene.credential())
        scene.wait(.minutes(30))
        scene.give(.recordsLost(1_000))
        try scene.approach()
        try scene.approach([.moving, .tapped])
        #expect(scene.energised.count == 1)
    }

    @Test("A fire line shared by 32 doors rests every lock within one input's effects")
    func sharedFireLine() {
        let fire = LineIndex(250)
        let doors = (0..<UInt8(Limits.doorsMax)).map { number in
            DoorConfiguration.bench([], kind: .shared) {
                $0.index = DoorIndex(number)
                $0.failMode = .safe
                $0.fire = fire
                $0.lock = LineIndex(number)
                $0.grantedLight = LineIndex(32 + number)
                $0.buzzer = LineIndex(64 + number)
                $0.pulse = .seconds(30)
            }
        }
        let now = Instant.origin + .hours(1)
        var core = Core(
            CoreConfiguration(gateway: CoreScene.gateway, doors: doors), at: now)
        var effects = Effects()
        var rested: Set<LineIndex> = []
        var energised: Set<LineIndex> = []
        var countMax = 0
        func give(_ input: Input, at moment: Instant) {
            core.handle(input, at: moment, into: &effects)
            countMax = max(countMax, effects.count)
            effects.drain { (effect: consuming Effect) in
                switch consume effect {
                case .energise(let line, _): energised.insert(line)
                case .rest(let line): rested.insert(line)
                case .record(_): break
                case .indicate(_, isOn: _): break
                case .beacon(_): break
                case .drawNonce: break
                case .keepTime(_): break
                case .zeroise: break
                }
            }
        }
        give(.line(fire, isActive: false), at: now)
        for door in doors { give(.command(.open(door.index)), at: now) }
        give(.line(fire, isActive: true), at: now + .seconds(29))
        #expect(energised.count == Limits.doorsMax)
        #expect(rested == energised)
        #expect(countMax > 64 && countMax <= Limits.effectsPerInputMax)
    }
}
