// SPDX-License-Identifier: Apache-2.0
// One connection to one SQLite file, used by one thread. WAL, so that readers never wait for the
// writer; foreign keys on; deleted content overwritten, since the files hold keys.
import CSQLite

/// An open database.
public final class Database {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// Opens an existing file.
    ///
    /// - Parameter applicationID: marks the file as ours (`PRAGMA application_id`); an empty file
    ///   takes it over, a file with another one is refused.
    /// - Parameter vfs: a registered layer between SQLite and the disk; `nil`: the system's own.
    public init(
        path: String, applicationID: Int32, vfs: String? = nil
    ) throws(DatabaseError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = sqlite3_open_v2(path, &opened, flags, vfs)
        guard code == SQLITE_OK, let opened else {
            let error = DatabaseError(opened, code, "open \(path)")
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        sqlite3_busy_timeout(handle, Limits.busyMilliseconds)
        let found = try Self.integer(handle, "PRAGMA application_id")
        let tables = try Self.integer(handle, "SELECT count(*) FROM sqlite_schema")
        guard found == applicationID || found == 0 && tables == 0 else {
            throw DatabaseError(
                code: SQLITE_NOTADB, message: "the file belongs to another program",
                statement: "open \(path)")
        }
        try script("PRAGMA application_id = \(applicationID)")
        try script("PRAGMA journal_mode = WAL")
        try script("PRAGMA synchronous = FULL")
        try script("PRAGMA foreign_keys = ON")
        try script("PRAGMA secure_delete = ON")
        try script("PRAGMA trusted_schema = OFF")
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// Runs a statement that returns no rows of interest.
    public func run(_ sql: String, _ values: Value...) throws(DatabaseError) {
        try statement(sql).run(values) { (_) throws(DatabaseError) in }
    }

    /// Every row of a query, read by `read`.
    public func rows<Result>(
        _ sql: String, _ values: Value..., read: (Row) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> [Result] {
        try rows(sql, values, read: read)
    }

    /// The same, with the values in an array.
    public func rows<Result>(
        _ sql: String, _ values: [Value], read: (Row) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> [Result] {
        var results: [Result] = []
        try statement(sql).run(values) { row throws(DatabaseError) in
            results.append(try read(row))
        }
        return results
    }

    /// The only row of a query, or `nil`; with several, the first.
    public func row<Result>(
        _ sql: String, _ values: Value..., read: (Row) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result? {
        try rows(sql, values, read: read).first
    }

    /// `rowid` of the last row inserted.
    public var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Rows the last statement changed.
    public var changedRows: Int64 { sqlite3_changes64(handle) }

    /// All of `body` or nothing: what it throws undoes what it did. Within another transaction it
    /// is a part of that one, which may be undone by itself (`SAVEPOINT`).
    public func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        let isPart = sqlite3_get_autocommit(handle) == 0
        try run(isPart ? "SAVEPOINT part" : "BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run(isPart ? "RELEASE part" : "COMMIT")
            return result
        } catch {
            // SQLite may have rolled back on its own; then this says so and changes nothing.
            try? run(isPart ? "ROLLBACK TO part" : "ROLLBACK")
            if isPart { try? run("RELEASE part") }
            throw error
        }
    }

    /// Several statements without values.
    func script(_ sql: String) throws(DatabaseError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(handle, code, sql) }
    }

    private func statement(_ sql: String) throws(DatabaseError) -> Statement {
        if let prepared = statements[sql] { return prepared }
        let prepared = try Statement(sql, in: handle)
        statements[sql] = prepared
        return prepared
    }

    private static func integer(
        _ handle: OpaquePointer, _ sql: String
    ) throws(DatabaseError) -> Int64 {
        var number: Int64 = 0
        try Statement(sql, in: handle).run([]) { row throws(DatabaseError) in
            number = try row.integer(0)
        }
        return number
    }
}
