// SPDX-License-Identifier: Apache-2.0
// Stays and what their guests need before they can check in.
import CommandLineKit
import HotelWire
import Timebase

struct StaysPage {
    let words: Words
    let now: UnixTime
    let formToken: HTML

    // MARK: - All of them

    /// - Returns: the page, and the stays whose guest it names.
    func list(_ desk: Desk) throws -> (page: Page, stays: [Int64]) {
        let (rows, stays) = try table(desk)
        let disputes = try disputes(desk)
        let body: HTML = """
            <div class="head"><h1>\(words("Aufenthalte", "Stays"))</h1>
            <span class="count">\(words("heute und bis übermorgen", "today and the next two days"))
            </span></div>
            <div data-region="disputes">\(disputes.html)</div>
            <div data-region="stays">\(rows)</div>
            """
        return (
            Page(title: words("Aufenthalte", "Stays"), body: body, live: .stays),
            stays + disputes.stays
        )
    }

    func table(_ desk: Desk) throws -> (html: HTML, stays: [Int64]) {
        let stays = try desk.presentStays(until: now + WebLimits.staysAheadShown)
            .filter { $0.guest != nil || $0.progress.checksIn }
            .sorted { ($0.begins, $0.number) < ($1.begins, $1.number) }
        guard !stays.isEmpty else {
            return (
                """
                <div class="empty"><strong>\(words("Keine Aufenthalte", "No stays"))</strong>
                \(words("Reservierungen kommen über die API, als CSV oder mit",
                    "Reservations come by the API, as CSV or with")) \
                <code>lintel-hotel stay add</code>.</div>
                """, []
            )
        }
        let rows: [HTML] = try stays.map { stay in
            let guest = try stay.guest.map { try desk.guest($0) }
            let status = stay.status(at: now)
            let missing: [HTML] =
                status == .inHouse
                ? []
                : stay.progress.missing.map { "<li class=\"tag wait\">\(words.missing($0))</li>" }
            return """
                <tr><th scope="row"><a href="/stays/\(stay.number)">\(stay.room ?? "–")</a></th>
                <td>\(guest?.greeting ?? words("gelöscht", "erased"))</td>
                <td>\(words.dayAndClock(stay.begins))</td><td>\(words.dayAndClock(stay.ends))</td>
                <td><ul class="tags"><li class="tag\(status == .inHouse ? " good" : "")">\
                \(words.status(status))</li>\(missing)</ul></td></tr>
                """
        }
        return (
            """
            <div class="scroll"><table><thead><tr>
            <th scope="col">\(words("Zimmer", "Room"))</th>
            <th scope="col">\(words("Gast", "Guest"))</th>
            <th scope="col">\(words("Von", "From"))</th><th scope="col">\(words("Bis", "To"))</th>
            <th scope="col">\(words("Stand", "State"))</th></tr></thead>
            <tbody>\(rows)</tbody></table></div>
            """, stays.filter { $0.guest != nil }.map(\.number)
        )
    }

    /// What guests object to and nobody decided on; nothing where there is none.
    func disputes(_ desk: Desk) throws -> (html: HTML, stays: [Int64]) {
        let visits = try desk.disputedUsage()
        guard !visits.isEmpty else { return (.none, []) }
        let rows: [HTML] = try visits.map { visit in
            let room = try desk.stay(visit.stay).room ?? "–"
            let mark = VisitsPanel.mark(of: visit.number)
            return """
                <li><a href="/stays/\(visit.stay)#\(mark)" data-key="\(mark)">\
                \(words("Zimmer", "Room")) \(room): \(visit.tariff) \(words.price(of: visit))</a>
                <span class="quiet">\(visit.disputed.map { words.when($0, at: now) } ?? "")</span>
                <p class="said">\(visit.dispute.map(words.quoted) ?? "")</p></li>
                """
        }
        return (
            """
            <section class="panel" aria-labelledby="disputes-title">
            <h2 id="disputes-title">\(words("Offene Beanstandungen", "Open disputes"))</h2>
            <ul class="rows">\(rows)</ul></section>
            """, visits.map(\.stay)
        )
    }

    // MARK: - One of them

    func one(_ stay: DeskStay, _ desk: Desk, problem: String? = nil) throws -> Page {
        let guest = try stay.guest.map { try desk.guest($0) }
        let preferences = try guest.map { try desk.preferences(of: $0.number) } ?? []
        let status = stay.status(at: now)
        let visits = VisitsPanel(words: words, now: now, formToken: formToken)
        let notice: HTML = problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" } ?? .none
        let body: HTML = """
            <div class="head"><h1>\(words("Zimmer", "Room")) \(stay.room ?? "–")</h1>
            <ul class="tags"><li class="tag\(status == .inHouse ? " good" : "")">\
            \(words.status(status))</li></ul></div>
            \(notice)
            <div class="columns"><div>
            \(stay.progress.checksIn ? checkIn(stay, status) : .none)
            \(try visits.html(desk, stay: stay.number))
            \(try timeline(stay, desk))
            </div><aside>
            <section class="panel"><h2>\(words("Gast", "Guest"))</h2>
            <dl class="facts"><dt>\(words("Name", "Name"))</dt><dd>\(guest?.greeting ?? "–")</dd>
            <dt>\(words("Sprache", "Language"))</dt><dd>\(guest.map {
                $0.language == .german ? "Deutsch" : "English" } ?? "–")</dd>
            <dt>\(words("Von", "From"))</dt><dd>\(words.dayAndClock(stay.begins))</dd>
            <dt>\(words("Bis", "To"))</dt><dd>\(words.dayAndClock(stay.ends))</dd>
            <dt>\(words("Referenz", "Reference"))</dt><dd>\(stay.reference ?? "–")</dd></dl>
            \(wishes(preferences))
            </section>
            <section class="panel"><h2>\(words("Einwilligungen", "Consent"))</h2>
            \(consent(stay))</section>
            </aside></div>
            """
        return Page(title: words("Zimmer", "Room") + " \(stay.room ?? "–")", body: body)
    }

