// SPDX-License-Identifier: Apache-2.0
// Random lives under the warden's eyes. The short form runs with every test; the long one is
//   LINTEL_DOOR_HOURS=1000000 swift test -c release -Xswiftc -enable-testing --filter DoorProperty
import Glibc
import Testing
import Timebase

@testable import DoorCore

private func setting(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
}

private let hoursPerLife: Int64 = 24

@Suite struct DoorPropertyTests {
    @Test("No random life of a door breaks an invariant")
    func randomLives() {
        let lives = max(1, (setting("LINTEL_DOOR_HOURS") ?? 600) / UInt64(hoursPerLife))
        let first = setting("LINTEL_DOOR_SEED") ?? 1
        for seed in first..<first + lives {
            let life = DoorLife(seed: seed, hours: hoursPerLife)
            guard let fault = DoorWarden.judge(life) else { continue }
            let short = life.shrunk { DoorWarden.judge($0) }
            let steps = short.steps.map { "  after \($0.wait.milliseconds) ms: \($0.deed)" }
            Issue.record(
                """
                \(fault); shrunk from \(life.steps.count) to \(short.steps.count) steps: \
                \(DoorWarden.judge(short) ?? "")
                \(steps.joined(separator: "\n"))
                at \(life.configuration)
                LINTEL_DOOR_SEED=\(seed) LINTEL_DOOR_HOURS=24 swift test --filter DoorProperty
                """)
            return
        }
    }

    @Test("The same seed makes the same life")
    func replay() {
        let life = DoorLife(seed: 7, hours: 24)
        #expect(life.steps == DoorLife(seed: 7, hours: 24).steps)
        #expect(DoorWarden.trace(life) == DoorWarden.trace(DoorLife(seed: 7, hours: 24)))
    }

    @Test(
        "The warden notices a door that does not see an input, in a few steps",
        arguments: [LineRole.privacyBolt, .contact, .fire])
    func wardenNotices(hidden: LineRole) throws {
        let life = try #require(
            (1...2_000).lazy.map { DoorLife(seed: $0, hours: 24) }
                .first { DoorWarden.judge($0, hiding: hidden) != nil })
        let short = life.shrunk { DoorWarden.judge($0, hiding: hidden) }
        #expect(DoorWarden.judge(short, hiding: hidden) != nil)
        #expect(short.steps.count <= 6, "\(short.steps)")
    }

    @Test("Orders that are not opens move no lock, nor keep one from moving")
    func harmlessOrders() {
        for seed in UInt64(1)...20 {
            let life = DoorLife(seed: seed, hours: hoursPerLife)
            var without = life
            for index in without.steps.indices {
                switch without.steps[index].deed {
                case .identify, .raiseLevel: without.steps[index].deed = .nothing
                case .level, .lineFault, .pass, .order, .mode, .resetFire, .nothing, .wedge: break
                }
            }
            #expect(without.steps != life.steps)
            #expect(DoorWarden.trace(without) == DoorWarden.trace(life), "seed \(seed)")
        }
    }
}
