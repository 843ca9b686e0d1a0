// SPDX-License-Identifier: Apache-2.0
// A schema is the sum of its migrations. One that was ever released is never edited: the next
// change is the next migration.

/// One numbered step of a schema: SQL run once on every database, in order.
public struct Migration: Sendable {
    public let sql: String
    public init(_ sql: String) { self.sql = sql }
}

extension Database {
    /// Brings the file to the newest schema this program knows (`PRAGMA user_version`).
    ///
    /// - Throws: `DatabaseError` also where the file is from a newer program; it stays untouched.
    public func migrate(_ migrations: [Migration]) throws {
        let version = try row("PRAGMA user_version") { row throws(DatabaseError) in
            try row.number(0, as: Int.self)
        }
        guard let version, (0...migrations.count).contains(version) else {
            throw DatabaseError(
                code: 1,
                message: "the file has schema \(version ?? 0), this program knows up to "
                    + "\(migrations.count); it was left as it is",
                statement: "PRAGMA user_version")
        }
        for (index, migration) in migrations.enumerated().dropFirst(version) {
            try transaction {
                try script(migration.sql)
                try script("PRAGMA user_version = \(index + 1)")
            }
        }
    }
}
