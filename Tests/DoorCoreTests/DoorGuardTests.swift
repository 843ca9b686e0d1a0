// SPDX-License-Identifier: Apache-2.0
// The inside guard, with one and with two receivers, and anti-passback.
import Testing
import Timebase

@testable import DoorCore

private let guest = CredentialID(1)
private let companion = CredentialID(2)

/// A guard, its door and a clock.
private struct GuardScene {
    var insideGuard = InsideGuard(InsideGuardParameters())
    var now = Instant.origin + .hours(1)

    /// - Parameter isMoved: whether the door has opened and closed since the start.
    init(isMoved: Bool = true) {
        guard isMoved else { return }
        cycle()
        now = now + .minutes(5)
    }

    mutating func cycle(
        fromInside: Bool = false, for credential: CredentialID? = nil,
        openFor interval: Interval = .seconds(4)
    ) {
        insideGuard.doorOpened(fromInside: fromInside, for: credential, at: now)
        now = now + interval
        insideGuard.doorClosed(at: now)
    }

    /// The phone is heard every second.
    mutating func hear(
        _ credential: CredentialID = guest, for interval: Interval, advantage: Int8? = nil
    ) {
        let end = now + interval
        while now < end {
            insideGuard.heard(credential, insideAdvantage: advantage, at: now)
            now = now + .seconds(1)
        }
        insideGuard.heard(credential, insideAdvantage: advantage, at: now)
    }

    mutating func enter(_ credential: CredentialID = guest) {
        hear(credential, for: .seconds(3))
        cycle(for: credential)
    }

    var passive: DenialReason? { insideGuard.refusal(guest, isTapped: false) }
    var tapped: DenialReason? { insideGuard.refusal(guest, isTapped: true) }
}

@Suite struct DoorGuardTests {
    @Test("A guest who comes from the corridor is let in hands-free")
    func fromCorridor() {
        var scene = GuardScene()
        scene.hear(for: .seconds(10))
        #expect(scene.passive == nil)
    }

    @Test("A guest heard 20 s after the door closed behind them is inside: only a tap opens")
    func staysInside() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(19))
        #expect(!scene.insideGuard.isInside(guest))
        #expect(scene.passive == .insideGuard, "not even while it is uncertain")
        scene.hear(for: .seconds(2))
        #expect(scene.insideGuard.isInside(guest))
        #expect(scene.passive == .insideGuard)
        #expect(scene.tapped == nil)
    }

    @Test("Two receivers tell at once", arguments: [(7, true), (6, false), (-20, false)])
    func twoReceivers(advantage: Int8, isInside: Bool) {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(1), advantage: advantage)
        #expect(scene.insideGuard.isInside(guest) == isInside)
    }

    @Test("Two receivers also tell that a guest only held the door for somebody")
    func twoReceiversOutside() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(21), advantage: -8)
        #expect(scene.passive == nil)
    }

    @Test("A sleeping phone stays inside, however long it is silent")
    func sleepingPhone() {
        var scene = GuardScene()
        scene.enter()
        scene.now = scene.now + .hours(9)
        scene.hear(for: .seconds(1))
        #expect(scene.passive == .insideGuard)
    }

    @Test("After an opening from inside and 60 s of silence the guest is gone")
    func leaves() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(30))
        scene.cycle(fromInside: true)
        scene.hear(for: .seconds(20))
        #expect(scene.passive == .insideGuard)
        scene.now = scene.now + .seconds(60)
        scene.hear(for: .seconds(1))
        #expect(scene.passive == nil)
    }

    @Test("Silence alone, or an opening alone, does not clear the guard")
    func neitherAlone() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(30))
        scene.cycle(fromInside: true)
        scene.hear(for: .seconds(59))
        #expect(scene.passive == .insideGuard)
    }

    @Test("When the companion leaves and the guest is still heard, the guest stays inside")
    func companionLeaves() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(30))
        scene.cycle(fromInside: true)
        scene.hear(for: .seconds(90))
        scene.now = scene.now + .minutes(10)
        scene.hear(for: .seconds(1))
        #expect(scene.passive == .insideGuard)
    }

    @Test("A guest seen elsewhere is outside")
    func seenElsewhere() {
        var scene = GuardScene()
        scene.enter()
        scene.hear(for: .seconds(30))
        scene.insideGuard.seenElsewhere(guest, at: scene.now)
        #expect(scene.passive == nil)
    }

    @Test("A companion who slips in on another's pass is guarded too")
    func companionSlipsIn() {
        var scene = GuardScene()
        scene.hear(companion, for: .seconds(1))
        scene.hear(guest, for: .seconds(1))
        scene.cycle(for: companion)
        scene.hear(guest, for: .seconds(21))
        #expect(scene.passive == .insideGuard)
    }

    @Test("A guest let in by somebody inside is guarded too")
    func letInFromInside() {
        var scene = GuardScene()
        scene.hear(for: .seconds(3))
        scene.cycle(fromInside: true)
        scene.hear(for: .seconds(21))
        #expect(scene.passive == .insideGuard)
    }

    @Test("After a start nobody is believed to be outside until the door has moved")
    func afterStart() {
        var scene = GuardScene(isMoved: false)
        scene.hear(for: .seconds(10))
        #expect(scene.passive == .insideGuard)
        #expect(scene.tapped == nil)
    }

    @Test("The guard's memory is bounded, and what it cannot remember it denies")
    func bounded() {
        var scene = GuardScene()
        for number in 1...UInt64(Limits.insideGuardSlotsMax) {
            scene.insideGuard.heard(CredentialID(100 + number), at: scene.now)
        }
        scene.cycle()
        scene.hear(for: .seconds(1))
        #expect(scene.passive == .memoryFull)
        #expect(scene.tapped == nil)
        scene.now = scene.now + .minutes(2)
        scene.hear(for: .seconds(1))
        #expect(scene.passive == nil, "bystanders long silent are forgotten")
    }

    @Test("The door tells its guard who was let in, and which openings came from inside")
    func atTheDoor() {
        let bench = DoorBench(
            .bench([.contact, .rex], level: .handsFree) {
                $0.insideGuard = InsideGuardParameters()
            })
        func passive() -> DenialReason? {
            bench.door.insideGuard?.heard(guest, at: bench.now)
            return bench.door.insideGuard?.refusal(guest, isTapped: false)
        }
        func cycle() {
            bench.set(.contact, true)
            bench.wait(.seconds(3))
            bench.set(.contact, false)
        }
        #expect(passive() == .insideGuard)
        bench.pass()
        cycle()
        bench.wait(.seconds(20))
        #expect(passive() == .insideGuard)
        #expect(bench.door.insideGuard?.isInside(guest) == true)
        bench.set(.rex, true)
        bench.set(.rex, false)
        cycle()
        bench.wait(.seconds(61))
        #expect(passive() == nil)
    }
}

