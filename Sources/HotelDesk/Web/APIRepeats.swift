// SPDX-License-Identifier: Apache-2.0
// Idempotency-Key (IETF draft-ietf-httpapi-idempotency-key-header): a client that heard no answer
// asks again with the same key and gets the first answer. The key is taken before anything is done:
// should the server end in between, a repetition is told that the outcome is unknown, and nothing
// is done twice. Answers are kept sealed with the caller's own token, which the records do not
// hold: no name and no key can be read from them.
import CSodium
import SQLite
import Timebase

/// Seals one answer for whoever holds the token and the key it was asked with.
struct AnswerSeal {
    private let secret: [UInt8]
    /// Names the request without telling anything of it.
    let request: Digest

    init(_ token: BearerSecret, key: String, request: String) {
        secret = Digest("lintel answer \(token.text) \(key)").bytes
        self.request = Digest("lintel request \(token.text) \(request)")
    }

    func seal(_ text: String) -> [UInt8] {
        var nonce = [UInt8](repeating: 0, count: Int(crypto_secretbox_NONCEBYTES))
        randombytes_buf(&nonce, nonce.count)
        let plain = Array(text.utf8)
        var box = [UInt8](repeating: 0, count: plain.count + Int(crypto_secretbox_MACBYTES))
        _ = crypto_secretbox_easy(&box, plain, UInt64(plain.count), nonce, secret)
        return nonce + box
    }

    /// `nil` where it was sealed by another or altered.
    func open(_ sealed: [UInt8]) -> String? {
        let head = Int(crypto_secretbox_NONCEBYTES)
        let tail = Int(crypto_secretbox_MACBYTES)
        guard sealed.count >= head + tail else { return nil }
        let box = Array(sealed[head...])
        var plain = [UInt8](repeating: 0, count: box.count - tail)
        let nonce = Array(sealed[..<head])
        guard
            crypto_secretbox_open_easy(&plain, box, UInt64(box.count), nonce, secret) == 0
        else { return nil }
        return String(decoding: plain, as: UTF8.self)
    }
}

extension Desk {
    enum Repeat {
        /// The key is taken: do what is asked, then call `keepAnswer`.
        case first
        case answered(status: UInt32, body: String)
        case otherRequest
        case unknownOutcome
    }

    func beginRequest(_ key: String, token: APIToken, seal: AnswerSeal) throws -> Repeat {
        try change { _ in
            let sql = "SELECT request, status, body FROM answered WHERE token = ? AND key = ?"
            let found = try database.row(sql, .integer(token.number), .text(key)) {
                row throws(DatabaseError) in
                (
                    request: try row.blob(0), status: try row.optionalInteger(1),
                    body: row.isNull(2) ? nil : try row.blob(2)
                )
            }
            guard let found else {
                try database.run(
                    "INSERT INTO answered (token, key, request, at) VALUES (?, ?, ?, ?)",
                    .integer(token.number), .text(key), .blob(seal.request.bytes), .time(clock()))
                return .first
            }
            guard found.request == seal.request.bytes else { return .otherRequest }
            guard let status = found.status.flatMap({ UInt32(exactly: $0) }),
                let body = found.body.flatMap({ seal.open($0) })
            else { return .unknownOutcome }
            return .answered(status: status, body: body)
        }
    }

    func keepAnswer(
        _ key: String, token: APIToken, status: UInt32, sealed: [UInt8]
    ) throws {
        try database.run(
            "UPDATE answered SET status = ?, body = ? WHERE token = ? AND key = ?",
            .number(status), .blob(sealed), .integer(token.number), .text(key))
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
