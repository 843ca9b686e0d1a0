// SPDX-License-Identifier: Apache-2.0
import CSQLite
import Glibc
import SQLite
import Testing

/// An empty file, removed with its companions when the test is over.
private final class TemporaryFile {
    let path: String

    init() throws {
        var name = Array("/tmp/lintel-sqlite-XXXXXX".utf8CString)
        let descriptor = mkstemp(&name)
        try #require(descriptor >= 0)
        close(descriptor)
        path = name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    deinit {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    func open() throws -> Database { try Database(path: path, applicationID: 7) }
}

private let schema = [
    Migration("CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT"),
    Migration(
        """
        CREATE TABLE child (parent INTEGER NOT NULL REFERENCES parent, data BLOB, note TEXT) STRICT;
        CREATE INDEX child_parent ON child (parent);
        """),
]

@Suite("Databases")
struct DatabaseTests {
    @Test("Values come back with their types, empty ones and null included")
    func values() throws {
        let file = try TemporaryFile()
        let database = try file.open()
        try database.migrate(schema)
        try database.run("INSERT INTO parent VALUES (?, ?)", .integer(.min), "Zoë \u{1F511}")
        try database.run(
            "INSERT INTO child VALUES (?, ?, ?), (?, ?, ?)", .integer(.min), .blob([]), "",
            .integer(.min), .blob([0, 255]), nil)
        let name = try database.row("SELECT id, name FROM parent") { row throws(DatabaseError) in
            (try row.integer(0), try row.text(1))
        }
        #expect(try #require(name) == (.min, "Zoë \u{1F511}"))
        let blobs = try database.rows("SELECT data, note FROM child ORDER BY rowid") {
            row throws(DatabaseError) in (try row.blob(0), row.isNull(1))
        }
        #expect(blobs.map(\.0) == [[], [0, 255]] && blobs.map(\.1) == [false, true])
        #expect(database.changedRows == 2)
    }

    @Test("A column of another type than asked for is an error")
    func mismatch() throws {
        let file = try TemporaryFile()
        let database = try file.open()
        #expect(throws: DatabaseError.self) {
            try database.row("SELECT 'x'") { row throws(DatabaseError) in try row.integer(0) }
        }
        #expect(throws: DatabaseError.self) {
            try database.row("SELECT 256") { row throws(DatabaseError) in
                try row.number(0, as: UInt8.self)
            }
        }
    }

    @Test("What a transaction throws undoes what it did")
    func transaction() throws {
        struct Stop: Error {}
        let file = try TemporaryFile()
        let database = try file.open()
        try database.migrate(schema)
        #expect(throws: Stop.self) {
            try database.transaction {
                try database.run("INSERT INTO parent VALUES (1, 'a')")
                throw Stop()
            }
        }
        let count = try database.row("SELECT count(*) FROM parent") { row throws(DatabaseError) in
            try row.integer(0)
        }
        #expect(count == 0)
    }

    @Test("An error names the statement, not the values bound to it")
    func errors() throws {
        let file = try TemporaryFile()
        let database = try file.open()
        try database.migrate(schema)
        try database.run("INSERT INTO parent VALUES (?, ?)", 1, "secret")
        do throws(DatabaseError) {
            try database.run("INSERT INTO parent VALUES (?, ?)", 2, "secret")
            Issue.record("a duplicate was accepted")
        } catch {
            #expect(error.isConstraint && error.statement.contains("VALUES (?, ?)"))
            #expect(!error.description.contains("secret"))
        }
        do throws(DatabaseError) {
            try database.run("INSERT INTO child VALUES (?, NULL, NULL)", 99)
            Issue.record("a child without parent was accepted")
        } catch {
            #expect(error.isConstraint)
        }
    }

    @Test("Migrations run once, in order, and a newer file is left alone")
    func migrations() throws {
        let file = try TemporaryFile()
        do {
            let database = try file.open()
            try database.migrate([schema[0]])
            try database.run("INSERT INTO parent VALUES (1, 'kept')")
        }
        do {
            let database = try file.open()
            try database.migrate(schema)
            try database.run("INSERT INTO child VALUES (1, NULL, NULL)")
        }
        let database = try file.open()
        try database.migrate(schema)
        #expect(throws: DatabaseError.self) { try database.migrate([schema[0]]) }
    }

    @Test("A migration that fails halfway leaves nothing behind")
    func brokenMigration() throws {
        let file = try TemporaryFile()
        let database = try file.open()
        let broken = Migration("CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER);")
        #expect(throws: DatabaseError.self) { try database.migrate([broken]) }
        try database.migrate(schema)
        #expect(throws: DatabaseError.self) { try database.run("SELECT * FROM half") }
    }

    @Test("A file of another program, or no database at all, is refused")
    func foreign() throws {
        let file = try TemporaryFile()
        _ = try file.open()
        #expect(throws: DatabaseError.self) { try Database(path: file.path, applicationID: 8) }
        let text = try TemporaryFile()
        let descriptor = open(text.path, O_WRONLY)
        let page = [UInt8](repeating: 65, count: 4_096)
        #expect(write(descriptor, page, page.count) == page.count)
        close(descriptor)
        #expect(throws: DatabaseError.self) { try text.open() }
        #expect(throws: DatabaseError.self) { try Database(path: "/none/x", applicationID: 7) }
    }

    @Test("Two connections see each other's commits")
    func connections() throws {
        let file = try TemporaryFile()
        let writer = try file.open()
        try writer.migrate(schema)
        let reader = try file.open()
        try writer.run("INSERT INTO parent VALUES (1, 'a')")
        let names = try reader.rows("SELECT name FROM parent") { row throws(DatabaseError) in
            try row.text(0)
        }
        #expect(names == ["a"])
    }
}
