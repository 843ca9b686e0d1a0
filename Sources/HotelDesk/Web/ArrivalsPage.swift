// SPDX-License-Identifier: Apache-2.0
// The arrivals board: who is coming in, since when, at which door, and what to prepare. A guest who
// did not agree to be greeted by name is "a guest with a reservation for 412".
import Timebase

/// What the arrivals page shows, in one language.
struct ArrivalsPage {
    let words: Words
    let now: UnixTime
    let formToken: HTML

    func page(_ desk: Desk) throws -> (page: Page, stays: [Int64]) {
        let (arrivals, stays) = try cards(desk)
        let body: HTML = """
            <div class="columns">
            <section aria-labelledby="arrivals-title" aria-live="polite">
            <div data-region="arrivals">\(arrivals)</div>
            </section>
            <aside>
            <div data-region="alarms">\(try alarms(desk))</div>
            <div data-region="expected">\(try expected(desk))</div>
            </aside>
            </div>
            """
        return (Page(title: words("Ankünfte", "Arrivals"), body: body, live: .arrivals), stays)
    }

    // MARK: - Cards

    /// - Returns: the region, and the stays whose guest it names.
    func cards(_ desk: Desk) throws -> (html: HTML, stays: [Int64]) {
        let shown = try desk.arrivals(since: now - WebLimits.arrivalsShown)
            .filter { $0.status != .departed }
        let waiting = shown.filter { $0.greeted == nil || $0.served == nil }
        let done = shown.filter { $0.greeted != nil && $0.served != nil }
        let none: HTML = """
            <div class="empty"><strong>\(words(
                "Gerade kommt niemand an", "Nobody is arriving at the moment"))</strong>
            \(words(
                "Sobald ein erwarteter Gast in die Lobby kommt, erscheint hier seine Karte.",
                "As soon as an expected guest enters the lobby, their card appears here."))</div>
            """
        let html: HTML = """
            <div class="head"><h1 id="arrivals-title">\(words("Ankünfte", "Arrivals"))</h1>
            <span class="count">\(words(
                "\(waiting.count) zu begrüßen oder zu versorgen",
                "\(waiting.count) to greet or look after"))</span></div>
            \(waiting.isEmpty ? none : "<ul class=\"cards\">\(waiting.map(card))</ul>")
            \(done.isEmpty ? .none : """
                <h2 class="later">\(words("Erledigt", "Done"))</h2>
                <ul class="cards">\(done.map(card))</ul>
                """)
            """
        return (html, shown.filter { $0.name != nil }.map(\.stay))
    }

    private func card(_ arrival: Arrival) -> HTML {
        let isDone = arrival.greeted != nil && arrival.served != nil
        let isFresh = now - arrival.began < .seconds(2)
        let title = arrival.title(words.language)
        return """
            <li class="card \(isDone ? "done" : "waiting")\(isFresh ? " fresh" : "")" \
            data-arrival="\(arrival.number)">
            <div class="line">
            <div><p class="guest\(arrival.name == nil ? " unnamed" : "")">\
            \(Self.capitalised(title))</p>
            <p class="since"><b>\(arrival.door ?? words("Lobby", "Lobby"))</b> ·
            <time datetime="\(arrival.began.text)">\(words.ago(arrival.began, at: now))</time></p>
            </div>
            <div class="room"><small>\(words("Zimmer", "Room"))</small>\(arrival.room ?? "–")</div>
            </div>
            <ul class="tags">\(tags(arrival))</ul>
            \(wishes(arrival))
            <div class="actions">
            \(mark(arrival, "greeted", arrival.greeted, words("Begrüßt", "Greeted")))
            \(mark(arrival, "served", arrival.served, words("Versorgt", "Served")))
            <a href="/stays/\(arrival.stay)">\(words("Aufenthalt", "Stay"))\
            <span class="skip"> \(arrival.room ?? "")</span></a>
            </div>
            </li>
            """
    }

    private func tags(_ arrival: Arrival) -> [HTML] {
        var tags: [HTML] = []
        switch arrival.status {
        case .inHouse:
            tags.append("<li class=\"tag good\">\(words("Eingecheckt", "Checked in"))</li>")
        case .due:
            if arrival.missing.isEmpty {
                tags.append(
                    "<li class=\"tag\">\(words("Bereit zum Check-in", "Ready to check in"))</li>")
            }
        case .booked, .departed: break
        }
        tags += arrival.missing.map { condition in
            "<li class=\"tag wait\">\(words.missing(condition))</li>"
        }
        if let language = arrival.language {
            let name = language == .german ? "Deutsch" : "English"
            tags.append("<li class=\"tag\" lang=\"\(language.rawValue)\">\(name)</li>")
        }
        return tags
    }

