// SPDX-License-Identifier: Apache-2.0
// Lists that come in pages: by number, `after` the last one seen. A page begins at a number and not
// at a position, so that what is added meanwhile neither repeats nor skips anything.
import CommandLineKit
import SQLite

extension APIOperation {
    /// - Parameter items: at most so many after a number, with their numbers.
    static func list(
        _ name: String, _ path: String, _ summary: String, _ scope: APIScope, _ item: Schema,
        _ page: String,
        _ items:
            @escaping @Sendable (APICall, _ after: Int64, _ count: Int) throws -> [(Int64, String)]
    ) -> APIOperation {
        APIOperation(
            name: name, method: "GET", path: WebPattern(path), summary: summary,
            access: .token(scope),
            query: [
                Query(
                    name: "after", schema: .count,
                    meaning: "the number the page before ended with, its `next`"),
                Query(
                    name: "limit", schema: .integer(1...Int64(WebLimits.pageItemsMax)),
                    meaning: "items a page; \(WebLimits.pageItemsDefaultCount) where left out"),
            ], answer: .json(.items(item, page))
        ) { call in
            let count =
                call.request.query("limit").flatMap { Int($0) } ?? WebLimits.pageItemsDefaultCount
            let after = call.request.query("after").flatMap { Int64($0) } ?? 0
            let found = try items(call, after, count)
            var line = JSONLine()
            line.add("items", list: found.map(\.1))
            line.add("next", found.count < count ? nil : found.last.map { String($0.0) })
            return .object(line)
        }
    }
}

extension Desk {
    func guests(after number: Int64, countMax: Int) throws -> [Guest] {
        try numbers("SELECT id FROM guest WHERE id > ? ORDER BY id LIMIT ?", number, countMax)
            .map { try guest($0) }
    }

    func stays(after number: Int64, countMax: Int) throws -> [DeskStay] {
        try stays(
            where: "stay.id IN (SELECT id FROM stay WHERE id > ? ORDER BY id LIMIT ?)",
            .integer(number), .number(countMax))
    }

    func arrivals(after number: Int64, countMax: Int) throws -> [Arrival] {
        try numbers("SELECT id FROM arrival WHERE id > ? ORDER BY id LIMIT ?", number, countMax)
            .map { try arrival($0) }
    }

    func usage(after number: Int64, countMax: Int) throws -> [UsageRecord] {
        try numbers("SELECT id FROM usage WHERE id > ? ORDER BY id LIMIT ?", number, countMax)
            .map { try usageRecord($0) }
    }

    private func numbers(_ sql: String, _ after: Int64, _ countMax: Int) throws -> [Int64] {
        try database.rows(sql, .integer(after), .number(countMax)) { row throws(DatabaseError) in
            try row.integer(0)
        }
    }
}
