// SPDX-License-Identifier: Apache-2.0
// A whole gateway and a real broker: what the hotel may do, and what a broker that lies may not.
import DoorCore
import Glibc
import GuestPass
import HotelWire
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("A gateway and its hotel", .serialized)
struct HotelLinkTests {
    private let linked: LinkedGateway

    init() throws { linked = try LinkedGateway() }

    private var pulses: Int {
        linked.gateway.edges.filter(\.isHigh).count
    }

    @Test("A command delivered ten times opens once, and is answered each time")
    func once() throws {
        let command = linked.command(.open(door: 2))
        for _ in 0..<10 { try linked.send(command) }
        #expect(try linked.result(of: command).outcome == .done)
        // After a restart it is still known.
        try linked.restart()
        for _ in 0..<3 { try linked.send(command) }
        try linked.until("it is answered again") {
            linked.results.filter { $0.command == command.id }.count >= 2
        }
        #expect(linked.results.allSatisfy { $0.outcome == .done })
        try linked.until("its events came") { linked.count("boot") == 2 }
        #expect(linked.count("operatorOpen") == 1 && linked.count("ordered") == 3)
        let ordered = linked.events.first { $0["command"]?.string == "open" }
        #expect(ordered?["by"]?.string == "hotel" && ordered?["reason"]?.string == "test")
    }

    @Test("A command that is played again and again is answered, and writes nothing to the disk")
    func replayed() throws {
        let command = linked.command(.identify(door: 2))
        try linked.send(command)
        _ = try linked.result(of: command)
        var isWritten = true
        // What the first one left to write may still be on its way.
        for _ in 0..<20 where isWritten {
            let before = try journalWritten()
            for _ in 0..<5 {
                let count = linked.results.count
                try linked.send(command)
                try linked.until("it is answered") { linked.results.count > count }
            }
            isWritten = try journalWritten() != before
        }
        #expect(!isWritten)
    }

    /// When something was last written to the journal, in nanoseconds.
    private func journalWritten() throws -> Int {
        var status = stat()
        try #require(stat("\(linked.hotel.folder)/state/journal-wal", &status) == 0)
        return status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
    }

    @Test(
        "A renewed certificate is shown to the broker at a reload, and only then is it asked anew")
    func renewedCertificate() throws {
        let connected = "connected to the hotel's broker"
        func connections() -> Int {
            linked.gateway.logged.split(separator: "\n").count { $0.contains(connected) }
        }
        linked.gateway.reload()
        try linked.until("the reload is over") {
            linked.gateway.logged.contains("nothing changes")
        }
        #expect(connections() == 1)
        let old = linked.ours
        let renewed = try linked.broker.authority.issue("\(Hotel.gateway)")
        #expect(renewed.certificateFile == old.certificateFile)
        linked.gateway.reload()
        try linked.until("it connects anew") { connections() == 2 }
        let command = linked.command(.identify(door: 2))
        try linked.send(command)
        #expect(try linked.result(of: command).outcome == .done)
    }

    @Test("With 50 000 events to tell, doors open before the hotel is back and while it is told")
    func backlog() throws {
        let untold = 49_900
        let start = try linked.waitsWithEvents(untold)
        func open(_ times: Int) throws {
            // Refused while the lock rests from the last time.
            try linked.until("door 301 is told to open") {
                CommandRun.lintel(
                    "open", "301", "--reason", "test", "--config", linked.hotel.configuration
                ).status == .done
            }
            try linked.until("door 301 was opened and locked again") { pulses == times }
            try linked.until("the pulse is over") { linked.gateway.edges.last?.isHigh == false }
        }
        try open(1)
        try linked.broker.start()
        linked.acknowledges = false
        try linked.until("the hotel hears some of it") { linked.position.boot == start }
        try open(2)
        #expect(linked.position.boot == start, "it was opened while old events were being told")
        linked.acknowledges = true
        try linked.until("everything came", within: .seconds(240)) {
            linked.count("unlocked") == 2 && linked.count("relocked") == 2
        }
        let old = linked.events.filter { $0["event"]?.string == "granted" }
        #expect(old.count == untold)
        let numbers = Set(old.map { "\(String(describing: $0["sequence"]))" })
        #expect(numbers.count == untold)
    }

    @Test("Snapshots are accepted, kept, applied and then told; older ones are an alarm")
    func snapshots() throws {
        let guest = Guest("ada", 1)
        func sealed(_ epoch: UInt64) throws -> [UInt8] {
            try linked.hotel.sealed(linked.hotel.snapshot(epoch: epoch, of: [guest]))
        }
        let (fifth, fourth) = (try sealed(5), try sealed(4))
        try linked.publish(.snapshot, fifth)
        try linked.until("it is told") { linked.status?.epoch == 5 }
        #expect(try linked.hotel.store().current()?.epoch == 5)
        for _ in 0..<5 { try linked.publish(.snapshot, fourth) }
        try linked.until("the alarm") { linked.count("snapshotRejected") == 1 }
        var altered = try sealed(6)
        for bit in stride(from: 0, to: altered.count * 8, by: altered.count) {
            altered[bit / 8] ^= 1 << (bit % 8)
            try linked.publish(.snapshot, altered)
            altered[bit / 8] ^= 1 << (bit % 8)
        }
        try linked.publish(.snapshot, [])
        let command = linked.command(.identify(door: 2))
        try linked.send(command)
        _ = try linked.result(of: command)
        #expect(linked.status?.epoch == 5 && linked.count("snapshotRejected") == 1)
        #expect(try linked.hotel.store().current()?.epoch == 5)
        try linked.restart()
        try linked.until("it is in force again") { linked.status?.epoch == 5 }
    }