    private func wishes(_ preferences: [Preference]) -> HTML {
        guard !preferences.isEmpty else { return .none }
        let items: [HTML] = preferences.map { preference in
            """
            <li class="\(preference.kind.rawValue)"><span class="kind">\
            \(words.kind(preference.kind))</span><span>\(preference.wish)</span></li>
            """
        }
        return "<ul class=\"wishes\">\(items)</ul>"
    }

    private func checkIn(_ stay: DeskStay, _ status: StayStatus) -> HTML {
        let conditions: [HTML] = CheckInCondition.allCases.map { condition in
            let isMet = stay.progress.conditions.contains(condition)
            return """
                <form method="post" action="/stays/\(stay.number)/conditions" \
                class="\(isMet ? "met" : "")">\(formToken)
                <input type="hidden" name="condition" value="\(condition.rawValue)">
                <input type="hidden" name="met" value="\(isMet ? "no" : "yes")">
                <span>\(isMet ? "✓ \(words.met(condition))" : words.missing(condition))</span>
                <button aria-label="\(words.met(condition)): \
                \(isMet ? words("zurücknehmen", "take back") : words("bestätigen", "confirm"))">\
                \(isMet ? words("Zurücknehmen", "Take back") : words("Bestätigen", "Confirm"))\
                </button></form>
                """
        }
        var steps: [HTML] = []
        if status == .due || status == .booked {
            steps.append(step(stay, "check-in", words("Einchecken", "Check in"), isStrong: true))
        }
        if stay.progress.checkedIn != nil, status == .inHouse {
            steps.append(step(stay, "departure", words("Auschecken", "Check out"), isStrong: true))
            steps.append(
                step(stay, "undo-check-in", words("Check-in zurücknehmen", "Undo check-in")))
        }
        if stay.progress.departed != nil {
            steps.append(
                step(stay, "undo-departure", words("Check-out zurücknehmen", "Undo check-out")))
        }
        return """
            <section class="panel"><h2>Check-in</h2>
            <div class="conditions">\(conditions)</div>
            <p class="hint">\(words(
                "Sind alle drei erfüllt, checkt der Gast beim Betreten der Lobby selbst ein.",
                "Once all three are met, the guest checks in by entering the lobby."))</p>
            <div class="actions">\(steps)</div></section>
            """
    }

    private func step(
        _ stay: DeskStay, _ step: String, _ label: String, isStrong: Bool = false
    ) -> HTML {
        """
        <form method="post" action="/stays/\(stay.number)/\(step)">\(formToken)\
        <button class="\(isStrong ? "strong" : "")">\(label)</button></form>
        """
    }

    private func consent(_ stay: DeskStay) -> HTML {
        let rows: [HTML] = Snapshot.Consent.names.map { name, purpose in
            let isGiven = stay.consent.contains(purpose)
            return """
                <li>\(words.purpose(name)) <span class="\(isGiven ? "marked" : "quiet")">\
                \(isGiven ? words("✓ ja", "✓ yes") : words("nein", "no"))</span></li>
                """
        }
        return "<ul class=\"rows\">\(rows)</ul>"
    }

    private func timeline(_ stay: DeskStay, _ desk: Desk) throws -> HTML {
        let points = try desk.timeline(stay: stay.number)
        guard !points.isEmpty else { return .none }
        let rows: [HTML] = points.map { point in
            """
            <li><b>\(words.touchpoint(point.kind))</b> \(point.door ?? "")
            <span class="quiet">\(words.dayAndClock(point.at))</span></li>
            """
        }
        return """
            <section class="panel"><h2>\(words("Verlauf", "Journey"))</h2>
            <ul class="rows">\(rows)</ul></section>
            """
    }
}

extension Words {
    func purpose(_ name: String) -> String {
        switch name {
        case "recogniseArrival": self("Ankunft erkennen", "Recognise the arrival")
        case "greetByName": self("Mit Namen begrüßen", "Greet by name")
        case "guidance": self("Zum Zimmer führen", "Lead to the room")
        case "handsFreeRoom": self("Zimmer freihändig öffnen", "Open the room hands-free")
        case "journeyAnalytics": self("Wege auswerten", "Evaluate the journey")
        case "usageBilling": self("Nutzung abrechnen", "Bill what is used")
        default: name
        }
    }

    func touchpoint(_ kind: Touchpoint.Kind) -> String {
        switch kind {
        case .arrival: self("Ankunft", "Arrival")
        case .checkIn: self("Check-in", "Check-in")
        case .roomEntry: self("Zimmer betreten", "Entered the room")
        case .amenityEntry: self("Angebot betreten", "Entered an amenity")
        case .amenityExit: self("Angebot verlassen", "Left an amenity")
        case .departure: self("Abreise", "Departure")
        }
    }
}
