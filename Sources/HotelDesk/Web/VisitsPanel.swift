// SPDX-License-Identifier: Apache-2.0
// A stay's visits to amenities: what each costs and which events it rests on, so that the desk can
// answer a guest who asks, note that the guest objects, and decide what becomes of it.
import CommandLineKit
import Timebase

struct VisitsPanel {
    let words: Words
    let now: UnixTime
    let formToken: HTML

    /// Where on the stay's page a visit stands.
    static func mark(of visit: Int64) -> String { "visit-\(visit)" }

    /// Nothing where there are no visits.
    func html(_ desk: Desk, stay: Int64) throws -> HTML {
        let records = try desk.usage(stay: stay, since: UnixTime(seconds: 0))
        guard !records.isEmpty else { return .none }
        let rows = try records.map { visit($0, try desk.evidence(of: $0)) }
        return """
            <section class="panel" aria-labelledby="visits-title">
            <h2 id="visits-title">\(words("Besuche", "Visits"))</h2>
            <ul class="rows">\(rows)</ul></section>
            """
    }

    private func visit(_ record: UsageRecord, _ evidence: [Evidence]) -> HTML {
        """
        <li id="\(Self.mark(of: record.number))"><b>\(record.tariff)</b> \(words.price(of: record))
        <span class="quiet">\(words.dayAndClock(record.entered))\(record.left.map {
            " – " + words.clock($0) } ?? "")</span>
        <ul class="tags">\(tags(record))</ul>
        <ul class="evidence">\(evidence.compactMap(moment))</ul>
        \(history(record))
        \(step(record))</li>
        """
    }

    private func tags(_ record: UsageRecord) -> HTML {
        let (kind, text) =
            switch (record.state, record.decision, record.disputed) {
            case (_, .waived?, _): ("good", words.decision(.waived))
            case (_, .upheld?, _): ("", words.decision(.upheld))
            case (_, nil, _?): ("wait", words("Beanstandet", "Disputed"))
            case (.open, nil, nil): ("", words("Noch da", "Still there"))
            case (.incomplete, nil, nil): ("", words("Ende nicht gesehen", "End not seen"))
            case (.complete, nil, nil): ("good", words("Vollständig", "Complete"))
            }
        let billed: HTML =
            record.exported == nil
            ? .none : "<li class=\"tag\">\(words("Auf der Rechnung", "On the bill"))</li>"
        return "<li class=\"tag \(kind)\">\(text)</li>\(billed)"
    }

    /// An event in words: `26 Nov 15:04 spa Pass accepted`.
    private func moment(_ evidence: Evidence) -> HTML? {
        guard let said = evidence.line.flatMap({ JSONValue($0.utf8) }),
            let kind = said["event"]?.string
        else { return nil }
        let at = said["wall"]?.string.flatMap { UnixTime(text: $0) }
        return """
            <li>\(at.map { words.dayAndClock($0) } ?? "–") \(said["door"]?.string ?? "")
            \(words.evidence(kind)) <code>\(evidence.event.description)</code></li>
            """
    }

    /// What the guest said, and what was answered.
    private func history(_ record: UsageRecord) -> HTML {
        let objection = said(words("Beanstandet", "Disputed"), record.disputed, record.dispute)
        let answer = record.decision.map {
            said(words.decision($0), record.decided, record.grounds)
        }
        return "\(objection)\(answer)"
    }

    private func said(_ what: String, _ at: UnixTime?, _ why: String?) -> HTML {
        guard let at else { return .none }
        let text: HTML = why.map { ": \(words.quoted($0))" } ?? .none
        return """
            <p class="said">\(what) <span class="quiet">\(words.when(at, at: now))</span>\(text)</p>
            """
    }

    /// What can be done now. Where something is charged the guest may object, also once more and
    /// in other words.
    private func step(_ record: UsageRecord) -> HTML {
        if record.isDisputed { return decision(record) }
        return record.decision == .waived ? .none : objection(record)
    }

    private func objection(_ record: UsageRecord) -> HTML {
        let label = words("Beanstandung des Gastes", "What the guest objects to")
        return """
            \(form(record, "dispute"))<div class="actions">\(reason(label))
            <button>\(words("Beanstanden", "Dispute"))</button></div></form>
            """
    }

    /// Neither choice is made beforehand: a hasty Enter decides nothing.
    private func decision(_ record: UsageRecord) -> HTML {
        let choices: [HTML] = UsageRecord.Decision.allCases.reversed().map { decision in
            """
            <label><input type="radio" name="decision" value="\(decision.rawValue)" required>
            \(words.choice(decision, isBilled: record.exported != nil))</label>
            """
        }
        let label = words("Grund; der Gast kann ihn lesen", "Reason; the guest can read it")
        return """
            \(form(record, "decision"))<fieldset class="decision">
            <legend>\(words("Entscheiden", "Decide"))</legend>\(choices)
            <div class="actions">\(reason(label))
            <button class="strong">\(words("Entscheiden", "Decide"))</button></div>
            </fieldset></form>
            """
    }

    private func form(_ record: UsageRecord, _ step: String) -> HTML {
        """
        <form method="post" action="/stays/\(record.stay)/visits/\(record.number)/\(step)">\
        \(formToken)
        """
    }

    private func reason(_ label: String) -> HTML {
        """
        <input type="text" name="reason" required minlength="3" \
        maxlength="\(WebLimits.reasonCharactersMax)" \
        autocomplete="off" aria-label="\(label)" placeholder="\(label)">
        """
    }
}

extension Words {
    /// What an event says of a visit; one we have no words for stands as it is.
    func evidence(_ kind: String) -> String {
        switch kind {
        case "granted": self("Pass angenommen", "pass accepted")
        case "opened": self("Tür geöffnet", "door opened")
        default: kind
        }
    }

    func decision(_ decision: UsageRecord.Decision) -> String {
        switch decision {
        case .upheld: self("Bleibt berechnet", "Upheld")
        case .waived: self("Erlassen", "Waived")
        }
    }

    /// - Parameter isBilled: whether the bill has the visit already.
    func choice(_ decision: UsageRecord.Decision, isBilled: Bool) -> String {
        switch (decision, isBilled) {
        case (.waived, false):
            self("Erlassen: kommt nicht auf die Rechnung", "Waive: it stays off the bill")
        case (.waived, true):
            self(
                "Erlassen: steht schon auf der Rechnung, dort gutschreiben",
                "Waive: it is on the bill already, credit it there")
        case (.upheld, _): self("Bestätigen: bleibt berechnet", "Uphold: the charge stays")
        }
    }

    /// `9,00 EUR`
    func price(of record: UsageRecord) -> String {
        "\(decimal(Money.text(record.cents))) \(record.currency)"
    }

    func quoted(_ text: String) -> String { self("„\(text)“", "“\(text)”") }
}
