// SPDX-License-Identifier: Apache-2.0
// What a gateway must not forget when its power goes: its events until the hotel has them, and
// which of the hotel's commands it has obeyed. One SQLite file, one writer.
//
// Events are gathered for a moment and written together, because each commit wears the card. While
// nothing can be written (card full, worn out or read-only) they wait in memory, and what does not
// fit there is counted: doors never wait for this. A file that cannot be read is set aside.
//
// Snapshots, the epoch floor, the lower bound of the time, the count of starts and the doors' modes
// are not in here but in small files of their own (`StateFile`): they are replaced whole, must be
// there even if this file is not, and are written and read by commands beside the service.
import Glibc
import HotelWire
import SQLite
import Timebase

/// The durable record of one gateway, used by one thread.
public final class Journal {
    /// What the audit itself must say of the journal.
    public enum Trouble: Hashable, Sendable {
        /// So many events were given up, denials and presence first, to make room for newer ones.
        case evicted(UInt32)
        /// So many events came while nothing could be written and memory was full.
        case unwritten(UInt32)
        /// The file could not be read; it was set aside and a new one begun.
        case renewed
    }

    private struct Entry {
        let position: EventPosition
        let line: String
        let isDispensable: Bool
    }

    public let path: String
    private let vfs: String?
    var database: Database?
    private var pending: [Entry] = []
    private var hasNewAcknowledgement = false
    private var untoldUnwritten: UInt32 = 0

    /// Why nothing can be written at present.
    public private(set) var failure: String?
    public private(set) var counters = JournalCounters()
    /// The newest event on the disk.
    public private(set) var last = EventPosition.beginning
    /// The hash of the newest event's line on the disk, to tie the next run's first one to.
    public private(set) var head = EventChain.beginning
    /// Up to here the hotel has everything for good.
    public private(set) var acknowledged = EventPosition.beginning
    /// When `commit(at:)` is to be called.
    public private(set) var commitDueAt: Instant?
    /// Troubles of opening, for the first `commit(at:)` to tell.
    private var troubles: [Trouble] = []

    /// Opens the journal, or begins one. What stands in the way shows in `failure`.
    ///
    /// - Parameter vfs: a registered layer of SQLite's between it and the disk; tests have faulty
    ///   ones.
    public init(path: String, vfs: String? = nil) {
        self.path = path
        self.vfs = vfs
        do { _ = try opened() } catch { failure = "\(error)" }
    }

    // MARK: - Events

    /// Takes an event in; it is on the disk once `commit(at:)` has been called when due.
    ///
    /// - Parameter isDispensable: it may go first when there is no room.
    public func append(
        _ position: EventPosition, _ line: String, isDispensable: Bool, at now: Instant
    ) {
        guard pending.count < Limits.pendingEventsMax else {
            untoldUnwritten += 1
            counters.unwritten += 1
            return
        }
        pending.append(Entry(position: position, line: line, isDispensable: isDispensable))
        commitDue(by: now + (failure == nil ? Limits.commitDelay : Limits.retryPeriod))
    }

    /// Takes note of what the hotel has; it may be less than before, when the hotel was set back to
    /// an earlier state of its records.
    public func acknowledge(_ position: EventPosition, at now: Instant) {
        guard position != acknowledged else { return }
        let (from, to) = (min(position, acknowledged), max(position, acknowledged))
        let passed = (try? opened().count(from: from, to: to)) ?? 0
        counters.waiting += position > acknowledged ? -passed : passed
        acknowledged = position
        hasNewAcknowledgement = true
        commitDue(by: now + Limits.acknowledgementDelay)
    }

    /// Writes what is due.
    ///
    /// - Returns: what the audit must say of it.
    public func commit(at now: Instant) -> [Trouble] {
        commitDueAt = nil
        do {
            try write()
            failure = nil
            if untoldUnwritten > 0 {
                troubles.append(.unwritten(untoldUnwritten))
                untoldUnwritten = 0
            }
        } catch {
            failure = "\(error)"
            counters.failures += 1
            // The next attempt begins with opening: whatever was wrong may be over.
            database = nil
            commitDue(by: now + Limits.retryPeriod)
        }
        defer { troubles.removeAll() }
        return troubles
    }

    /// Events on the disk after a position, oldest first, all of one start of the service.
    public func events(
        after position: EventPosition, countMax: Int, bytesMax: Int
    ) throws -> [(position: EventPosition, line: String)] {
        let sql = "SELECT id, line FROM event WHERE id > ? ORDER BY id LIMIT ?"
        let rows = try opened().rows(sql, .position(position), .integer(Int64(countMax))) {
            row throws(DatabaseError) in (try row.position(0), try row.text(1))
        }
        var bytes = 0
        let chosen = rows.prefix { row in
            bytes += row.1.utf8.count + 1
            return row.0.boot == rows[0].0.boot && bytes <= bytesMax
        }
        return chosen.map { (position: $0.0, line: $0.1) }
    }

    private func commitDue(by due: Instant) {
        commitDueAt = Instant.earlier(commitDueAt, due)
    }

