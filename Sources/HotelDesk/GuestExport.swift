// SPDX-License-Identifier: Apache-2.0
// Everything the hotel's records say of one guest (GDPR Art. 15 and 20), as one JSON object.
import CommandLineKit
import SQLite
import Timebase

extension Desk {
    /// The guest's data; that they were handed out is audited.
    func exportGuest(_ number: Int64, by actor: String) throws -> String {
        try change { _ in
            let guest = try guest(number)
            try audit(actor, "exported", "guest \(number)")
            var line = JSONLine()
            line.add("format", 2)
            line.add("taken", clock().text)
            line.add("guest", literal: JSONLine(api: guest).text)
            let preferences = try preferences(of: number)
            line.add("preferences", list: preferences.map { JSONLine(api: $0).text })
            let stays = try stayNumbers(ofGuest: number)
            line.add("stays", list: try stays.map { try export(stay: $0) })
            line.add("audit", list: try auditLines(of: "guest \(number)"))
            return line.text
        }
    }

    private func export(stay number: Int64) throws -> String {
        let start = UnixTime(seconds: 0)
        var line = JSONLine()
        let stay = try stay(number)
        line.add("stay", literal: JSONLine(api: stay, at: clock()).text)
        line.add("held", stay.held)
        line.add("consent", list: try consentRecords(stay: number).map { JSONLine(api: $0).text })
        line.add("passes", list: try passes(ofStay: number).map { JSONLine(api: $0).text })
        line.add("arrivals", list: try arrivals(ofStay: number).map { JSONLine(api: $0).text })
        line.add("moments", list: try timeline(stay: number).map { JSONLine(api: $0).text })
        line.add("lastSeen", literal: try lastSeen(stay: number) ?? "null")
        let visits = try usage(stay: number, since: start)
        line.add("visits", list: visits.map { JSONLine(api: $0).text })
        line.add("events", list: try eventLines(stay: number))
        line.add("sentTo", list: try messages(stay: number))
        line.add("audit", list: try auditLines(of: "stay \(number)"))
        return line.text
    }

    private func auditLines(of subject: String) throws -> [String] {
        try auditTrail(of: subject, countMax: .max).map { JSONLine($0).text }
    }

    /// Where the guest was seen last, while the guest is led.
    private func lastSeen(stay number: Int64) throws -> String? {
        let sql = """
            SELECT gateway.name, at_ms FROM sighting JOIN gateway ON gateway.id = sighting.gateway
            WHERE stay = ?
            """
        return try database.row(sql, .integer(number)) { row throws(DatabaseError) in
            var line = JSONLine()
            line.add("gateway", try row.text(0))
            line.add("at", try row.milliseconds(1).text)
            return line.text
        }
    }

    /// What other systems were told, or are to be told.
    private func messages(stay number: Int64) throws -> [String] {
        let sql = """
            SELECT url, body, delivered FROM delivery JOIN webhook ON webhook.id = delivery.webhook
            WHERE stay = ? AND body != '' ORDER BY delivery.id
            """
        return try database.rows(sql, .integer(number)) { row throws(DatabaseError) in
            var line = JSONLine()
            line.add("url", try row.text(0))
            line.add("message", literal: try row.text(1))
            line.add("delivered", try row.optionalTime(2)?.text)
            return line.text
        }
    }

    /// The gateways' own words, where they are what gateways send.
    private func eventLines(stay number: Int64) throws -> [String] {
        let sql = """
            SELECT line FROM event WHERE pass IN (SELECT id FROM pass WHERE stay = ?)
            ORDER BY wall, gateway, boot, sequence
            """
        return try database.rows(sql, .integer(number)) { row throws(DatabaseError) in
            try row.text(0)
        }.filter { JSONValue($0.utf8) != nil }
    }
}
