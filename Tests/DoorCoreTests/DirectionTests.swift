// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Testing
import Timebase

@testable import DoorCore

@Suite("Lights that show the way")
struct DirectionTests {
    private static let left = LineIndex(10)
    private static let right = LineIndex(11)

    /// Lights and time, without a gateway around them.
    private struct Bench {
        var lights = DirectionLights([
            DirectionLight(.left, line: DirectionTests.left),
            DirectionLight(.right, line: DirectionTests.right),
        ])
        var now = Instant(nanoseconds: 0)
        private let box = EffectsBox()

        mutating func point(_ direction: Direction, _ guest: UInt64) -> [String] {
            lights.point(direction, for: CredentialID(guest), at: now, into: &box.effects)
            return drain()
        }

        mutating func wait(_ interval: Interval) -> [String] {
            now = now + interval
            lights.advance(to: now, into: &box.effects)
            return drain()
        }

        private func drain() -> [String] {
            var switched: [String] = []
            box.effects.drain { (effect: consuming Effect) in
                guard case .indicate(let line, let isOn) = consume effect else { return }
                switched.append("\(line == DirectionTests.left ? "left" : "right") \(isOn)")
            }
            return switched
        }
    }

    @Test("A light goes on once and off five seconds after its guest was last heard")
    func single() {
        var bench = Bench()
        #expect(bench.point(.left, 1) == ["left true"])
        #expect(bench.wait(.seconds(4)) == [])
        #expect(bench.point(.left, 1) == [])
        #expect(bench.wait(.milliseconds(4_999)) == [])
        #expect(bench.lights.deadline == bench.now + .milliseconds(1))
        #expect(bench.wait(.milliseconds(1)) == ["left false"])
        #expect(bench.lights.deadline == nil)
    }

    @Test("One guest is shown the way at a time; the next comes first after ten seconds")
    func turns() {
        var bench = Bench()
        #expect(bench.point(.left, 1) == ["left true"])
        #expect(bench.point(.right, 2) == [])
        for _ in 0..<4 {
            #expect(bench.wait(.milliseconds(2_400)) == [])
            #expect(bench.point(.left, 1) == [])
            #expect(bench.point(.right, 2) == [])
        }
        #expect(bench.wait(.milliseconds(400)) == [])
        #expect(bench.point(.right, 2) == ["left false", "right true"])
    }

    @Test("The way of the same guest may turn at once, and a way without a light shows nothing")
    func turned() {
        var bench = Bench()
        #expect(bench.point(.left, 1) == ["left true"])
        #expect(bench.point(.right, 1) == ["left false", "right true"])
        #expect(bench.point(.up, 3) == [])
    }

    @Test(
        "A gateway lights the way of a guest who comes near and agreed to be guided",
        arguments: [
            (Consent([.guidance]), true), (Consent([]), false),
            (Consent([.recogniseArrival, .journeyAnalytics]), false),
        ])
    func gateway(consent: Consent, isLit: Bool) throws {
        var scene = try CoreScene(lights: [DirectionLight(.left, line: Self.left)])
        scene.admit(scene.credential(consent: consent, direction: .left))
        scene.wait(.seconds(2))
        try scene.approach()
        #expect(scene.indicated.filter { $0.0 == Self.left }.map(\.1) == (isLit ? [true] : []))
        scene.wait(.seconds(10))
        #expect(
            scene.indicated.filter { $0.0 == Self.left }.map(\.1) == (isLit ? [true, false] : []))
    }

    @Test("A pass that proves no presence here, or lies still, lights nothing")
    func replayed() throws {
        var scene = try CoreScene(lights: [DirectionLight(.left, line: Self.left)])
        scene.admit(scene.credential(consent: .guidance, direction: .left))
        scene.wait(.seconds(2))
        for _ in 0..<24 {
            scene.hear(scene.phone.presence(window: scene.window), rssi: -55)
            scene.wait(.milliseconds(250))
        }
        try scene.approach([])
        #expect(scene.indicated.isEmpty)
    }
}