    private func write() throws {
        let database = try opened()
        guard !pending.isEmpty || hasNewAcknowledgement else { return }
        var (removed, evicted): (Int64, Int64) = (0, 0)
        try database.transaction {
            for entry in pending {
                try database.run(
                    "INSERT OR REPLACE INTO event VALUES (?, ?, ?)", .position(entry.position),
                    .integer(entry.isDispensable ? 1 : 0), .text(entry.line))
            }
            if hasNewAcknowledgement {
                try database.run("UPDATE progress SET acknowledged = ?", .position(acknowledged))
            }
            (removed, evicted) = try makeRoom(database)
        }
        counters.commits += 1
        counters.stored += UInt64(pending.count)
        counters.kept += Int64(pending.count) - removed
        counters.waiting += Int64(pending.count) - evicted
        if evicted > 0 {
            counters.evicted += UInt64(evicted)
            troubles.append(.evicted(UInt32(clamping: evicted)))
        }
        if let entry = pending.last {
            last = entry.position
            head = EventChain.hash(entry.line)
        }
        pending.removeAll(keepingCapacity: true)
        hasNewAcknowledgement = false
    }

    /// Lets go of events beyond the bound: first those the hotel has, then what tells least.
    ///
    /// - Returns: how many rows went, and how many of them the hotel has not.
    private func makeRoom(_ database: Database) throws -> (removed: Int64, evicted: Int64) {
        let excess = counters.kept + Int64(pending.count) - Int64(Limits.eventsMax)
        guard excess > Int64(Limits.evictedAtOnceMin) else { return (0, 0) }
        func delete(_ condition: String, _ count: Int64) throws -> Int64 {
            let sql = """
                DELETE FROM event WHERE id IN
                    (SELECT id FROM event WHERE \(condition) ORDER BY id LIMIT ?2)
                """
            try database.run(sql, .position(acknowledged), .integer(count))
            return database.changedRows
        }
        let known = try delete("id <= ?1", excess)
        let dispensable = known < excess ? try delete("dispensable AND id > ?1", excess - known) : 0
        let rest = excess - known - dispensable
        let others = rest > 0 ? try delete("id > ?1", rest) : 0
        return (known + dispensable + others, dispensable + others)
    }

    // MARK: - The file

    /// The open database, opened now if need be.
    func opened() throws -> Database {
        if let database { return database }
        let opened: Database
        do {
            opened = try open()
        } catch let error as DatabaseError where error.isDamage {
            try setAside()
            troubles.append(.renewed)
            opened = try open()
        }
        database = opened
        return opened
    }

    private func open() throws -> Database {
        let created = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if created >= 0 { close(created) }
        let database = try Database(
            path: path, applicationID: JournalSchema.applicationID, vfs: vfs)
        // What is deleted here are events, not keys: it need not cost a write of its own.
        try database.run("PRAGMA secure_delete = FAST")
        let verdict = try database.row("PRAGMA quick_check(1)") { row throws(DatabaseError) in
            try row.text(0)
        }
        guard verdict == "ok" else { throw DatabaseError.damaged(verdict ?? "no verdict") }
        try database.migrate(JournalSchema.migrations)
        counters.kept =
            try database.row("SELECT count(*) FROM event") {
                row throws(DatabaseError) in try row.integer(0)
            } ?? 0
        let newest = try database.row("SELECT id, line FROM event ORDER BY id DESC LIMIT 1") {
            row throws(DatabaseError) in (try row.position(0), try row.text(1))
        }
        if let newest, newest.0 > last {
            last = newest.0
            head = EventChain.hash(newest.1)
        }
        let kept = try database.row("SELECT acknowledged FROM progress") {
            row throws(DatabaseError) in try row.position(0)
        }
        if !hasNewAcknowledgement { acknowledged = kept ?? .beginning }
        counters.waiting = try database.count(from: acknowledged, to: last)
        return database
    }

    /// Where a file that cannot be read is kept for whoever wants to look at it.
    public var damagedPath: String { path + ".damaged" }

    private func setAside() throws {
        for suffix in ["", "-wal"] where access(path + suffix, F_OK) == 0 {
            guard rename(path + suffix, damagedPath + suffix) == 0 else {
                throw DatabaseError.damaged(
                    "it cannot be set aside: \(String(cString: strerror(errno)))")
            }
        }
        unlink(path + "-shm")
    }
}

/// Bits of a row's number that tell events of one start apart.
private let sequenceBits = 32

extension Database {
    /// Events behind `from`, up to `to`.
    fileprivate func count(from: EventPosition, to: EventPosition) throws -> Int64 {
        let sql = "SELECT count(*) FROM event WHERE id > ? AND id <= ?"
        return try row(sql, .position(from), .position(to)) { row throws(DatabaseError) in
            try row.integer(0)
        } ?? 0
    }
}

extension Value {
    static func position(_ position: EventPosition) -> Value {
        precondition(position.isPossible, "positions are checked where they come from outside")
        return .integer(
            Int64(position.boot) << sequenceBits | Int64(position.sequence))
    }
}

extension Row {
    func position(_ column: Int32) throws(DatabaseError) -> EventPosition {
        let number = UInt64(bitPattern: try integer(column))
        return EventPosition(
            boot: UInt32(truncatingIfNeeded: number >> sequenceBits),
            sequence: number & (1 << sequenceBits - 1))
    }
}

extension DatabaseError {
    static func damaged(_ words: String) -> DatabaseError {
        DatabaseError(code: 11, message: words, statement: "open journal")
    }

    /// Whether the file itself is at fault: damaged, somebody else's, or from a newer program.
    var isDamage: Bool { isUnreadable || statement == "PRAGMA user_version" }
}
