// SPDX-License-Identifier: Apache-2.0
// A stay's visits to amenities: what each costs and which events it rests on, so that the desk can
// answer a guest who asks, and note that the guest objects.
import CommandLineKit
import Timebase

struct VisitsPanel {
    let words: Words
    let formToken: HTML

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
        <li><b>\(record.tariff)</b> \(Money.text(record.cents)) \(record.currency)
        <span class="quiet">\(words.dayAndClock(record.entered))\(record.left.map {
            " – " + words.clock($0) } ?? "")</span>
        <ul class="tags">\(tag(record))</ul>
        <ul class="evidence">\(evidence.compactMap(moment))</ul>
        \(record.disputed == nil ? objection(record) : reason(record))</li>
        """
    }

    private func tag(_ record: UsageRecord) -> HTML {
        let (kind, text) =
            switch (record.state, record.decision, record.disputed) {
            case (_, .waived?, _): ("good", words("Erlassen", "Waived"))
            case (_, .upheld?, _): ("", words("Bleibt berechnet", "Upheld"))
            case (_, nil, _?): ("wait", words("Beanstandet", "Disputed"))
            case (.open, nil, nil): ("", words("Noch da", "Still there"))
            case (.incomplete, nil, nil): ("", words("Ende nicht gesehen", "End not seen"))
            case (.complete, nil, nil): ("good", words("Vollständig", "Complete"))
            }
        return "<li class=\"tag \(kind)\">\(text)</li>"
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

    private func reason(_ record: UsageRecord) -> HTML {
        record.dispute.map { "<p class=\"quiet\">„\($0)“</p>" } ?? .none
    }

    private func objection(_ record: UsageRecord) -> HTML {
        let label = words("Beanstandung des Gastes", "What the guest objects to")
        return """
            <form method="post" action="/stays/\(record.stay)/visits/\(record.number)/dispute" \
            class="actions">\(formToken)
            <input type="text" name="reason" required minlength="3" \
            maxlength="\(WebLimits.reasonCharactersMax)" \
            autocomplete="off" aria-label="\(label)" placeholder="\(label)">
            <button>\(words("Beanstanden", "Dispute"))</button></form>
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
}
