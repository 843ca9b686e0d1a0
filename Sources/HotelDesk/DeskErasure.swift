// SPDX-License-Identifier: Apache-2.0
// Erasing one guest (GDPR Art. 17): name, wishes, keys and every trace of movement go; what remains
// of a stay is a room, two dates and what was billed.
import HotelWire
import SQLite
import Timebase

/// What erasing a guest did.
struct Erasure: Equatable {
    let guest: Int64
    let stays: [Int64]
    /// Events made anonymous.
    var events: Int64 = 0
    /// Where the guest's name still stands, as `command.reason`: in words of staff, or because
    /// another guest has the same name.
    var leftovers: [String] = []
}

extension Desk {
    /// Erases a guest whose stays are over, and looks for what is left.
    ///
    /// - Throws: `erasureRefused` while a stay is not over, is held, or has something to be billed.
    func eraseGuest(_ number: Int64, by actor: String) throws -> Erasure {
        let name = try guest(number).name
        var erasure = try erase(guest: number, by: actor)
        try checkpoint()
        if !name.isEmpty { erasure.leftovers = try places(of: name) }
        return erasure
    }

    /// Erases alone: the log is to be emptied afterwards, and nothing was looked for.
    func erase(guest number: Int64, by actor: String) throws -> Erasure {
        try change { changes in
            let stays = try stayNumbers(ofGuest: number)
            for stay in stays { try checkErasable(stay, of: number) }
            var erasure = Erasure(guest: number, stays: stays)
            for stay in stays {
                erasure.events += try eraseStay(stay)
                changes.append(.stay(stay))
            }
            try database.run(
                "UPDATE audit SET detail = '' WHERE subject = ?", .text("guest \(number)"))
            try database.run("DELETE FROM guest WHERE id = ?", .integer(number))
            try audit(actor, "guestErased", "guest \(number)", "\(stays.count) stays")
            return erasure
        }
    }

    private func checkErasable(_ number: Int64, of guest: Int64) throws {
        let stay = try stay(number)
        let status = stay.status(at: clock())
        if status != .departed {
            throw DeskError.erasureRefused(
                guest, "stay \(number) is \(status.rawValue); check it out first")
        }
        if let reason = stay.held {
            throw DeskError.erasureRefused(guest, "stay \(number) is held: \(reason)")
        }
        let unbilled = try usage(stay: number, since: UnixTime(seconds: 0)).contains {
            $0.exported == nil && $0.decision != .waived
        }
        if unbilled {
            throw DeskError.erasureRefused(guest, "visits of stay \(number) are not billed yet")
        }
    }

    private func eraseStay(_ number: Int64) throws -> Int64 {
        var events: Int64 = 0
        while true {
            let count = try anonymise("stay.id = ?", .integer(number))
            events += count
            if count < Int64(DeskLimits.retentionEventsMax) { break }
        }
        try eraseReports(number)
        for table in ["arrival", "touchpoint", "sighting", "admitted", "consent", "pass"] {
            try database.run("DELETE FROM \(table) WHERE stay = ?", .integer(number))
        }
        try database.run(
            "UPDATE usage SET \(Self.visitWithoutMoments) WHERE stay = ?", .integer(number))
        // Departed for good: an erased stay never opens a door again.
        try database.run(
            """
            UPDATE stay SET guest = NULL, reference = NULL, consent = 0,
                departed = coalesce(departed, ends) WHERE id = ?
            """, .integer(number))
        try database.run(
            "UPDATE audit SET detail = '' WHERE subject = ?", .text("stay \(number)"))
        // Not sent any more, and not sent anew: the subject tells that it was told.
        try database.run(
            "UPDATE delivery SET body = '', due = NULL WHERE stay = ?", .integer(number))
        return events
    }

    /// Bundles of gateways name passes.
    private func eraseReports(_ stay: Int64) throws {
        try database.run(
            """
            DELETE FROM gateway_report WHERE EXISTS (SELECT 1 FROM pass WHERE stay = ?
                AND instr(body, CAST(printf('%016x', pass.id) AS BLOB)) > 0)
            """, .integer(stay))
    }

    /// Every column of text in which the words stand.
    func places(of words: String) throws -> [String] {
        let columns = try database.rows(
            """
            SELECT schema.name, info.name FROM sqlite_schema AS schema
                JOIN pragma_table_info(schema.name) AS info
            WHERE schema.type = 'table' AND info.type IN ('TEXT', 'BLOB')
            ORDER BY schema.name, info.cid
            """
        ) { row throws(DatabaseError) in (try row.text(0), try row.text(1)) }
        return try columns.compactMap { table, column in
            let sql = "SELECT 1 FROM \"\(table)\" WHERE instr(\"\(column)\", ?) > 0 LIMIT 1"
            let found = try database.row(sql, .text(words)) { row throws(DatabaseError) in
                try row.integer(0)
            }
            return found == nil ? nil : "\(table).\(column)"
        }
    }
}
