// SPDX-License-Identifier: Apache-2.0
// What the hotel's other systems are told: an arrival, a check-in, a departure, a visit to be
// billed. What is to be sent is kept in the records until the receiver has said 2xx, so it outlives
// a restart; it carries numbers and no names, and whoever may know more asks the API.
import CommandLineKit
import GuestPass
import SQLite
import Timebase

struct Webhook {
    enum Event: String, CaseIterable {
        case arrival
        case checkIn
        case departure
        case usage
    }

    let number: Int64
    let url: String
    let events: Set<Event>
    let added: UnixTime
    /// Not yet delivered, and why the last attempt failed.
    let waiting: Int64
    let failure: String?

    /// `https`, or `http` on this machine.
    static func accepts(url: String) -> Bool {
        guard url.unicodeScalars.count <= WebLimits.urlCharactersMax,
            url.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
        else { return false }
        if url.hasPrefix("https://") {
            let authority = authority(of: url, after: "https://")
            return !authority.isEmpty && !authority.contains("@")
        }
        return ["http://127.0.0.1:", "http://[::1]:"].contains { here in
            url.hasPrefix(here) && UInt16(authority(of: url, after: here)) != nil
        }
    }

    private static func authority(of url: String, after prefix: String) -> Substring {
        url.dropFirst(prefix.count).prefix { !"/?#\\".contains($0) }
    }
}

/// One message on its way.
struct Delivery {
    let number: Int64
    let url: String
    let body: String
    let secret: [UInt8]
    let attempts: Int64
}

extension Desk {
    func addWebhook(
        url: String, events: Set<Webhook.Event>, by actor: String
    ) throws -> (webhook: Webhook, secret: [UInt8]) {
        var generator = SystemRandomNumberGenerator()
        let secret = SecretBytes(using: &generator).withUnsafeBytes { Array($0) }
        let webhook = try change { _ in
            guard try webhooks().count < WebLimits.webhooksMax else {
                throw APIProblem.conflict("there are \(WebLimits.webhooksMax) webhooks already")
            }
            let words = Webhook.Event.allCases.filter(events.contains).map(\.rawValue)
            try database.run(
                "INSERT INTO webhook (url, events, secret, added) VALUES (?, ?, ?, ?)", .text(url),
                .text(words.joined(separator: " ")), .blob(secret), .time(clock()))
            let number = database.lastInsertedRow
            try audit(actor, "webhookAdded", "webhook \(number)", url)
            return try webhooks().first { $0.number == number }
        }
        guard let webhook else { throw DeskError.damaged("webhook") }
        return (webhook, secret)
    }

    /// Removing one that is gone changes nothing.
    func removeWebhook(_ number: Int64, by actor: String) throws {
        try change { _ in
            try database.run("DELETE FROM webhook WHERE id = ?", .integer(number))
            guard database.changedRows > 0 else { return }
            try audit(actor, "webhookRemoved", "webhook \(number)")
        }
    }

    func webhooks() throws -> [Webhook] {
        let sql = """
            SELECT id, url, events, added,
                (SELECT count(*) FROM delivery WHERE webhook = webhook.id AND delivered IS NULL),
                (SELECT failure FROM delivery WHERE webhook = webhook.id AND failure IS NOT NULL
                    AND delivered IS NULL ORDER BY id DESC LIMIT 1)
            FROM webhook ORDER BY id
            """
        return try database.rows(sql) { row throws(DatabaseError) in
            Webhook(
                number: try row.integer(0), url: try row.text(1),
                events: Set(
                    try row.text(2).split(separator: " ").compactMap {
                        Webhook.Event(rawValue: String($0))
                    }), added: try row.time(3), waiting: try row.integer(4),
                failure: try row.optionalText(5))
        }
    }

    // MARK: - What is to be sent

