// SPDX-License-Identifier: Apache-2.0
// Who did and saw what, newest first.

struct AuditPage {
    let words: Words

    func page(_ desk: Desk, subject: String?) throws -> Page {
        let entries = try desk.auditTrail(of: subject, countMax: WebLimits.auditLinesMax)
        let rows: [HTML] = entries.map { entry in
            """
            <tr><td><time datetime="\(entry.at.text)">\(words.dayAndClock(entry.at))</time></td>
            <td>\(entry.actor)</td><td>\(words.action(entry.action))</td>
            <td><a href="/audit?subject=\(PageQuery.escaped(entry.subject))">\
            \(entry.subject)</a></td>
            <td>\(entry.detail)</td></tr>
            """
        }
        let of: HTML =
            subject.map { subject in
                """
                <span class="count">\(subject) · <a href="/audit">\(words("alle", "all"))</a></span>
                """
            } ?? .none
        let none: HTML = """
            <div class="empty"><strong>\(words("Noch nichts", "Nothing yet"))</strong></div>
            """
        return Page(
            title: words("Protokoll", "Audit"),
            body: """
                <div class="head"><h1>\(words("Protokoll", "Audit"))</h1>\(of)</div>
                \(rows.isEmpty ? none : """
                    <div class="scroll"><table><thead><tr>
                    <th scope="col">\(words("Zeit", "Time"))</th>
                    <th scope="col">\(words("Wer", "Who"))</th>
                    <th scope="col">\(words("Was", "What"))</th>
                    <th scope="col">\(words("Woran", "To what"))</th>
                    <th scope="col">\(words("Näheres", "Detail"))</th></tr></thead>
                    <tbody>\(rows)</tbody></table></div>
                    """)
                """)
    }
}

extension Words {
    /// What the audit calls an action, in words; one we have none for stands as it is.
    func action(_ action: String) -> String {
        switch action {
        case "viewed": self("gesehen", "viewed")
        case "loggedIn": self("angemeldet", "logged in")
        case "loginFailed": self("Anmeldung gescheitert", "login failed")
        case "loggedOut": self("abgemeldet", "logged out")
        case "checkedIn": self("eingecheckt", "checked in")
        case "checkInUndone": self("Check-in zurückgenommen", "check-in undone")
        case "departed": self("ausgecheckt", "checked out")
        case "departureUndone": self("Check-out zurückgenommen", "check-out undone")
        case "conditionMet": self("Bedingung erfüllt", "condition met")
        case "conditionCleared": self("Bedingung zurückgenommen", "condition cleared")
        case "consentGiven": self("Einwilligung gegeben", "consent given")
        case "consentWithdrawn": self("Einwilligung zurückgenommen", "consent withdrawn")
        case "openingOrdered": self("Öffnung angeordnet", "opening ordered")
        case "alarmAcknowledged": self("Alarm gesehen", "alarm acknowledged")
        case "greeted": self("begrüßt", "greeted")
        case "served": self("versorgt", "served")
        case "guestAdded": self("Gast angelegt", "guest added")
        case "guestChanged": self("Gast geändert", "guest changed")
        case "stayAdded": self("Aufenthalt angelegt", "stay added")
        case "stayChanged": self("Aufenthalt geändert", "stay changed")
        case "preferenceAdded": self("Wunsch notiert", "wish noted")
        case "preferenceRemoved": self("Wunsch entfernt", "wish removed")
        case "usageDisputed": self("Besuch beanstandet", "visit disputed")
        case "usageUpheld": self("Berechnung bestätigt", "charge upheld")
        case "usageWaived": self("Besuch erlassen", "charge waived")
        case "usageExported": self("an die Rechnung gegeben", "handed to the bill")
        case "staffAdded": self("Konto angelegt", "account added")
        case "staffEnded": self("Konto beendet", "account ended")
        case "passwordSet": self("Passwort gesetzt", "password set")
        default: action
        }
    }
}
