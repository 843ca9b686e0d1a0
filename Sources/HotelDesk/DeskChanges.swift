// SPDX-License-Identifier: Apache-2.0
// How the desk changes its records: in one transaction, audited, and told only once committed.
import GuestPass
import SQLite
import Timebase

/// One line of the audit trail.
struct AuditEntry {
    let at: UnixTime
    /// Who: `command line`, `staff anna`, `token pms`, `gateway lobby`.
    let actor: String
    /// What was done, one word: `checkedIn`, `viewed`, `consentGiven` …
    let action: String
    /// To what: `stay 7`, `guest 3`, `door 301`.
    let subject: String
    let detail: String
}

extension Desk {
    /// Runs `body` as one transaction and tells of its changes once it is committed.
    func change<Result>(_ body: (inout [DeskChange]) throws -> Result) throws -> Result {
        var changes: [DeskChange] = []
        let result = try database.transaction { try body(&changes) }
        for change in changes { onChange?(change) }
        return result
    }

    /// Adds to the audit trail; call it within the transaction of what it tells of.
    func audit(_ actor: String, _ action: String, _ subject: String, _ detail: String = "") throws {
        try database.run(
            "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
            .time(clock()), .text(actor), .text(action), .text(subject), .text(detail))
    }

    /// The audit trail of a subject, or of everything, newest first.
    func auditTrail(
        of subject: String? = nil, from: UnixTime = UnixTime(seconds: 0), countMax: Int
    ) throws -> [AuditEntry] {
        let read = { (row: Row) throws(DatabaseError) -> AuditEntry in
            AuditEntry(
                at: try row.time(0), actor: try row.text(1), action: try row.text(2),
                subject: try row.text(3), detail: try row.text(4))
        }
        let columns = "SELECT at, actor, action, subject, detail FROM audit WHERE at >= ?"
        guard let subject else {
            return try database.rows(
                columns + " ORDER BY id DESC LIMIT ?", .time(from), .number(countMax), read: read)
        }
        return try database.rows(
            columns + " AND subject = ? ORDER BY id DESC LIMIT ?", .time(from), .text(subject),
            .number(countMax), read: read)
    }
}

extension Value {
    static func milliseconds(_ time: UnixTime) -> Value { .integer(time.milliseconds) }

    static func flag(_ isSet: Bool) -> Value { .integer(isSet ? 1 : 0) }

    static func optional(_ text: String?) -> Value { text.map { .text($0) } ?? .null }

    static func optional(_ time: UnixTime?) -> Value { time.map { .time($0) } ?? .null }

    static func optional(_ number: (some FixedWidthInteger)?) -> Value {
        number.map { .number($0) } ?? .null
    }
}

extension Row {
    func milliseconds(_ column: Int32) throws(DatabaseError) -> UnixTime {
        UnixTime(milliseconds: try integer(column))
    }

    func flag(_ column: Int32) throws(DatabaseError) -> Bool { try integer(column) != 0 }

    func optionalText(_ column: Int32) throws(DatabaseError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    func optionalTime(_ column: Int32) throws(DatabaseError) -> UnixTime? {
        isNull(column) ? nil : try time(column)
    }

    func optionalInteger(_ column: Int32) throws(DatabaseError) -> Int64? {
        isNull(column) ? nil : try integer(column)
    }

    /// A word of a closed vocabulary.
    func word<Word: RawRepresentable>(
        _ column: Int32, as: Word.Type = Word.self
    ) throws(DatabaseError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text(column)) else {
            throw DatabaseError(
                code: 20, message: "column \(column) holds an unknown word",
                statement: "\(Word.self)")
        }
        return word
    }
}
