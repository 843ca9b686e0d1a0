// SPDX-License-Identifier: Apache-2.0
import CSQLite

/// What SQLite, or what a row held against expectation, made impossible. It names the statement
/// but never the values bound to it: they may be keys or people.
public struct DatabaseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// SQLite's extended result code (`SQLITE_CONSTRAINT_UNIQUE`, ...).
    public let code: Int32
    /// SQLite's words.
    public let message: String
    /// The statement with its placeholders, or what was done with the file.
    public let statement: String

    public init(code: Int32, message: String, statement: String) {
        self.code = code
        self.message = message
        self.statement = statement
    }

    /// Whether a rule of the schema forbids the change: a duplicate, a missing parent, a check.
    public var isConstraint: Bool { code & 0xFF == SQLITE_CONSTRAINT }

    /// Whether the file is damaged, no database or not what its schema promises.
    public var isUnreadable: Bool {
        [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_MISMATCH].contains(code & 0xFF)
    }

    public var description: String { "\(message) (SQLite \(code)) in '\(statement)'" }
}
