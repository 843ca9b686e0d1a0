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
            line.add("format", 1)
            line.add("taken", clock().text)
            line.add("guest", literal: JSONLine(guest).text)
            line.add("preferences", list: try preferences(of: number).map { JSONLine($0).text })
            let stays = try stayNumbers(ofGuest: number)
            line.add("stays", list: try stays.map { try export(stay: $0) })
            line.add("audit", list: try auditLines(of: "guest \(number)"))
            return line.text
        }
    }

    private func export(stay number: Int64) throws -> String {
        let start = UnixTime(seconds: 0)
        var line = JSONLine()
        line.add("stay", literal: JSONLine(try stay(number), at: clock()).text)
        line.add("consent", list: try consentRecords(stay: number).map { JSONLine($0).text })
        line.add("passes", list: try passes(ofStay: number).map { JSONLine($0).text })
        line.add("arrivals", list: try arrivalLines(stay: number))
        line.add("moments", list: try timeline(stay: number).map { JSONLine($0).text })
        line.add("visits", list: try usage(stay: number, since: start).map { JSONLine($0).text })
        line.add("events", list: try eventLines(stay: number))
        line.add("audit", list: try auditLines(of: "stay \(number)"))
        return line.text
    }

    private func auditLines(of subject: String) throws -> [String] {
        try auditTrail(of: subject, countMax: .max).map { JSONLine($0).text }
    }

    private func arrivalLines(stay number: Int64) throws -> [String] {
        try arrivals(ofStay: number).map { JSONLine($0).text }
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
