// SPDX-License-Identifier: Apache-2.0
// Tokens of other programs: the property management system, the app's server. Each may do what its
// scopes say and nothing else; the database keeps its digest only.
import SQLite
import Timebase

struct APIToken {
    let number: Int64
    let name: String
    let scopes: Set<APIScope>
    let added: UnixTime
    let expires: UnixTime?
    let ended: UnixTime?

    /// As the audit trail calls it.
    var actor: String { "token \(name)" }

    static let prefix = "lintel_"
}

extension Desk {
    /// - Returns: the token and its secret, which is never shown again.
    func addToken(
        name: String, scopes: [APIScope], expires: UnixTime?, by actor: String
    ) throws -> (token: APIToken, secret: BearerSecret) {
        let secret = BearerSecret(prefix: APIToken.prefix)
        let token = try change { _ in
            guard try tokens().allSatisfy({ $0.name != name }) else {
                throw DeskError.tokenExists(name)
            }
            try database.run(
                "INSERT INTO token (name, digest, scopes, added, expires) VALUES (?, ?, ?, ?, ?)",
                .text(name), .blob(secret.digest.bytes),
                .text(scopes.map(\.rawValue).joined(separator: " ")), .time(clock()),
                .optional(expires))
            try audit(
                actor, "tokenAdded", "token \(name)",
                scopes.map(\.rawValue).joined(separator: " "))
            return try knownToken(name)
        }
        return (token, secret)
    }

    /// Ends a token. Doing so again changes nothing.
    func endToken(_ name: String, by actor: String) throws -> APIToken {
        try change { _ in
            guard try knownToken(name).ended == nil else { return try knownToken(name) }
            try database.run(
                "UPDATE token SET ended = ? WHERE name = ?", .time(clock()), .text(name))
            try audit(actor, "tokenEnded", "token \(name)")
            return try knownToken(name)
        }
    }

    /// The token a secret belongs to; `nil` where there is none that holds.
    func token(_ secret: BearerSecret) throws -> APIToken? {
        let found = try tokens(where: "digest = ?", .blob(secret.digest.bytes)).first
        guard let found, found.ended == nil else { return nil }
        return found.expires.map { $0 <= clock() } ?? false ? nil : found
    }

    func tokens() throws -> [APIToken] { try tokens(where: "id > ?", .integer(0)) }

    private func knownToken(_ name: String) throws -> APIToken {
        let all = try tokens()
        guard let token = all.first(where: { $0.name == name }) else {
            throw DeskError.unknownToken(name, known: all.map(\.name))
        }
        return token
    }

    private func tokens(where condition: String, _ value: Value) throws -> [APIToken] {
        let sql = """
            SELECT id, name, scopes, added, expires, ended FROM token WHERE \(condition)
            ORDER BY name
            """
        return try database.rows(sql, value) { row throws(DatabaseError) in
            APIToken(
                number: try row.integer(0), name: try row.text(1),
                scopes: Set(
                    try row.text(2).split(separator: " ").compactMap {
                        APIScope(rawValue: String($0))
                    }), added: try row.time(3), expires: try row.optionalTime(4),
                ended: try row.optionalTime(5))
        }
    }
}
