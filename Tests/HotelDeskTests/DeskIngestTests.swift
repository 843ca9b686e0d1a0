// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import HotelWire
import SQLite
import Testing
import Timebase

@testable import HotelDesk

/// A gateway's journal as the desk hears it: numbered, chained lines.
struct TestJournal {
    var boot: UInt32 = 1
    var sequence: UInt64 = 0
    var chain = EventChain()

    /// The next event, as it leaves the gateway.
    mutating func line(
        _ kind: String = "opened", index: UInt8? = nil, pass: PassID? = nil,
        wall: UnixTime = TestHotel.noon
    ) -> String {
        sequence += 1
        var line = JSONLine()
        line.add("boot", boot)
        line.add("sequence", sequence)
        line.add("event", kind)
        if let index { line.add("index", index) }
        if let pass { line.add("credential", "\(pass)") }
        line.add("wall", wall.text)
        return chain.tie(line)
    }

    mutating func restart() {
        boot += 1
        sequence = 0
    }

    /// A batch of these lines behind an event.
    func batch(
        _ lines: [String], after sequence: UInt64, boot: UInt32? = nil, of gateway: GatewayID
    ) throws -> EventBatch {
        let text = EventBatch.text(
            gateway: gateway, boot: self.boot,
            after: EventPosition(boot: boot ?? self.boot, sequence: sequence), lines: lines)
        return try EventBatch(text.utf8, from: gateway)
    }
}

@Suite("Taking in events")
struct DeskIngestTests {
    private let test: TestDesk
    private let gateway = TestDesk.corridor
    private var desk: Desk { test.desk }

    init() throws { test = try TestDesk() }

    private func stored() throws -> [String] {
        try desk.database.rows(
            "SELECT line FROM event WHERE gateway = ? ORDER BY boot, sequence",
            .number(gateway.rawValue)
        ) { row throws(DatabaseError) in try row.text(0) }
    }

    @Test("What comes twice, late or again from the middle is stored once")
    func once() throws {
        var journal = TestJournal()
        let lines = (0..<10).map { _ in journal.line() }
        let start = EventPosition.beginning.boot
        let first = try journal.batch(
            Array(lines[0..<4]), after: 0, boot: start, of: gateway)
        let second = try journal.batch(Array(lines[4..<8]), after: 4, of: gateway)
        let overlapping = try journal.batch(Array(lines[2..<10]), after: 2, of: gateway)
        // The second one overtakes the first: it is left alone until what is before it is there.
        let early = try desk.ingest([second])
        #expect(early.early == 1 && early.stored == 0)
        #expect(early.positions[gateway] == .beginning)
        #expect(try desk.ingest([first, second, first]).stored == 8)
        let last = try desk.ingest([overlapping, second])
        #expect(last.stored == 2 && last.repeated == 10 && last.warnings.isEmpty)
        #expect(last.positions[gateway] == EventPosition(boot: 1, sequence: 10))
        #expect(try stored() == lines)
        let link = try desk.link(of: gateway)
        #expect(link.alarm == nil && link.missing == 0)
        #expect(link.head == journal.chain.head)
    }

    @Test("A new start of the gateway goes on with the chain")
    func restarts() throws {
        var journal = TestJournal()
        let before = [journal.line(), journal.line()]
        _ = try desk.ingest([journal.batch(before, after: 0, boot: 0, of: gateway)])
        journal.restart()
        let after = [journal.line("boot"), journal.line()]
        let ingest = try desk.ingest([journal.batch(after, after: 2, boot: 1, of: gateway)])
        #expect(ingest.stored == 2 && ingest.warnings.isEmpty)
        #expect(try stored() == before + after)
    }

    @Test("What the gateway had to give up is counted, and no alarm")
    func givenUp() throws {
        var journal = TestJournal()
        let lines = (0..<6).map { _ in journal.line() }
        let batch = try journal.batch(
            [lines[0], lines[1], lines[5]], after: 0, boot: 0, of: gateway)
        let ingest = try desk.ingest([batch])
        #expect(ingest.stored == 3 && ingest.warnings.isEmpty)
        let link = try desk.link(of: gateway)
        #expect(link.missing == 3 && link.alarm == nil)
    }

    @Test(
        "An event of a time no clock shows is one of the time it came at",
        arguments: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
    func impossibleTime(text: String) throws {
        var journal = TestJournal()
        let line = journal.line(wall: try #require(UnixTime(text: text)))
        let ingest = try desk.ingest([try journal.batch([line], after: 0, boot: 0, of: gateway)])
        #expect(ingest.stored == 1)
        let walls = try desk.database.rows("SELECT wall FROM event") {
            row throws(DatabaseError) in try row.integer(0)
        }
        #expect(walls == [desk.clock().milliseconds])
    }

    @Test("An altered event breaks the chain: it is told, and stored as it came")
    func altered() throws {
        var journal = TestJournal()
        let lines = (0..<3).map { _ in journal.line() }
        let forged = lines[1].replacing("opened", with: "closed")
        let batch = try journal.batch(
            [lines[0], forged, lines[2]], after: 0, boot: 0, of: gateway)
        let ingest = try desk.ingest([batch])
        #expect(ingest.stored == 3)
        #expect(
            ingest.warnings == [
                "gateway b0b1b2b3: event 1/3 does not follow from the one before; events were "
                    + "altered on the way or in its journal"
            ])
        // What the journal really has comes again: the first words are kept, and it is told.
        let again = try desk.ingest([journal.batch(lines, after: 0, boot: 0, of: gateway)])
        #expect(again.stored == 0 && again.warnings.count == 1)
        #expect(try desk.link(of: gateway).alarm?.contains("1/2 came again") == true)
    }

    @Test("What comes again after its guest was forgotten is no alarm, unless it was altered")
    func forgotten() throws {
        var journal = TestJournal()
        let (stay, pass) = try test.book()
        let lines = [journal.line("granted", index: 2, pass: pass), journal.line()]
        let batch = try journal.batch(lines, after: 0, boot: 0, of: gateway)
        #expect(try desk.ingest([batch]).stored == 2)
        #expect(try desk.change { _ in try desk.anonymise("stay.id = ?", .integer(stay)) } == 1)
        #expect(try !stored()[0].contains("\(pass)"))
        let again = try desk.ingest([batch])
        #expect(again.repeated == 2 && again.warnings.isEmpty)
        #expect(try stored().allSatisfy { !$0.contains("\(pass)") })
        let forged = lines[0].replacing("granted", with: "denied")
        let other = try journal.batch([forged, lines[1]], after: 0, boot: 0, of: gateway)
        #expect(try desk.ingest([other]).warnings.count == 1)
    }

    @Test("A gateway that was decommissioned is not heard")
    func retired() throws {
        var journal = TestJournal()
        _ = try desk.decommission("corridor-4", keysErased: true)
        let batch = try journal.batch([journal.line()], after: 0, boot: 0, of: gateway)
        let ingest = try desk.ingest([batch])
        #expect(ingest.stored == 0 && ingest.positions.isEmpty)
    }

    @Test("Every event of a door tells of the door")
    func changes() throws {
        var journal = TestJournal()
        let test = test
        _ = test.changes()
        let batch = try journal.batch(
            [journal.line("opened", index: 1)], after: 0, boot: 0, of: gateway)
        _ = try desk.ingest([batch])
        let changes = test.changes()
        #expect(changes.contains(.door(gateway, index: 1)) && changes.contains(.gateway(gateway)))
    }
}
