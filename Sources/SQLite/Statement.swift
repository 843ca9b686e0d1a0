// SPDX-License-Identifier: Apache-2.0
// A prepared statement and the row it stands on. Columns are read with the type the schema
// promises; anything else is an error, not a zero.
import CSQLite

/// One prepared statement, finalised with its owner.
final class Statement {
    private let handle: OpaquePointer
    private let database: OpaquePointer
    let sql: String
    private var isRunning = false

    init(_ sql: String, in database: OpaquePointer) throws(DatabaseError) {
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(
            database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            throw DatabaseError(database, code, sql)
        }
        handle = prepared
        self.database = database
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    /// Runs the statement from the start and shows `read` each row.
    func run(_ values: [Value], _ read: (Row) throws(DatabaseError) -> Void) throws(DatabaseError) {
        precondition(!isRunning, "a statement cannot run within itself")
        precondition(sqlite3_bind_parameter_count(handle) == values.count, sql)
        isRunning = true
        defer {
            sqlite3_reset(handle)
            sqlite3_clear_bindings(handle)
            isRunning = false
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw DatabaseError(database, code, sql) }
        }
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW: try read(Row(handle: handle, sql: sql))
            case SQLITE_DONE: return
            default: throw DatabaseError(database, code, sql)
            }
        }
    }

    private func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: sqlite3_bind_null(handle, index)
        case .integer(let number): sqlite3_bind_int64(handle, index, number)
        case .text(let text):
            sqlite3_bind_text(handle, index, text, -1, lintel_sqlite_transient())
        case .blob(let bytes):
            // An empty array may have no address, which SQLite would take for NULL.
            bytes.isEmpty
                ? sqlite3_bind_zeroblob(handle, index, 0)
                : sqlite3_bind_blob64(
                    handle, index, bytes, UInt64(bytes.count), lintel_sqlite_transient())
        }
    }
}

/// The row a statement stands on, for as long as the closure it was handed to runs.
public struct Row {
    fileprivate let handle: OpaquePointer
    fileprivate let sql: String

    public func integer(_ column: Int32) throws(DatabaseError) -> Int64 {
        try check(column, SQLITE_INTEGER)
        return sqlite3_column_int64(handle, column)
    }

    /// An integer within a type's bounds.
    public func number<Number: FixedWidthInteger>(
        _ column: Int32, as: Number.Type = Number.self
    ) throws(DatabaseError) -> Number {
        guard let number = Number(exactly: try integer(column)) else {
            throw mismatch(column)
        }
        return number
    }

    public func text(_ column: Int32) throws(DatabaseError) -> String {
        try check(column, SQLITE_TEXT)
        let count = sqlite3_column_bytes(handle, column)
        let bytes = UnsafeBufferPointer(
            start: sqlite3_column_text(handle, column), count: Int(count))
        return String(decoding: bytes, as: UTF8.self)
    }

    public func blob(_ column: Int32) throws(DatabaseError) -> [UInt8] {
        try check(column, SQLITE_BLOB)
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column),
            count: Int(sqlite3_column_bytes(handle, column)))
        return Array(bytes)
    }

    public func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    private func check(_ column: Int32, _ type: Int32) throws(DatabaseError) {
        guard sqlite3_column_type(handle, column) == type else { throw mismatch(column) }
    }

    private func mismatch(_ column: Int32) -> DatabaseError {
        DatabaseError(
            code: SQLITE_MISMATCH, message: "column \(column) is not what the schema promises",
            statement: sql)
    }
}

extension DatabaseError {
    /// SQLite's words for constraints name tables and columns, never values.
    init(_ database: OpaquePointer?, _ code: Int32, _ statement: String) {
        let words = database.flatMap { sqlite3_errmsg($0) } ?? sqlite3_errstr(code)
        self.init(
            code: code, message: words.map { String(cString: $0) } ?? "failure",
            statement: statement)
    }
}