    @Test("What a broker alters, invents, holds back or plays again opens nothing")
    func hostile() throws {
        let hotel = linked.hotel
        let open = linked.command(.open(door: 2))
        let bytes = open.signed(for: Hotel.gateway, of: Hotel.site, by: hotel.issuer)
        for bit in 0..<bytes.count * 8 {
            var altered = bytes
            altered[bit / 8] ^= 1 << (bit % 8)
            try linked.publish(.command, altered)
        }
        for count in 0..<bytes.count { try linked.publish(.command, Array(bytes.prefix(count))) }
        var random = SystemRandomNumberGenerator()
        let forger = IssuingSecretKey.random(using: &random)
        let elsewhere = GatewayID(rawValue: 7)
        try linked.publish(
            .command, open.signed(for: Hotel.gateway, of: Hotel.site, by: forger))
        try linked.publish(.command, open.signed(for: elsewhere, of: Hotel.site, by: hotel.issuer))
        // Held back until it is over.
        let late = linked.command(.open(door: 2), issued: WallClock.now() - .minutes(2))
        try linked.send(late)
        #expect(try linked.result(of: late).outcome == .expired)
        // An acknowledgement of events that never were.
        let boot = linked.status?.boot ?? 0
        for position in [
            EventPosition(boot: 99, sequence: 1), EventPosition(boot: boot, sequence: .max),
        ] {
            let ack = Acknowledgement(position: position, time: WallClock.now())
            try linked.publish(
                .ack, ack.signed(for: Hotel.gateway, of: Hotel.site, by: hotel.issuer))
        }
        let last = linked.command(.identify(door: 2))
        try linked.send(last)
        #expect(try linked.result(of: last).outcome == .done)
        #expect(pulses == 0 && linked.count("operatorOpen") == 0)
        // The genuine one, at last.
        try linked.send(open)
        #expect(try linked.result(of: open).outcome == .done)
        #expect(pulses == 1)
    }

    @Test(
        "While the clock is not known, only what makes doors safer is obeyed",
        .enabled(if: !WallClock.isSynchronised && !MachineClock.hasRealTimeClock()))
    func untrusted() throws {
        linked.gateway.stop()
        try linked.start()
        let open = linked.command(.open(door: 2))
        try linked.send(open)
        let refused = try linked.result(of: open)
        #expect(refused.outcome == .refused && refused.reason == "clockUntrusted")
        let lockdown = linked.command(.setMode(door: 2, .lockdown))
        try linked.send(lockdown)
        #expect(try linked.result(of: lockdown).outcome == .done)
        // A confirmation of another start, or of a clock that is wrong, confirms nothing.
        let boot = linked.status?.boot ?? 0
        for (boot, ago) in [(boot - 1, Interval.zero), (boot, .minutes(2))] {
            let confirmation = linked.command(
                .confirmTime(boot: boot), issued: WallClock.now() - ago, lasts: .minutes(5))
            try linked.send(confirmation)
            #expect(try linked.result(of: confirmation).outcome == .refused)
        }
        #expect(linked.status?.clock == "untrusted" && pulses == 0)
    }

    @Test("A lockdown and a raised level outlast a restart; what cannot be obeyed is answered")
    func kept() throws {
        let lockdown = linked.command(.setMode(door: 2, .lockdown))
        let level = linked.command(.raiseLevel(door: 3, 4))
        let nowhere = linked.command(.open(door: 9))
        let unknown = linked.command(.unknown(kind: 77))
        for command in [lockdown, level, nowhere, unknown] { try linked.send(command) }
        #expect(try linked.result(of: lockdown).outcome == .done)
        #expect(try linked.result(of: level).outcome == .done)
        #expect(try linked.result(of: nowhere).outcome == .unknown)
        #expect(try linked.result(of: unknown).outcome == .unknown)
        try linked.restart()
        try linked.until("the doors are told") { linked.status?.doors.count == 2 }
        #expect(linked.status?.doors.map(\.mode) == ["lockdown", "normal"])
        #expect(linked.status?.doors.map(\.level) == [3, 4])
        let open = linked.command(.open(door: 2))
        try linked.send(open)
        let refused = try linked.result(of: open)
        #expect(refused.outcome == .refused && refused.reason == "lockdown" && pulses == 0)
    }

    @Test("Events survive broker and gateway, each once and tied to the one before")
    func events() throws {
        for round in 0..<3 {
            for level in 0..<40 {
                let command = linked.command(.raiseLevel(door: 3, UInt8(level % 5)))
                try linked.send(command)
                if round == 0, level == 20 {
                    linked.broker.kill()
                    try linked.broker.start()
                    try linked.pass(.milliseconds(200))
                }
            }
            try linked.restart()
        }
        let last = linked.command(.identify(door: 2))
        try linked.send(last)
        _ = try linked.result(of: last)
        try linked.until("the last event came") {
            linked.events.last?["command"]?.string == "identify"
        }
        let report = EventChain.verify(linked.lines.joined(separator: "\n"))
        #expect(report.firstBreak == nil && report.missing == 0)
        #expect(linked.count("boot") == 4)
    }

    @Test("Status, health and metrics say how it stands with the hotel")
    func account() throws {
        try linked.until("nothing waits") { linked.position.sequence > 0 }
        let run = CommandRun.lintel("status", "--config", linked.hotel.configuration)
        #expect(run.output.contains("hotel     connected"))
        linked.broker.kill()
        var words = ""
        try linked.until("it shows") {
            words =
                CommandRun.lintel("status", "--config", linked.hotel.configuration).output
            return words.contains("hotel     not reached")
        }
        #expect(words.contains("the hotel cannot be reached: "))
    }
}
