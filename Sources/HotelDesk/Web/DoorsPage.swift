// SPDX-License-Identifier: Apache-2.0
// Gateways and doors: how they are, what is not yet effective, alarms, and opening from afar, which
// needs a reason and is signed, audited and obeyed once.
import Timebase

struct DoorsPage {
    let words: Words
    let now: UnixTime
    let mayOpen: Bool
    let formToken: HTML

    func page(_ desk: Desk) throws -> Page {
        let body: HTML = """
            <div class="head"><h1>\(words("Türen", "Doors"))</h1></div>
            <div data-region="alarms">\(try alarms(desk))</div>
            <div data-region="places">\(try places(desk))</div>
            """
        return Page(title: words("Türen", "Doors"), body: body, live: .doors)
    }

    func alarms(_ desk: Desk) throws -> HTML {
        try ArrivalsPage(words: words, now: now, formToken: formToken).alarms(desk)
    }

    func places(_ desk: Desk) throws -> HTML {
        let places = try desk.places()
        guard !places.isEmpty else {
            return """
                <div class="empty"><strong>\(words(
                    "Noch kein Gateway", "No gateway yet"))</strong>
                \(words("‘lintel-hotel gateway add’ macht eines bekannt.",
                    "‘lintel-hotel gateway add’ makes one known."))</div>
                """
        }
        return "\(places.map(place))"
    }

    private func place(_ place: GatewayPlace) -> HTML {
        let seen = place.seen.map { words.ago($0, at: now) } ?? words("nie", "never")
        var tags: [HTML] = []
        tags.append(
            place.isOnline
                ? "<li class=\"tag good\">\(words("Verbunden", "Online"))</li>"
                : """
                <li class="tag bad">\(words("Nicht verbunden", "Offline")) · \
                \(words("zuletzt gehört: \(seen)", "last heard: \(seen)"))</li>
                """)
        if !place.isEffective {
            tags.append(
                "<li class=\"tag wait\">\(words("Noch nicht wirksam", "Not yet effective"))</li>")
        }
        if let clock = place.clock, clock != "trusted" {
            tags.append("<li class=\"tag wait\">\(words("Uhr unsicher", "Clock not sure"))</li>")
        }
        tags += place.alarms.map { "<li class=\"tag bad\">\($0)</li>" }
        return """
            <section class="place" aria-labelledby="gateway-\(place.gateway.id.description)">
            <header><h2 id="gateway-\(place.gateway.id.description)">\(place.gateway.name)</h2>
            <ul class="tags">\(tags)</ul></header>
            <ul class="doors">\(place.doors.map { door($0, place) })</ul>
            </section>
            """
    }

    private func door(_ door: DoorPlace, _ place: GatewayPlace) -> HTML {
        let opening: HTML =
            mayOpen
            ? """
            <a class="button" href="/open?door=\(PageQuery.escaped(door.door.name))" \
            data-key="open-\(door.door.name)">\(words("Öffnen …", "Open …"))</a>
            """ : .none
        let mode: HTML =
            door.mode.map {
                $0 == "normal" ? .none : "<li class=\"tag wait\">\(words.mode($0))</li>"
            }
            ?? .none
        let alarms: [HTML] = door.alarms.map { "<li class=\"tag bad\">\(words.alarm($0))</li>" }
        return """
            <li class="door\(door.alarms.isEmpty ? "" : " trouble")">
            <h3>\(door.door.name)</h3>
            <p class="quiet">\(words.kind(door.door.kind))</p>
            <ul class="tags"><li class="tag\(door.state == "locked" ? " good" : "")">\
            \(words.state(place.isOnline ? door.state : nil))</li>\(mode)\(alarms)</ul>
            <div class="actions">\(opening)</div>
            </li>
            """
    }

    /// The form that opens one door.
    func opening(of door: DeskDoor, _ desk: Desk, problem: String?, reason: String) throws -> Page {
        let notice: HTML = problem.map { "<p class=\"problem\" role=\"alert\">\($0)</p>" } ?? .none
        let body: HTML = """
            <div class="narrow panel">
            <h1>\(words("Tür \(door.name) öffnen", "Open door \(door.name)"))</h1>
            <p class="hint">\(words(
                "Das Gateway öffnet einmal, sofort. Ihr Name und der Grund stehen im Protokoll.",
                "The gateway opens once, at once. Your name and the reason go into the audit."))</p>
            \(notice)
            <form method="post" action="/open">\(formToken)
            <input type="hidden" name="door" value="\(door.name)">
            <div class="field"><label for="reason">\(words("Grund", "Reason"))</label>
            <input type="text" id="reason" name="reason" required minlength="3" \
            maxlength="\(WebLimits.reasonCharactersMax)" \
            autocomplete="off" autofocus value="\(reason)"></div>
            <div class="actions"><button class="strong">\
            \(words("Jetzt öffnen", "Open now"))</button>
            <a class="button" href="/doors">\(words("Abbrechen", "Cancel"))</a></div>
            </form></div>
            """
        return Page(
            title: words("Öffnen", "Open"), body: body, status: problem == nil ? 200 : 422)
    }
}

extension Words {
    func kind(_ kind: DeskDoorKind) -> String {
        switch kind {
        case .guestRoom: self("Gästezimmer", "Guest room")
        case .shared: self("Gemeinsam", "Shared")
        case .amenity: self("Angebot", "Amenity")
        case .staff: self("Personal", "Staff")
        case .lobby: self("Lobby", "Lobby")
        }
    }

    /// - Parameter state: `nil`: nothing is known.
    func state(_ state: String?) -> String {
        switch state {
        case "locked": self("Verschlossen", "Locked")
        case "unlocked": self("Entriegelt", "Unlocked")
        case "open": self("Offen", "Open")
        case "faulty": self("Gestört", "Faulty")
        default: self("Unbekannt", "Unknown")
        }
    }

    func mode(_ mode: String) -> String {
        switch mode {
        case "lockdown": self("Gesperrt", "Lockdown")
        case "freeAccess", "free-access": self("Freier Zutritt", "Free access")
        case "service": self("Wartung", "Service")
        default: mode
        }
    }
}

/// Values within a link.
enum PageQuery {
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || (48...57).contains(byte)
                    || "-._~".utf8.contains(byte))
            guard !isPlain else { return String(Character(scalar)) }
            return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }

    /// Keeps the slashes.
    static func escapedPath(_ text: some StringProtocol) -> String {
        text.split(separator: "/", omittingEmptySubsequences: false)
            .map { escaped(String($0)) }.joined(separator: "/")
    }
}
