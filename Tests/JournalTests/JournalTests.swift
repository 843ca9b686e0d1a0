// SPDX-License-Identifier: Apache-2.0
// The journal on a real SQLite and a real disk.
import Glibc
import HotelWire
import Testing
import Timebase

@testable import Journal

@Suite("The journal")
struct JournalTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    private func open() -> Journal { Journal(path: folder.file) }

    @Test("Events are on the disk within 200 ms, and the chain goes on over starts")
    func chain() throws {
        var journal = open()
        #expect(journal.head == EventChain.beginning && journal.commitDueAt == nil)
        var writer = Writer(journal, boot: 1)
        writer.write(3, to: journal, at: .origin + .seconds(1))
        #expect(journal.commitDueAt == .origin + .milliseconds(1_200))
        #expect(journal.last == .beginning)
        #expect(journal.commit(at: .origin + .milliseconds(1_200)).isEmpty)
        #expect(journal.last == EventPosition(boot: 1, sequence: 3))
        #expect(journal.commitDueAt == nil && journal.counters.commits == 1)
        journal = open()
        #expect(journal.last == EventPosition(boot: 1, sequence: 3))
        var next = Writer(journal, boot: 2)
        next.write(2, to: journal)
        _ = journal.commit(at: .origin)
        let all = try open().all()
        #expect(all.map(\.position.sequence) == [1, 2, 3, 1, 2])
        #expect(isWhole(all) && all[0].line.contains(EventChain.beginning))
    }

    @Test("A batch is of one start, in order, and within its bounds")
    func batches() throws {
        let journal = open()
        var first = Writer(journal, boot: 1)
        first.write(5, to: journal)
        _ = journal.commit(at: .origin)
        var second = Writer(journal, boot: 2)
        second.write(2, to: journal)
        _ = journal.commit(at: .origin)
        func sequences(_ after: EventPosition, _ count: Int, _ bytes: Int) throws -> [UInt64] {
            try journal.events(after: after, countMax: count, bytesMax: bytes)
                .map(\.position.sequence)
        }
        #expect(try sequences(.beginning, 100, 1 << 20) == [1, 2, 3, 4, 5])
        #expect(try sequences(.beginning, 2, 1 << 20) == [1, 2])
        #expect(try sequences(EventPosition(boot: 1, sequence: 3), 100, 1 << 20) == [4, 5])
        #expect(try sequences(EventPosition(boot: 1, sequence: 5), 100, 1 << 20) == [1, 2])
        #expect(try sequences(EventPosition(boot: 2, sequence: 2), 100, 1 << 20) == [])
        let two = try journal.events(after: .beginning, countMax: 2, bytesMax: 1 << 20)
        let bytes = two.map { $0.line.utf8.count + 1 }.reduce(0, +)
        #expect(try sequences(.beginning, 100, bytes) == [1, 2])
    }

    @Test("An acknowledgement outlives a restart; one that is taken back counts as well")
    func acknowledgement() throws {
        var journal = open()
        var writer = Writer(journal, boot: 1)
        writer.write(9, to: journal)
        _ = journal.commit(at: .origin)
        journal.acknowledge(EventPosition(boot: 1, sequence: 7), at: .origin)
        #expect(journal.commitDueAt == .origin + .seconds(5))
        _ = journal.commit(at: .origin + .seconds(5))
        journal = open()
        #expect(journal.acknowledged == EventPosition(boot: 1, sequence: 7))
        #expect(journal.counters.waiting == 2)
        journal.acknowledge(EventPosition(boot: 1, sequence: 4), at: .origin)
        _ = journal.commit(at: .origin)
        #expect(journal.counters.waiting == 5 && open().counters.waiting == 5)
    }

    @Test("A full journal lets go of what the hotel has first, then of denials, then of the oldest")
    func eviction() throws {
        let journal = open()
        var writer = Writer(journal, boot: 1)
        // 10 000 the hotel has, 20 000 grants, 20 000 denials it has not.
        func fill(_ count: Int, isDispensable: Bool = false) -> [Journal.Trouble] {
            var told: [Journal.Trouble] = []
            for _ in 0..<count / 1_000 {
                writer.write(1_000, to: journal, isDispensable: isDispensable)
                told += journal.commit(at: .origin)
            }
            return told
        }
        var told = fill(10_000)
        journal.acknowledge(writer.position, at: .origin)
        told += fill(20_000) + fill(20_000, isDispensable: true)
        #expect(told.isEmpty && journal.counters.kept == 50_000)
        #expect(fill(10_000).isEmpty)
        #expect(journal.counters.kept == 50_000)
        #expect(try journal.all().first?.position.sequence == 10_001)
        // From here on the hotel loses something, and the audit says so.
        #expect(fill(20_000) == [Journal.Trouble](repeating: .evicted(1_000), count: 20))
        var lines = try journal.all()
        #expect(lines.count == 50_000 && !lines.contains { $0.line.contains("denied") })
        #expect(fill(1_000) == [.evicted(1_000)])
        lines = try journal.all()
        #expect(lines.first?.position.sequence == 11_001)
        #expect(lines.last?.position == writer.position)
        #expect(journal.counters.lost == 21_000)
    }

    @Test("A full disk loses nothing that fits into memory, counts the rest, and doors never wait")
    func unwritable() throws {
        // A folder where the file should be: no open, no write, as with a card that went read-only.
        mkdir(folder.file, 0o700)
        let journal = open()
        #expect(journal.failure != nil)
        var writer = Writer(journal, boot: 1)
        writer.write(Limits.pendingEventsMax + 10, to: journal)
        #expect(journal.commit(at: .origin).isEmpty)
        #expect(journal.failure != nil && journal.counters.unwritten == 10)
        #expect(journal.commitDueAt == .origin + .seconds(1))
        rmdir(folder.file)
        #expect(journal.commit(at: .origin + .seconds(1)) == [.unwritten(10)])
        #expect(journal.failure == nil && journal.commitDueAt == nil)
        let all = try journal.all()
        #expect(all.count == Limits.pendingEventsMax && isWhole(all))
        #expect(journal.commit(at: .origin).isEmpty)
    }

    @Test(
        "A file that cannot be read is set aside, told of, and a new one begun",
        arguments: ["somebody's text", "", "SQLite format 3\0 and then nothing of the kind"])
    func damaged(contents: String) throws {
        var journal: Journal? = open()
        if let journal {
            var writer = Writer(journal, boot: 1)
            writer.write(2_000, to: journal)
            _ = journal.commit(at: .origin)
        }
        journal = nil
        let file = try #require(fopen(folder.file, contents.isEmpty ? "r+" : "w"))
        // Either another file altogether, or pages in the middle gone.
        if contents.isEmpty {
            fseek(file, 16_384, SEEK_SET)
            for _ in 0..<16_384 { fputc(0xA5, file) }
        } else {
            fputs(contents, file)
        }
        fclose(file)
        let renewed = open()
        #expect(renewed.failure == nil && renewed.last == .beginning)
        #expect(renewed.commit(at: .origin) == [.renewed])
        #expect(access(renewed.damagedPath, F_OK) == 0)
        var writer = Writer(renewed, boot: 2)
        writer.write(1, to: renewed)
        #expect(renewed.commit(at: .origin).isEmpty && renewed.last == writer.position)
    }

    @Test("A command is new once, whatever happens in between")
    func commands() throws {
        var journal = open()
        let id = try #require(CommandID("000102030405060708090a0b0c0d0e0f"))
        let expires = UnixTime(seconds: 1_767_225_660)
        #expect(try journal.begin(id, expires: expires) == .new)
        #expect(try journal.begin(id, expires: expires) == .begun)
        journal = open()
        #expect(try journal.begin(id, expires: expires) == .begun)
        #expect(try journal.unsentResults().isEmpty)
        try journal.finish(id, "done")
        #expect(try journal.begin(id, expires: expires) == .done("done"))
        #expect(try journal.unsentResults().map(\.result) == ["done"])
        try journal.noteSent(id)
        journal = open()
        #expect(try journal.unsentResults().isEmpty)
        // It came again: its result is to be sent again.
        try journal.finish(id, "done")
        #expect(try journal.unsentResults().map(\.id) == [id])
        try journal.forgetCommands(expiredBefore: expires)
        #expect(try journal.begin(id, expires: expires) == .done("done"))
        try journal.forgetCommands(expiredBefore: expires + .seconds(1))
        #expect(try journal.begin(id, expires: expires) == .new)
    }

    @Test("The schema is the one that was released")
    func schema() {
        #expect(
            JournalSchema.migrations.map { EventChain.hash($0.sql) } == [
                "3dd0d050e17f1eab5e745709c7c199e304727e4354b0a4dedf6c9f4cb41ab7a0"
            ])
    }
}
