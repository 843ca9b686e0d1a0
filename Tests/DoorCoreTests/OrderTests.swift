// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Testing
import Timebase

@Suite("Orders and what an operator sees")
struct OrderTests {
    private let order = Order(number: 7, giver: .operator(user: 1_000))

    @Test("An order is in the audit before anything it brings about")
    func recordedFirst() throws {
        var core = Core(
            CoreConfiguration(
                gateway: CoreScene.gateway,
                doors: [
                    DoorConfiguration(
                        index: CoreScene.room, kind: .lobby, level: .intent,
                        receiver: ReceiverIndex(0), lock: CoreScene.lock)
                ]), at: .origin)
        var effects = Effects()
        core.handle(.command(.open(CoreScene.room), by: order), at: .origin, into: &effects)
        // Without an event: the lock is energised.
        var drained: [Event?] = []
        effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(_, _): drained.append(nil)
            case .record(let event): drained.append(event)
            case .rest(_): break
            case .indicate(_, isOn: _): break
            case .beacon(_): break
            case .drawNonce: break
            case .keepTime(_): break
            case .zeroise: break
            }
        }
        let seen = drained.map { event in
            event.map { String("\($0.kind)".prefix { $0 != "(" }) } ?? "energise"
        }
        #expect(seen == ["ordered", "energise", "operatorOpen", "unlocked"])
    }

    @Test(
        "Whatever is ordered, who ordered it and of which door is recorded",
        arguments: [
            (Command.open(CoreScene.room), true), (.setMode(CoreScene.room, .lockdown), true),
            (.identify(CoreScene.room), true), (.resetFire(CoreScene.room), true),
            (.raiseLevel(CoreScene.room, .connected), true), (.confirmTime, false),
        ])
    func everyCommand(command: Command, namesDoor: Bool) throws {
        var scene = try CoreScene()
        scene.give(.command(command, by: order))
        let event = try #require(scene.events.first { $0.kind == .ordered(order) })
        #expect(event.door == (namesDoor ? CoreScene.room : nil))
    }

    @Test("A door's status follows lock, contact, mode and alarms")
    func status() throws {
        var scene = try CoreScene(hasContact: true)
        func now() throws -> DoorStatus {
            try #require(scene.core.doors.first).status(at: scene.now)
        }
        #expect(try now() == expected())
        scene.give(.command(.open(CoreScene.room)))
        #expect(try now() == expected { $0.lock = .unlocked })
        scene.give(.line(CoreScene.contact, isActive: true))
        #expect(try now() == expected { $0.contact = .active })
        scene.wait(.seconds(25))
        #expect(try now() == expected { ($0.contact, $0.alarms) = (.active, .heldWarning) })
        scene.wait(.seconds(10))
        #expect(try now() == expected { ($0.contact, $0.alarms) = (.active, .held) })
        scene.give(.line(CoreScene.contact, isActive: false))
        scene.give(.command(.setMode(CoreScene.room, .lockdown)))
        #expect(try now() == expected { $0.mode = .lockdown })
        scene.give(.lineFault(CoreScene.lock))
        #expect(
            try now()
                == expected { ($0.mode, $0.lock, $0.alarms) = (.lockdown, .faulty, .lockFault) })
    }

    private func expected(_ change: (inout DoorStatus) -> Void = { _ in }) -> DoorStatus {
        var status = DoorStatus(index: CoreScene.room, mode: .normal, level: .intent)
        status.contact = .inactive
        change(&status)
        return status
    }
}
