// SPDX-License-Identifier: Apache-2.0
// Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): a client that heard no answer
// asks again with the same key and gets the first answer. The key is taken before anything is done:
// should the server end in between, a repetition is told that the outcome is unknown, and nothing
// is done twice.
import SQLite
import Timebase

extension Desk {
    enum Repeat {
        /// The key is taken: do what is asked, then call `keepAnswer`.
        case first
        case answered(status: UInt32, body: String)
        case otherRequest
        case unknownOutcome
    }

    func beginRequest(_ key: String, token: APIToken, digest: Digest) throws -> Repeat {
        try change { _ in
            let sql = "SELECT request, status, body FROM answered WHERE token = ? AND key = ?"
            let found = try database.row(sql, .integer(token.number), .text(key)) {
                row throws(DatabaseError) in
                (
                    request: try row.blob(0), status: try row.optionalInteger(1),
                    body: try row.optionalText(2)
                )
            }
            guard let found else {
                try database.run(
                    "INSERT INTO answered (token, key, request, at) VALUES (?, ?, ?, ?)",
                    .integer(token.number), .text(key), .blob(digest.bytes), .time(clock()))
                return .first
            }
            guard found.request == digest.bytes else { return .otherRequest }
            guard let status = found.status.flatMap({ UInt32(exactly: $0) }) else {
                return .unknownOutcome
            }
            return .answered(status: status, body: found.body ?? "")
        }
    }

    func keepAnswer(_ key: String, token: APIToken, status: UInt32, body: String) throws {
        try database.run(
            "UPDATE answered SET status = ?, body = ? WHERE token = ? AND key = ?",
            .number(status), .text(body), .integer(token.number), .text(key))
    }

    /// Nothing was done: the key may be used again.
    func forgetRequest(_ key: String, token: APIToken) throws {
        try database.run(
            "DELETE FROM answered WHERE token = ? AND key = ?", .integer(token.number), .text(key))
    }

    func dropOldAnswers() throws {
        try database.run(
            "DELETE FROM answered WHERE at <= ?", .time(clock() - WebLimits.answersKept))
    }
}