    private func wishes(_ arrival: Arrival) -> HTML {
        guard !arrival.preferences.isEmpty else { return .none }
        let items: [HTML] = arrival.preferences.map { preference in
            """
            <li class="\(preference.kind.rawValue)"><span class="kind">\
            \(words.kind(preference.kind))</span><span>\(preference.wish)</span></li>
            """
        }
        return """
            <ul class="wishes" aria-label="\(words("Vorbereiten", "To prepare"))">\(items)</ul>
            """
    }

    private func mark(
        _ arrival: Arrival, _ mark: String, _ at: UnixTime?, _ label: String
    ) -> HTML {
        if let at { return "<span class=\"marked\">✓ \(label) \(words.clock(at))</span>" }
        return """
            <form method="post" action="/arrivals/\(arrival.number)/\(mark)" data-quiet>\
            \(formToken)<button class="\(mark == "greeted" ? "strong" : "")" \
            data-key="\(mark)-\(arrival.number)">\(label)</button></form>
            """
    }

    static func capitalised(_ text: String) -> String {
        text.prefix(1).uppercased() + text.dropFirst()
    }

    // MARK: - Beside them

    func alarms(_ desk: Desk) throws -> HTML {
        let alarms = try desk.openAlarms()
        guard !alarms.isEmpty else { return .none }
        return """
            <section class="panel alert" aria-labelledby="alarms-title">
            <h2 id="alarms-title">\(words("Bitte nachsehen", "Please look after"))</h2>
            \(AlarmList(words: words, now: now, formToken: formToken).html(alarms))
            </section>
            """
    }

    func expected(_ desk: Desk) throws -> HTML {
        let due = try desk.presentStays(until: now + WebLimits.arrivalsShown)
            .filter { $0.progress.checksIn && $0.progress.checkedIn == nil }
            .sorted { $0.begins < $1.begins }
        let rows: [HTML] = due.prefix(12).map { stay in
            """
            <li><a href="/stays/\(stay.number)">\(words("Zimmer", "Room")) \(stay.room ?? "–")</a>
            <span class="quiet">\(words.when(stay.begins, at: now))</span>
            <ul class="tags">\(stay.progress.missing.map { condition in
                "<li class=\"tag wait\">\(words.missing(condition))</li>" as HTML
            })</ul></li>
            """
        }
        let none: HTML = """
            <p class="quiet">\(words("Heute niemand mehr.", "Nobody more today."))</p>
            """
        return """
            <section class="panel" aria-labelledby="expected-title">
            <h2 id="expected-title">\(words("Heute erwartet", "Expected today"))</h2>
            \(rows.isEmpty ? none : "<ul class=\"rows\">\(rows)</ul>")
            </section>
            """
    }
}

extension Words {
    func kind(_ kind: Preference.Kind) -> String {
        switch kind {
        case .drink: self("Getränk", "Drink")
        case .pillow: self("Kissen", "Pillow")
        case .roomWish: self("Zimmer", "Room")
        case .extra: self("Extra", "Extra")
        case .allergy: self("Allergie", "Allergy")
        }
    }

    func missing(_ condition: CheckInCondition) -> String {
        switch condition {
        case .roomReady: self("Zimmer nicht fertig", "Room not ready")
        case .registered: self("Meldeschein fehlt", "Not registered")
        case .paid: self("Zahlung offen", "Not paid")
        }
    }

    func met(_ condition: CheckInCondition) -> String {
        switch condition {
        case .roomReady: self("Zimmer fertig", "Room ready")
        case .registered: self("Meldeschein ausgefüllt", "Registered")
        case .paid: self("Bezahlt", "Paid")
        }
    }

    func status(_ status: StayStatus) -> String {
        switch status {
        case .booked: self("Gebucht", "Booked")
        case .due: self("Wird erwartet", "Due")
        case .inHouse: self("Im Haus", "In house")
        case .departed: self("Abgereist", "Departed")
        }
    }
}
