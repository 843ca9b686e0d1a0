// SPDX-License-Identifier: Apache-2.0
// Figures of a period: how far arrivals came and how long it took, busy hours, denials and false
// alarms. Of stays that agreed to it; of the others only totals that name nobody.
import CommandLineKit
import Glibc
import HTTP
import Timebase

struct FiguresPage {
    let words: Words
    let now: UnixTime
    /// Days back from now.
    let days: Int64

    static let periods: [Int64] = [1, 7, 30, 90]

    init(words: Words, now: UnixTime, days: String?) {
        self.words = words
        self.now = now
        let wanted = days.flatMap { Int64($0) } ?? 7
        self.days = Self.periods.contains(wanted) ? wanted : 7
    }

    private var from: UnixTime { now - .hours(24 * days) }

    func figures(_ desk: Desk) throws -> JourneyFigures {
        try desk.figures(from: from, to: now + .hours(24), offset: Self.offset(at: now))
    }

    func csv(_ desk: Desk) throws -> HTTPReply {
        reply("text/csv; charset=utf-8", try desk.journeys(from: from, to: now).csv, "csv")
    }

    func json(_ desk: Desk) throws -> HTTPReply {
        reply(HTTPReply.json, JSONLine(try figures(desk)).text + "\n", "json")
    }

    func drawing(_ desk: Desk) throws -> HTTPReply {
        var reply = HTTPReply(
            "image/svg+xml", FiguresDrawing(figures: try figures(desk), words: words).svg)
        // Drawn with colours of its own, and nothing that could run.
        reply.headers = [
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
            )
        ]
        return reply
    }

    private func reply(_ type: String, _ text: String, _ ending: String) -> HTTPReply {
        var reply = HTTPReply(type, text)
        reply.headers =
            PageFrame.headers + [
                ("Content-Disposition", "attachment; filename=\"figures-\(days)d.\(ending)\"")
            ]
        return reply
    }

    func page(_ desk: Desk) throws -> Page {
        let figures = try figures(desk)
        let periods: [HTML] = Self.periods.map { period in
            let label = words(
                period == 1 ? "Heute" : "\(period) Tage", period == 1 ? "Today" : "\(period) days")
            return """
                <a class="button" href="/figures?days=\(period)"\(period == days
                    ? " aria-current=\"true\"" : .none)>\(label)</a>
                """
        }
        return Page(
            title: words("Zahlen", "Figures"),
            body: """
                <div class="head"><h1>\(words("Zahlen", "Figures"))</h1>
                <div class="actions periods">\(periods)</div></div>
                <div class="tiles">\(tiles(figures))</div>
                <section class="panel figure"><img src="/figures.svg?days=\(days)" \
                alt="\(words(
                    "Wie weit Aufenthalte kamen, und wann Türen geöffnet wurden",
                    "How far stays came, and when doors were opened"))"></section>
                <p class="hint">\(words(
                    "Einzeln gezählt werden nur Aufenthalte, die der Auswertung zugestimmt haben; "
                        + "alle anderen nur in Summen ab zehn.",
                    "Only stays that agreed to it are counted one by one; all others only in "
                        + "totals of ten and more."))</p>
                <p class="actions"><a class="button" href="/figures.csv?days=\(days)">CSV</a>
                <a class="button" href="/figures.json?days=\(days)">JSON</a></p>
                """)
    }

    private func tiles(_ figures: JourneyFigures) -> [HTML] {
        [
            tile(
                words("Ankunft bis Check-in", "Arrival to check-in"),
                spread(figures.arrivalToCheckIn)),
            tile(words("Check-in bis Zimmer", "Check-in to room"), spread(figures.checkInToRoom)),
            tile(words("Verweigert", "Denied"), perMille(figures.denialPerMille)),
            tile(words("Fehlalarme", "False alarms"), perMille(figures.falseAlarmPerMille)),
        ]
    }

    private func tile(_ title: String, _ value: (String, String)) -> HTML {
        """
        <section class="panel tile"><h2>\(title)</h2><p class="big">\(value.0)</p>
        <p class="quiet">\(value.1)</p></section>
        """
    }

    private func spread(_ spread: Spread?) -> (String, String) {
        guard let spread else {
            return ("–", words("noch nichts gemessen", "nothing measured yet"))
        }
        return (
            words.length(spread.median),
            words(
                "neun von zehn in \(words.length(spread.p90)), \(spread.count) gemessen",
                "nine in ten within \(words.length(spread.p90)), \(spread.count) measured")
        )
    }

    private func perMille(_ share: Int64?) -> (String, String) {
        guard let share else { return ("–", words("zu wenige", "too few")) }
        let (whole, tenth) = (share / 10, share % 10)
        return (words("\(whole),\(tenth) %", "\(whole).\(tenth) %"), "")
    }

    /// The hotel's own time ahead of UTC.
    private static func offset(at time: UnixTime) -> Interval {
        var seconds = time_t(time.seconds)
        var local = tm()
        localtime_r(&seconds, &local)
        return .seconds(Int64(local.tm_gmtoff))
    }
}
