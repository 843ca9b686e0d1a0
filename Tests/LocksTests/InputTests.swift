// SPDX-License-Identifier: Apache-2.0
// Inputs on the simulated chip: what the door thread is told of contacts and buttons.
import DoorCore
import Glibc
import Platform
import Testing
import Timebase

@testable import Locks

@Suite("Inputs")
struct InputTests {
    private let chip = SimulatedChip()

    private func adapter(_ lines: String...) throws -> LineAdapter {
        try LineAdapter(
            lines.map { LineRequest(try LineSpecification($0), .input) }, simulated: chip)
    }

    /// Waits as a loop does, until `duration` is over; returns `line:level` of what was reported.
    private func run(_ adapter: LineAdapter, for duration: Interval) -> [String] {
        var told: [String] = []
        let end = MonotonicClock.now() + duration
        let tell = { (report: LineAdapter.Report) in
            switch report {
            case .level(let line, let isActive, _): told.append("\(line.rawValue):\(isActive)")
            case .fault(let line, let error): told.append("\(line.rawValue):\(error.reason)")
            case .overrun(let line): told.append("\(line.rawValue):rested")
            }
        }
        while MonotonicClock.now() < end {
            for watch in adapter.watches {
                var ready = pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)
                if poll(&ready, 1, 0) > 0 { _ = adapter.receive(watch, report: tell) }
            }
            if let due = adapter.deadline, due <= MonotonicClock.now() {
                adapter.settle(at: MonotonicClock.now(), report: tell)
            }
            usleep(2_000)
        }
        return told
    }

    @Test("The first levels are those on the wires, with active-low and bias undone")
    func firstLevels() throws {
        chip.drive("held", isHigh: true)
        let adapter = try adapter(
            "sim/held", "sim/free", "sim/switch pull-up", "sim/button pull-up active-low")
        var levels: [Bool] = []
        adapter.reportLevels(since: .origin) { report in
            if case .level(_, let isActive, _) = report { levels.append(isActive) }
        }
        #expect(levels == [true, false, true, false])
    }

    @Test("A press is told once as active and once as not, dated by its first edge")
    func press() throws {
        let adapter = try adapter("sim/contact", "sim/rex pull-up active-low")
        let before = MonotonicClock.now()
        chip.drive("rex", isHigh: false)
        let after = MonotonicClock.now()
        usleep(40_000)
        var since: Instant?
        for watch in adapter.watches { _ = adapter.receive(watch) { _ in } }
        adapter.settle(at: MonotonicClock.now()) { report in
            if case .level(LineIndex(1), isActive: true, let begun) = report { since = begun }
        }
        let begun = try #require(since)
        #expect(begun >= before && begun <= after)
        chip.drive("rex", isHigh: true)
        #expect(run(adapter, for: .milliseconds(100)) == ["1:false"])
    }

    @Test("A bouncing contact is told once")
    func bounce() throws {
        let adapter = try adapter("sim/contact")
        for count in 0..<7 {
            chip.drive("contact", isHigh: count % 2 == 0)
            usleep(1_000)
        }
        #expect(run(adapter, for: .milliseconds(120)) == ["0:true"])
    }

    @Test("A spike is told not at all")
    func spike() throws {
        let adapter = try adapter("sim/contact")
        chip.drive("contact", isHigh: true)
        chip.drive("contact", isHigh: false)
        #expect(run(adapter, for: .milliseconds(120)).isEmpty)
    }

    @Test("A level whose edge was lost is found by the next look")
    func lostEdge() throws {
        let adapter = try adapter("sim/contact")
        chip.drive("contact", isHigh: true)
        for watch in adapter.watches {
            var drained: UInt64 = 0
            _ = read(watch.descriptor, &drained, 8)
        }
        #expect(run(adapter, for: .milliseconds(60)).isEmpty)
        adapter.resample(at: MonotonicClock.now()) { _ in }
        #expect(run(adapter, for: .milliseconds(100)) == ["0:true"])
    }

    @Test("An input that cannot be read is told once, and its level once it can be")
    func fault() throws {
        let adapter = try adapter("sim/contact", "sim/rex")
        chip.drive("rex", isHigh: true)
        chip.fail("rex", with: EIO)
        #expect(run(adapter, for: .milliseconds(200)) == ["1:Input/output error (EIO)"])
        chip.fail("rex", with: nil)
        #expect(run(adapter, for: .milliseconds(1_500)).last == "1:true")
    }

    @Test("A contact whose edges could not be read is told once it can be, though it is as before")
    func faultOfEdges() throws {
        let adapter = try adapter("sim/contact")
        chip.fail("contact", with: EIO)
        chip.drive("contact", isHigh: true)
        #expect(run(adapter, for: .milliseconds(60)) == ["0:Input/output error (EIO)"])
        chip.drive("contact", isHigh: false)
        chip.fail("contact", with: nil)
        var told: [Bool] = []
        adapter.resample(at: MonotonicClock.now()) { report in
            if case .level(LineIndex(0), let isActive, _) = report { told.append(isActive) }
        }
        #expect(told == [false])
    }
}