@Suite struct DoorAntiPassbackTests {
    private static func door(_ rule: AntiPassbackRule, enters zone: UInt8) -> DoorConfiguration {
        .bench(kind: .staff) {
            $0.antiPassback = rule
            $0.entersZone = zone
        }
    }

    private static func passage(_ at: Instant) -> Passage {
        Passage(door: DoorIndex(2), credential: guest, at: at)
    }

    @Test(
        "A second entry without leaving meets the rule; leaving clears it",
        arguments: [
            (AntiPassbackRule.off, AntiPassback.Verdict.allowed), (.soft, .suspicious),
            (.hard, .refused), (.timed, .refused),
        ])
    func secondEntry(rule: AntiPassbackRule, verdict: AntiPassback.Verdict) {
        var memory = AntiPassback()
        let now = Instant.origin
        let entrance = Self.door(rule, enters: 5)
        #expect(memory.verdict(guest, at: entrance, now: now) == .allowed)
        memory.note(Self.passage(now), through: entrance)
        #expect(memory.verdict(guest, at: entrance, now: now + .seconds(59)) == verdict)
        #expect(memory.verdict(companion, at: entrance, now: now) == .allowed)
        memory.note(Self.passage(now + .seconds(30)), through: Self.door(.off, enters: 0))
        #expect(memory.verdict(guest, at: entrance, now: now + .seconds(59)) == .allowed)
    }

    @Test("The timed rule forgives after 60 s, the hard rule only when forgiven")
    func timed() {
        var memory = AntiPassback()
        memory.note(Self.passage(.origin), through: Self.door(.timed, enters: 5))
        let later = Instant.origin + .seconds(60)
        #expect(memory.verdict(guest, at: Self.door(.timed, enters: 5), now: later) == .allowed)
        #expect(memory.verdict(guest, at: Self.door(.hard, enters: 5), now: later) == .refused)
        memory.forgetAll()
        #expect(memory.verdict(guest, at: Self.door(.hard, enters: 5), now: later) == .allowed)
    }

    @Test("A full memory forgets the oldest entry")
    func bounded() {
        var memory = AntiPassback()
        let door = Self.door(.hard, enters: 5)
        for number in 0...UInt64(Limits.antiPassbackMax) {
            let at = Instant(nanoseconds: Int64(number))
            memory.note(
                Passage(door: DoorIndex(2), credential: CredentialID(number), at: at),
                through: door)
        }
        #expect(memory.verdict(CredentialID(0), at: door, now: .origin) == .allowed)
        #expect(memory.verdict(CredentialID(1), at: door, now: .origin) == .refused)
    }

    @Test("A door opening counts as passing; a pulse nobody used does not")
    func passages() {
        let bench = DoorBench(.bench([.contact], kind: .staff))
        bench.pass()
        bench.wait(.seconds(10))
        #expect(bench.passages.isEmpty)
        bench.pass()
        bench.set(.contact, true)
        #expect(bench.passages.map(\.credential) == [guest])
        let blind = DoorBench(.bench([], kind: .staff))
        blind.pass()
        #expect(blind.passages.map(\.credential) == [guest])
    }
}
