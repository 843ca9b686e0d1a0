// SPDX-License-Identifier: Apache-2.0
// What a guest agreed to, purpose by purpose. Nothing is agreed to until it was said; every answer
// is kept with its time, where it was given and which text was shown; the last one counts.
import HotelWire
import SQLite
import Timebase

/// One answer of a guest to one purpose.
struct ConsentRecord {
    let purpose: Snapshot.Consent
    let isGiven: Bool
    let at: UnixTime
    /// Where it was given: `app`, `reception`, `booking form`.
    let source: String
    /// The version of the text the guest was shown.
    let textVersion: String
}

extension Desk {
    /// Notes a guest's answer. Withdrawing ends what was kept for the purpose alone, at once.
    ///
    /// - Parameter purpose: exactly one purpose.
    func setConsent(
        _ purpose: Snapshot.Consent, isGiven: Bool, stay number: Int64, source: String,
        textVersion: String, by actor: String
    ) throws {
        defer { if !isGiven { emptyLog() } }
        try change { changes in
            try setConsent(
                purpose, isGiven: isGiven, stay: number, source: source, textVersion: textVersion,
                by: actor, &changes)
        }
    }

    func setConsent(
        _ purpose: Snapshot.Consent, isGiven: Bool, stay number: Int64, source: String,
        textVersion: String, by actor: String, _ changes: inout [DeskChange]
    ) throws {
        precondition(purpose.rawValue.nonzeroBitCount == 1, "one purpose at a time")
        let stay = try stay(number)
        let consent = isGiven ? stay.consent.union(purpose) : stay.consent.subtracting(purpose)
        try database.run(
            """
            INSERT INTO consent (stay, purpose, is_given, at, source, text_version)
            VALUES (?, ?, ?, ?, ?, ?)
            """, .integer(number), .number(purpose.rawValue), .flag(isGiven), .time(clock()),
            .text(source), .text(textVersion))
        try database.run(
            "UPDATE stay SET consent = ? WHERE id = ?", .number(consent.rawValue),
            .integer(number))
        if !isGiven { try forget(purpose, stay: number) }
        try audit(
            actor, isGiven ? "consentGiven" : "consentWithdrawn", "stay \(number)",
            purpose.purposes.joined())
        changes.append(.stay(number))
        guard consent != stay.consent else { return }
        for gateway in try gatewaysConcerned(by: number) { changes.append(.grants(gateway)) }
    }

    /// Every answer of a stay, oldest first.
    func consentRecords(stay number: Int64) throws -> [ConsentRecord] {
        let sql = """
            SELECT purpose, is_given, at, source, text_version FROM consent
            WHERE stay = ? ORDER BY id
            """
        return try database.rows(sql, .integer(number)) { row throws(DatabaseError) in
            ConsentRecord(
                purpose: Snapshot.Consent(rawValue: try row.number(0)), isGiven: try row.flag(1),
                at: try row.time(2), source: try row.text(3), textVersion: try row.text(4))
        }
    }

    /// What is kept for one purpose only goes when the guest withdraws it. Usage records stay: what
    /// was used while it was agreed to may be billed.
    private func forget(_ purpose: Snapshot.Consent, stay number: Int64) throws {
        if purpose == .greetByName, let guest = try self.stay(number).guest {
            try dropName(ofGuest: guest)
        } else if purpose == .journeyAnalytics {
            try database.run("DELETE FROM touchpoint WHERE stay = ?", .integer(number))
        } else if purpose == .guidance {
            try database.run("DELETE FROM sighting WHERE stay = ?", .integer(number))
        } else if purpose == .recogniseArrival {
            try database.run(
                "DELETE FROM arrival WHERE stay = ? AND is_proven = 0", .integer(number))
        }
    }
}
