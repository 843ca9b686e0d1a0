// SPDX-License-Identifier: Apache-2.0
// The office may block; doors go on. What they could not tell meanwhile is counted and told.
import DoorCore
import Glibc
import Locks
import Platform
import Synchronization
import Testing
import Timebase

@testable import Gateway

@Suite("A gateway whose office is slow")
struct EndToEndOfficeTests {
    @Test("While the office is blocked, a guest's tap opens the door", Bumble.isAvailable)
    func blocked() async throws {
        let controller = try Controller()
        try await controller.make()
        let hotel = try Hotel(adapter: controller.adapter)
        let ada = Guest("ada", 1)
        try hotel.grant(ada)
        let gate = Gate()
        let gateway = try RunningGateway(hotel) { line in
            if line.contains("\"presence\"") { gate.passAsSoonAsOpen() }
        }
        defer {
            gate.open()
            gateway.stop()
        }
        try await gateway.hears()
        let phone = try await Phone(of: ada, near: controller)
        try await phone.answer(intent: 1)
        try await phone.walkUp()
        try await gateway.waits(for: "the office is blocked") { gate.isWaitedFor }
        try await phone.sends(3)
        try await phone.tap()
        try await gateway.hasPulsed(1)
        #expect(gate.isWaitedFor, "the lock moved while the office stood still")
        #expect(gateway.events.lines(with: "\"unlocked\"").isEmpty)
        try EndToEndTests.expectPulse(gateway.edges)
        gate.open()
        try await gateway.waits(for: "the office tells what happened") {
            !gateway.events.lines(with: "\"relocked\"").isEmpty
        }
    }

    @Test("What does not fit into the ring to the office is lost, counted and told")
    func overflow() async throws {
        let hotel = try Hotel(adapter: "h4:unix:/nonexistent/controller")
        let settings = try hotel.settings()
        let mail = try Mail(reportsMax: 8)
        let chip = SimulatedChip()
        let thread = try Thread(name: "doors") {
            _ = try? DoorThread(settings, mail: mail, simulated: chip).run()
        }
        defer {
            _ = mail.toDoors.push(.stop)
            thread.join()
        }
        // Nobody reads the ring. Once something no longer fits, a door opens and closes, each time
        // for longer than contacts bounce. The hand that moves it is a thread of its own: among
        // waiting tests it would come so rarely that only figures, no events, were lost.
        let isEnough = Flag()
        let hand = try Thread(name: "hand") {
            var isOpen = false
            var moves = 0
            while moves < 10 {
                isOpen.toggle()
                chip.drive("contact-301", isHigh: isOpen)
                if mail.toOffice.lost > 0 { moves += 1 }
                usleep(100_000)
            }
            isEnough.raise()
        }
        try await eventually("the door has moved often enough") { isEnough.isRaised }
        hand.join()
        var seen: [UInt64] = []
        var told: [UInt32] = []
        try await eventually("the loss is told") {
            while let report = mail.toOffice.pop() {
                guard case .event(let event) = report else { continue }
                seen.append(event.sequence)
                if case .overflow(let count) = event.kind { told.append(count) }
            }
            return !told.isEmpty
        }
        let gaps = zip(seen, seen.dropFirst()).map { $1 - $0 - 1 }.reduce(0, +)
        #expect(told.count == 1 && gaps == UInt64(told[0]))
        #expect(gaps > 0)
    }
}

/// Holds a thread up until it is opened, but not for ever.
private final class Gate: Sendable {
    private let isOpen = Flag()
    private let hasVisitor = Flag()

    var isWaitedFor: Bool { hasVisitor.isRaised && !isOpen.isRaised }

    func open() { isOpen.raise() }

    func passAsSoonAsOpen() {
        let end = MonotonicClock.now() + .seconds(60)
        hasVisitor.raise()
        while !isOpen.isRaised, MonotonicClock.now() < end { usleep(5_000) }
    }
}
