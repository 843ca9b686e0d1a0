// SPDX-License-Identifier: Apache-2.0
// When the watchdogs are fed, and what happens to a lock when they are not.
import Glibc
import Locks
import Platform
import Radio
import Synchronization
import HotelWire
import Testing
import Timebase

@testable import Gateway

@Suite("Vitality")
struct VitalityTests {
    private let start = Instant(nanoseconds: 5_000_000_000_000)
    private let down = RadioFailure.silent(.seconds(90))

    /// What stands still after so many seconds in which only the office and the guard moved.
    private func stall(
        after seconds: Int64, _ state: Radio.State, officeAge: Int64 = 0, guardAge: Int64 = 0
    ) -> Stall? {
        var vitality = Vitality(silences: [.seconds(90)], at: start)
        let beat = { (age: Int64, now: Instant) in now - .seconds(age) }
        _ = vitality.stall(
            at: start, guardBeat: start, officeBeat: start, radios: [RadioSign(state: state)])
        let now = start + .seconds(seconds)
        return vitality.stall(
            at: now, guardBeat: beat(guardAge, now), officeBeat: beat(officeAge, now),
            radios: [RadioSign(state: state)])
    }

    @Test("A radio may be silent while its recovery works, and no longer")
    func radio() {
        #expect(stall(after: 1, .scanning) == nil)
        #expect(stall(after: 149, .scanning) == nil)
        #expect(stall(after: 151, .scanning) == .radio(0))
        #expect(stall(after: 59, .bringingUp) == nil)
        #expect(stall(after: 61, .bringingUp) == .radio(0))
        let waiting = Radio.State.waiting(down, until: start + .hours(5))
        #expect(stall(after: 4 * 3_600, waiting) == nil)
        #expect(stall(after: 5 * 3_600 + 61, waiting) == .radio(0))
        #expect(stall(after: 86_400, .stopped) == nil)
    }

    @Test("A radio that moves is alive")
    func moving() {
        var vitality = Vitality(silences: [.seconds(90)], at: start)
        var sign = RadioSign(state: .scanning)
        for second in 0..<1_000 {
            sign.packetsReceived += second % 100 == 0 ? 1 : 0
            let now = start + .seconds(Int64(second))
            #expect(
                vitality.stall(at: now, guardBeat: now, officeBeat: now, radios: [sign]) == nil)
        }
    }

    @Test("The guard may not stand still; the office is seen first and costs a restart last")
    func others() {
        #expect(stall(after: 10, .scanning, guardAge: 2) == nil)
        #expect(stall(after: 10, .scanning, guardAge: 3) == .pulseGuard)
        #expect(stall(after: 10, .scanning, officeAge: 3_600) == nil)
        #expect(stall(after: 10, .scanning, officeAge: 3_601) == .office)
        var vitality = Vitality(silences: [], at: start)
        _ = vitality.stall(
            at: start, guardBeat: start, officeBeat: start - .seconds(30), radios: [])
        #expect(!vitality.isOfficeSilent)
        _ = vitality.stall(
            at: start, guardBeat: start, officeBeat: start - .seconds(31), radios: [])
        #expect(vitality.isOfficeSilent)
    }
}

/// Holds up whoever comes by on the door thread, from when it is closed until it is opened.
private final class Barrier: Sendable {
    private let isClosed = Mutex(false)
    private let isHolding = Mutex(false)

    func close() { isClosed.withLock { $0 = true } }
    func open() { isClosed.withLock { $0 = false } }
    var holds: Bool { isHolding.withLock { $0 } }

    func pass() {
        let name = (try? StateFile.read("/proc/thread-self/comm", bytesMax: 64)) ?? []
        guard String(decoding: name, as: UTF8.self) == "lintel-doors\n" else { return }
        while isClosed.withLock({ $0 }) {
            isHolding.withLock { $0 = true }
            usleep(2_000)
        }
        isHolding.withLock { $0 = false }
    }
}