    /// Queues whatever of a stay was not queued before. What a webhook was told is known by its
    /// subject, so looking twice, or after a restart, tells nothing twice; and what is older than
    /// these are kept is told no more. Of a guest who was erased nothing is told.
    func queueWebhooks(stay number: Int64) throws {
        let hooks = try webhooks()
        guard !hooks.isEmpty, let stay = try? self.stay(number),
            stay.guest != nil || !stay.progress.checksIn
        else { return }
        let oldest = clock() - WebLimits.deliveriesKept
        try database.transaction {
            for (event, subject, at) in try happenings(of: stay) {
                for hook in hooks where hook.events.contains(event) && at >= max(hook.added, oldest)
                {
                    let body = Self.message(event, subject, at, stay)
                    try database.run(
                        """
                        INSERT OR IGNORE INTO delivery (webhook, subject, body, due, queued, stay)
                        VALUES (?, ?, ?, ?4, ?4, ?)
                        """, .integer(hook.number), .text(subject), .text(body), .time(clock()),
                        .integer(number))
                }
            }
        }
    }

    private func happenings(
        of stay: DeskStay
    ) throws -> [(event: Webhook.Event, subject: String, at: UnixTime)] {
        var found: [(event: Webhook.Event, subject: String, at: UnixTime)] = []
        let arrivals = try database.rows(
            "SELECT id, began_ms FROM arrival WHERE stay = ? ORDER BY id", .integer(stay.number)
        ) { row throws(DatabaseError) in (try row.integer(0), try row.milliseconds(1)) }
        found += arrivals.map { (.arrival, "arrival/\($0.0)", $0.1) }
        if let at = stay.progress.checkedIn {
            found.append((.checkIn, "checkIn/\(stay.number)/\(at.seconds)", at))
        }
        if let at = stay.progress.departed {
            found.append((.departure, "departure/\(stay.number)/\(at.seconds)", at))
        }
        for record in try usage(stay: stay.number, since: UnixTime(seconds: 0))
        where record.state != .open {
            found.append((.usage, "usage/\(record.number)", record.left ?? record.entered))
        }
        return found
    }

    private static func message(
        _ event: Webhook.Event, _ subject: String, _ at: UnixTime, _ stay: DeskStay
    ) -> String {
        var data = JSONLine()
        data.add("stay", stay.number)
        data.add("reference", stay.reference)
        data.add("room", stay.room)
        data.add("subject", subject)
        var line = JSONLine()
        line.add("type", event.rawValue)
        line.add("timestamp", at.text)
        line.add("data", literal: data.text)
        return line.text
    }

    /// What may be sent now, oldest first.
    func dueDeliveries(countMax: Int) throws -> [Delivery] {
        let sql = """
            SELECT delivery.id, url, body, secret, attempts
            FROM delivery JOIN webhook ON webhook.id = delivery.webhook
            WHERE due <= ? ORDER BY due, delivery.id LIMIT ?
            """
        return try database.rows(sql, .time(clock()), .number(countMax)) {
            row throws(DatabaseError) in
            Delivery(
                number: try row.integer(0), url: try row.text(1), body: try row.text(2),
                secret: try row.blob(3), attempts: try row.integer(4))
        }
    }

    /// - Parameter failure: `nil`: the receiver took it.
    func noteDelivery(_ number: Int64, attempts: Int64, failure: String?) throws {
        guard let failure else {
            return try database.run(
                "UPDATE delivery SET delivered = ?, due = NULL, failure = NULL WHERE id = ?",
                .time(clock()), .integer(number))
        }
        let isLast = attempts + 1 >= WebLimits.deliveryAttemptsMax
        let delay = min(
            WebLimits.deliveryFirstDelay * (1 << min(attempts * 2, 20)),
            WebLimits.deliveryDelayMax)
        try database.run(
            "UPDATE delivery SET attempts = attempts + 1, failure = ?, due = ? WHERE id = ?",
            .text(failure), isLast ? .null : .time(clock() + delay), .integer(number))
    }

    /// Delivered or given up.
    func dropOldDeliveries() throws {
        try database.run(
            "DELETE FROM delivery WHERE queued < ?", .time(clock() - WebLimits.deliveriesKept))
    }
}
