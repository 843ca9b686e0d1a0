// SPDX-License-Identifier: Apache-2.0
// The adapter on a kernel's lines. LINTEL_GPIO_CHIP is the label of a gpio-sim chip whose lines 0
// and 1 are named LOCK and CONTACT; LINTEL_GPIO_WIRES is its folder in sysfs, where `sim_gpioN`
// shows and drives what a meter on the wire would.
import DoorCore
import Glibc
import Platform
import Testing
import Timebase

@testable import Locks

private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}

@Suite(
    "Lines of a real chip", .serialized,
    .enabled(
        if: environment("LINTEL_GPIO_CHIP") != nil && environment("LINTEL_GPIO_WIRES") != nil,
        "LINTEL_GPIO_CHIP and LINTEL_GPIO_WIRES name no gpio-sim chip"))
struct GPIOLineTests {
    private let chip = environment("LINTEL_GPIO_CHIP") ?? ""
    private let wires = environment("LINTEL_GPIO_WIRES") ?? ""
    private let lock = LineIndex(0)

    private func adapter(_ lock: String, _ contact: String) throws -> LineAdapter {
        try LineAdapter([
            LineRequest(LineSpecification("\(chip)/\(lock)"), .lock(DoorIndex(2))),
            LineRequest(LineSpecification("\(chip)/\(contact)"), .input),
        ])
    }

    private func wire(_ offset: Int) throws -> Bool {
        let file = try FileDescriptor.open("\(wires)/sim_gpio\(offset)/value", flags: O_RDONLY)
        var byte: UInt8 = 0
        _ = try withUnsafeMutableBytes(of: &byte) { bytes throws(SystemError) in
            try file.read(into: bytes)
        }
        return byte == UInt8(ascii: "1")
    }

    private func pull(_ offset: Int, isHigh: Bool) throws {
        let file = try FileDescriptor.open("\(wires)/sim_gpio\(offset)/pull", flags: O_WRONLY)
        var word = isHigh ? "pull-up" : "pull-down"
        _ = try word.withUTF8 { bytes throws(SystemError) in
            try file.write(UnsafeRawBufferPointer(bytes))
        }
    }

    /// The reports of the adapter's inputs until one came or a second is over.
    private func report(_ adapter: LineAdapter) -> LineAdapter.Report? {
        var reports: [LineAdapter.Report] = []
        let end = MonotonicClock.now() + .seconds(1)
        while reports.isEmpty && MonotonicClock.now() < end {
            for watch in adapter.watches {
                var ready = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&ready, 1, 0) > 0 { _ = adapter.receive(watch) { reports.append($0) } }
            }
            adapter.settle(at: MonotonicClock.now()) { reports.append($0) }
            usleep(2_000)
        }
        return reports.first
    }

    @Test("A lock by name and by offset rests, pulses and rests", arguments: ["LOCK", "0"])
    func pulses(line: String) throws {
        let adapter = try adapter(line, "CONTACT")
        #expect(try !wire(0))
        try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        #expect(try wire(0))
        try adapter.rest(lock)
        #expect(try !wire(0))
    }

    @Test("An active-low lock rests high and pulses low")
    func pulsesLow() throws {
        let adapter = try adapter("LOCK active-low", "CONTACT")
        #expect(try wire(0))
        try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        #expect(try !wire(0))
        try adapter.rest(lock)
        #expect(try wire(0))
    }

    @Test("The guard ends a pulse whose core has stopped")
    func guardsPulse() throws {
        let adapter = try adapter("LOCK", "CONTACT")
        try adapter.energise(lock, until: MonotonicClock.now() + .milliseconds(300))
        #expect(try wire(0))
        sleep(2)
        #expect(try !wire(0))
        guard case .overrun(lock) = report(adapter) else {
            Issue.record("that it rests was not told")
            return
        }
    }

    @Test(
        "An edge is dated by the kernel on the monotonic clock",
        arguments: [("", true), (" active-low", false), (" pull-up", true)])
    func edges(electrics: String, activeLevel: Bool) throws {
        try pull(1, isHigh: !activeLevel)
        let adapter = try adapter("LOCK", "CONTACT" + electrics)
        if electrics == " pull-up" { try pull(1, isHigh: false) }
        while report(adapter) != nil {}
        for isActive in [true, false] {
            let before = MonotonicClock.now()
            try pull(1, isHigh: isActive == activeLevel)
            let after = MonotonicClock.now()
            guard case .level(LineIndex(1), let level, let since)? = report(adapter) else {
                Issue.record("no level was told")
                return
            }
            #expect(level == isActive)
            // The simulated interrupt is a deferred one: it may come a little after the write.
            #expect(since >= before && since <= after + .milliseconds(25))
        }
    }

    @Test("A line in use is refused, and its user named")
    func refusesBusy() throws {
        let first = try adapter("LOCK", "CONTACT")
        #expect(
            throws: SystemError(
                call: "request", subject: "GPIO line \(chip)/LOCK", errno: EBUSY)
        ) {
            _ = try adapter("LOCK", "CONTACT")
        }
        #expect(try GPIOChip(label: chip).user(of: 0) == "lintel")
        first.stop()
    }

    @Test("A missing line is named, by name and by offset")
    func namesMissingLine() throws {
        #expect(
            throws: SystemError(
                call: "find", subject: "GPIO line \(chip)/NO-SUCH", errno: ENOENT)
        ) {
            _ = try adapter("NO-SUCH", "CONTACT")
        }
        #expect(
            throws: SystemError(
                call: "find", subject: "GPIO line \(chip)/9999", errno: EINVAL)
        ) {
            _ = try adapter("9999", "CONTACT")
        }
    }

    @Test("One line under two names is found, and what is missing, without touching a line")
    func resolves() throws {
        let adapter = try adapter("LOCK", "CONTACT")
        defer { adapter.stop() }
        let requests = try ["LOCK", "1", "0", "NO-SUCH"].map {
            LineRequest(try LineSpecification("\(chip)/\($0)"), .input)
        }
        let missing = SystemError(
            call: "find", subject: "GPIO line \(chip)/NO-SUCH", errno: ENOENT)
        let obstacles = LineResolution.obstacles(requests)
        #expect(obstacles.map(\.line) == [LineIndex(2), LineIndex(3)])
        #expect(obstacles.map(\.obstacle) == [.same(LineIndex(0)), .unavailable(missing)])
    }
}
