// SPDX-License-Identifier: Apache-2.0
// Outputs on the simulated chip, judged by the voltages it recorded.
import DoorCore
import Glibc
import Platform
import Testing
import Timebase

@testable import Locks

@Suite("Outputs", .serialized)
struct OutputTests {
    private let chip = SimulatedChip()
    private let lock = LineIndex(0)

    private func adapter(
        _ lines: String..., energisedMax: Interval = .seconds(60)
    ) throws -> LineAdapter {
        try LineAdapter(
            lines.map { LineRequest(try LineSpecification($0), .lock(DoorIndex(2))) },
            simulated: chip, energisedMax: energisedMax)
    }

    private func sleep(_ milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    private func waitUntilResting(_ line: String) {
        for _ in 0..<1_000 where chip.isHigh(line) == true { sleep(10) }
    }

    /// Seconds from each rising edge of `line` to the falling edge after it.
    private func pulses(_ line: String) -> [Double] {
        let edges = chip.edges.filter { $0.line == line }
        return zip(edges, edges.dropFirst()).filter(\.0.isHigh).map { ($1.at - $0.at).seconds }
    }

    @Test("Start, stop and a second start leave no edge on a line at rest")
    func neverGlitches() throws {
        for _ in 0..<2 {
            let adapter = try adapter("sim/strike", "sim/relay active-low pull-up")
            adapter.stop()
        }
        #expect(chip.edges.isEmpty)
        #expect(chip.isHigh("strike") == false)
        #expect(chip.isHigh("relay") == true)
    }

    @Test("A line floating at its active level is put to rest by the request itself")
    func restsAtRequest() throws {
        chip.drive("strike", isHigh: true)
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        #expect(chip.edges.map(\.isHigh) == [false])
    }

    @Test("A pulse is two edges, in the polarity of the wiring")
    func pulses() throws {
        let adapter = try adapter("sim/relay active-low pull-up")
        try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        try adapter.rest(lock)
        #expect(chip.edges.map(\.isHigh) == [false, true])
    }

    @Test("An adapter that goes away mid-pulse leaves the line at rest")
    func restsAtTheEnd() throws {
        var adapter: LineAdapter? = try adapter("sim/strike")
        try adapter?.energise(lock, until: MonotonicClock.now() + .seconds(5))
        #expect(chip.isHigh("strike") == true)
        adapter = nil
        #expect(chip.isHigh("strike") == false)
    }

    @Test("The guard ends a pulse whose core has stopped")
    func endsPulseOfStoppedCore() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        try adapter.energise(lock, until: MonotonicClock.now() + .milliseconds(300))
        waitUntilResting("strike")
        let length = try #require(pulses("strike").first)
        #expect(length > 0.79 && length < 2)
        #expect(rested(adapter) == [lock])
    }

    @Test("A pulse ended in time is none of the guard's business")
    func staysOut() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        try adapter.energise(lock, until: MonotonicClock.now() + .milliseconds(100))
        try adapter.rest(lock)
        sleep(1_000)
        #expect(chip.edges.count == 2)
        #expect(rested(adapter).isEmpty)
    }

    @Test("Permits that never end do not carry a line past the absolute ceiling")
    func holdsAbsoluteCeiling() throws {
        let adapter = try adapter("sim/strike", energisedMax: .milliseconds(600))
        defer { adapter.stop() }
        func energise() throws { try adapter.energise(lock, until: .origin + .hours(1_000_000)) }
        repeat {
            try energise()
            sleep(10)
        } while rested(adapter).isEmpty
        waitUntilResting("strike")
        #expect(pulses("strike").count == 1)
        #expect(pulses("strike").allSatisfy { $0 > 0.59 && $0 < 2 })
        sleep(300)
        try energise()
        #expect(chip.isHigh("strike") == false)
        try adapter.rest(lock)
        try energise()
        #expect(chip.isHigh("strike") == true)
    }

    @Test("A permit that is over energises nothing and says so")
    func refusesLatePermit() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        try adapter.energise(lock, until: MonotonicClock.now() - .milliseconds(1))
        #expect(chip.edges.isEmpty)
        #expect(rested(adapter) == [lock])
    }

    @Test("A line that refuses to rest is tried until it does, and both are told")
    func retriesRest() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        chip.fail("strike", with: EIO)
        #expect(throws: SystemError(call: "drive", subject: "GPIO line sim/strike", errno: EIO)) {
            try adapter.rest(lock)
        }
        sleep(400)
        #expect(chip.isHigh("strike") == true)
        #expect(faults(adapter).map(\.errno) == [EIO])
        chip.fail("strike", with: nil)
        waitUntilResting("strike")
        sleep(100)
        #expect(rested(adapter) == [lock])
    }

    @Test("A line that cannot be energised is an error, rests, and is told to once it does")
    func reportsWriteError() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        chip.fail("strike", with: ENODEV)
        #expect(throws: SystemError.self) {
            try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        }
        sleep(400)
        #expect(rested(adapter).isEmpty)
        chip.fail("strike", with: nil)
        sleep(400)
        #expect(rested(adapter) == [lock])
        #expect(chip.edges.isEmpty)
        try adapter.energise(lock, until: MonotonicClock.now() + .seconds(5))
        #expect(chip.isHigh("strike") == true)
    }

    @Test("A line held by someone else cannot be had, and what was requested before is given back")
    func refusesBusyLine() throws {
        do {
            let first = try adapter("sim/strike")
            defer { first.stop() }
            #expect(
                throws: SystemError(
                    call: "request", subject: "GPIO line sim/strike", errno: EBUSY)
            ) {
                _ = try adapter("sim/other", "sim/strike")
            }
        }
        try adapter("sim/other", "sim/strike").stop()
    }

    @Test("A chip this machine does not have is named")
    func namesMissingChip() {
        #expect(
            throws: SystemError(
                call: "open", subject: "GPIO chip no-such-chip", errno: ENODEV)
        ) {
            _ = try adapter("no-such-chip/1")
        }
    }

    @Test("The guard's beat moves while nothing happens")
    func beats() throws {
        let adapter = try adapter("sim/strike")
        defer { adapter.stop() }
        let before = adapter.guardBeat
        sleep(600)
        #expect(adapter.guardBeat > before)
    }

    private func reports(_ adapter: LineAdapter) -> [LineAdapter.Report] {
        var reports: [LineAdapter.Report] = []
        for watch in adapter.watches {
            #expect(adapter.receive(watch) { reports.append($0) })
        }
        return reports
    }

    private func rested(_ adapter: LineAdapter) -> [LineIndex] {
        reports(adapter).compactMap { if case .overrun(let line) = $0 { line } else { nil } }
    }

    private func faults(_ adapter: LineAdapter) -> [SystemError] {
        reports(adapter).compactMap { if case .fault(_, let error) = $0 { error } else { nil } }
    }
}
