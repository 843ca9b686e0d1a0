// SPDX-License-Identifier: Apache-2.0
// The commands for journeys and figures.
import CommandLineKit
import Glibc
import Platform
import Timebase

extension HotelCommands {
    var journeys: [Command] { [timeline, figures, exportJourneys] }

    private static let svg = Parameter.optional(
        "--svg", ValueFormat<String>.text("FILE"), "draw it into this file as well")
    private static let language = Parameter.optional(
        "--language", ValueFormat<GuestLanguage>.word("LANGUAGE"),
        "of the drawing, de or en; the terminal's where left out")
    private static let from = Parameter.required("--from", .time, "the period's beginning")
    private static let to = Parameter.required("--to", .time, "its end")

    private static func words(_ language: GuestLanguage?) -> Words {
        Words(language: language ?? Words.terminal { getenv($0).map { String(cString: $0) } })
    }

    private var timeline: Command {
        Command(
            "journeys timeline", summary: "Print the moments of a stay that agreed to it",
            parameters: [Self.stayNumber, Self.svg, Self.language, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let points = try desk.timeline(stay: arguments[Self.stayNumber])
            try viewed(desk, "stay \(arguments[Self.stayNumber])")
            for point in points { console.print(JSONLine(point).text) }
            if let file = arguments[Self.svg] {
                let drawing = TimelineDrawing(
                    stay: arguments[Self.stayNumber], touchpoints: points,
                    words: Self.words(arguments[Self.language]))
                try StateFile.replace(file, with: Array(drawing.svg.utf8), mode: 0o600)
            }
            return .done
        }
    }

    private var figures: Command {
        let offset = Parameter.optional(
            "--offset", ValueFormat<Interval>.offset, default: "+00:00",
            "local time ahead of UTC, for the hours of the day")
        return Command(
            "journeys figures", summary: "Print what a period's journeys say together",
            discussion: """
                Stays that agreed to journeyAnalytics are counted one by one; all others only in
                totals of at least \(DeskLimits.groupStaysMin) stays, which are null below that.
                """,
            parameters: [Self.from, Self.to, offset, Self.svg, Self.language, Self.database]
        ) { arguments, console in
            let figures = try desk(arguments).figures(
                from: arguments[Self.from], to: arguments[Self.to], offset: arguments[offset])
            console.print(JSONLine(figures).text)
            if let file = arguments[Self.svg] {
                let words = Self.words(arguments[Self.language])
                let svg = FiguresDrawing(figures: figures, words: words).svg
                try StateFile.replace(file, with: Array(svg.utf8), mode: 0o644)
            }
            return .done
        }
    }

    private var exportJourneys: Command {
        let format = Parameter.optional(
            "--format", .choice(["csv", "json"]), default: "csv", "csv or json lines")
        return Command(
            "journeys export", summary: "Print a period's journeys, one a line, without names",
            parameters: [Self.from, Self.to, format, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let journeys = try desk.journeys(from: arguments[Self.from], to: arguments[Self.to])
            try viewed(desk, "journeys", "\(journeys.count) records")
            if arguments[format] == "csv" {
                console.write(journeys.csv)
            } else {
                for journey in journeys { console.print(JSONLine(journey).text) }
            }
            return .done
        }
    }
}

extension ValueFormat<Interval> {
    /// `+01:00`
    static let offset = ValueFormat("OFFSET", "an offset from UTC, as +01:00") { text in
        guard text.hasPrefix("+") || text.hasPrefix("-"),
            let time = UnixTime(text: "1970-01-02T00:00\(text)")
        else { return nil }
        return UnixTime(seconds: 86_400) - time
    }
}

extension [Journey] {
    var csv: String {
        let kinds = Touchpoint.Kind.allCases
        var csv = CSV(["stay", "room", "begins"] + kinds.map(\.rawValue))
        for journey in self {
            csv.add(
                ["\(journey.stay)", journey.room, journey.begins.text]
                    + kinds.map { journey.milestones[$0]?.text })
        }
        return csv.text
    }
}

extension JSONLine {
    init(_ point: Touchpoint) {
        self.init()
        add("moment", point.kind.rawValue)
        add("at", point.at.text)
        add("door", point.door)
    }

    init(_ journey: Journey) {
        self.init()
        add("stay", journey.stay)
        add("room", journey.room)
        add("begins", journey.begins.text)
        for kind in Touchpoint.Kind.allCases {
            add(kind.rawValue, journey.milestones[kind]?.text)
        }
    }

    init(_ figures: JourneyFigures) {
        self.init()
        var funnel = JSONLine()
        for step in figures.funnel { funnel.add(step.name, step.stays) }
        add("funnel", literal: funnel.text)
        add("arrivalToCheckIn", figures.arrivalToCheckIn)
        add("checkInToRoom", figures.checkInToRoom)
        add("arrivalToRoom", figures.arrivalToRoom)
        add("amenityDwell", figures.amenityDwell)
        add("otherStays", figures.otherStays)
        add("busyHours", list: figures.busyHours.map { $0.map { "\($0)" } ?? "null" })
        add("denialPerMille", figures.denialPerMille)
        add("falseAlarmPerMille", figures.falseAlarmPerMille)
    }

    private mutating func add(_ name: String, _ spread: Spread?) {
        guard let spread else { return add(name, literal: "null") }
        var line = JSONLine()
        line.add("stays", spread.count)
        line.add("medianSeconds", spread.median.milliseconds / 1_000)
        line.add("p90Seconds", spread.p90.milliseconds / 1_000)
        add(name, literal: line.text)
    }
}