@Suite("Watchdogs", .serialized)
struct WatchdogTests {
    @Test("A core that stops in the middle of a pulse starves the watchdog, and the lock rests")
    func stoppedCore() async throws {
        let notify = try NotifySocket()
        let barrier = Barrier()
        // The chip asks for the time at every change of an output.
        let chip = SimulatedChip(clock: {
            barrier.pass()
            return MonotonicClock.now()
        })
        let gateway = try await TestGateway(notifySocket: notify.path, chip: chip)
        var messages: [String] = []
        #expect(
            await gateway.until {
                messages += (try? notify.take()) ?? []
                return messages.filter { $0 == "WATCHDOG=1" }.count >= 2
            })
        #expect(messages.contains("READY=1\nSTATUS=watching 2 doors"))

        _ = try gateway.post("/v1/doors/301/open", #"{"reason":"stopped core"}"#)
        #expect(chip.isHigh("lock-301") == true)
        barrier.close()
        // The blinking light stops the door thread long before the pulse is over.
        _ = try gateway.post("/v1/doors/301/identify", "{}")
        #expect(await gateway.until { barrier.holds })
        _ = try notify.take()
        #expect(await gateway.until(.seconds(6)) { chip.isHigh("lock-301") == false })
        try await Task.sleep(nanoseconds: 1_500_000_000)
        #expect(try notify.take().filter { $0 == "WATCHDOG=1" } == [])
        #expect(await gateway.until { (try? gateway.get("/health").status) == 503 })
        barrier.open()
        #expect(
            await gateway.until { (try? notify.take().contains("WATCHDOG=1")) == true })
        #expect(await gateway.until { (try? gateway.get("/health").status) == 200 })
    }

    @Test("An office that hangs stops neither doors nor the watchdog")
    func stoppedOffice() async throws {
        let notify = try NotifySocket()
        let isBlocked = Mutex(false)
        let gateway = try await TestGateway(
            notifySocket: notify.path,
            onEvent: { while isBlocked.withLock({ $0 }) { usleep(2_000) } })
        // By what the line remembers: a busy machine may look away for a whole pulse.
        let hasPulsed = { (times: Int) in
            gateway.chip.edges.count { $0.line == "lock-spa" && $0.isHigh } >= times
                && gateway.chip.isHigh("lock-spa") == false
        }
        isBlocked.withLock { $0 = true }
        gateway.chip.drive("exit-spa", isHigh: true)
        #expect(await gateway.until { hasPulsed(1) })
        gateway.chip.drive("exit-spa", isHigh: false)
        // A lock rests for a second between two pulses.
        try await Task.sleep(nanoseconds: 1_500_000_000)
        _ = try notify.take()
        gateway.chip.drive("exit-spa", isHigh: true)
        #expect(await gateway.until { hasPulsed(2) })
        #expect(await gateway.until { (try? notify.take().contains("WATCHDOG=1")) == true })
        #expect(!gateway.hasSeen("unlocked") || gateway.events.count < 20)
        isBlocked.withLock { $0 = false }
        #expect(
            await gateway.until { gateway.events.filter { $0.contains("\"unlocked\"") }.count == 2 }
        )
        #expect(EventChain.verify(gateway.events.joined(separator: "\n")).missing == 0)
    }

    @Test("A hardware watchdog is fed while all is well and disarmed at the end")
    func hardware() async throws {
        let device = "/tmp/lintel-watchdog-\(getpid())"
        try StateFile.replace(device, with: [])
        defer { unlink(device) }
        func written() -> [UInt8] { (try? StateFile.read(device, bytesMax: 1_000)) ?? [] }
        let gateway = try await TestGateway(gatewayKeys: "watchdog = \(device)")
        #expect(await gateway.until { written().count >= 2 })
        #expect(written().allSatisfy { $0 == 0 })
        gateway.stop()
        #expect(written().last == UInt8(ascii: "V"))
        #expect(written().dropLast().allSatisfy { $0 == 0 })
    }

    @Test("A hardware watchdog that is not there is told, and doors go on")
    func noHardware() async throws {
        let gateway = try await TestGateway(gatewayKeys: "watchdog = /nonexistent/watchdog")
        #expect(
            await gateway.until {
                gateway.logged.contains(
                    "cannot open '/nonexistent/watchdog': No such file or directory (ENOENT); "
                        + "a machine that hangs stays so until somebody comes")
            })
        #expect(try gateway.post("/v1/doors/301/open", #"{"reason":"x"}"#).status == 200)
    }
}
