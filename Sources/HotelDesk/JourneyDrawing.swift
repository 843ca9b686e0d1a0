// SPDX-License-Identifier: Apache-2.0
// Journeys and figures as SVG: one stay on its line of time, and a period's funnel and busy hours.
import CommandLineKit
import Timebase

/// Draws one stay's moments.
struct TimelineDrawing {
    let stay: Int64
    let touchpoints: [Touchpoint]
    let words: Words

    private static let (width, rowHeight, left, top) = (760.0, 26.0, 160.0, 48.0)

    /// One row for each kind of moment, time to the right.
    var svg: String {
        var drawing = PlotSVG()
        let kinds = Touchpoint.Kind.allCases
        let height = Self.top + Double(kinds.count) * Self.rowHeight + 34
        let title = words("Aufenthalt \(stay)", "Stay \(stay)")
        drawing.text(title, x: 12, y: 22, size: 14, isBold: true)
        guard let first = touchpoints.first?.at, let last = touchpoints.last?.at else {
            let nothing = words(
                "nichts notiert, oder der Gast hat dem nicht zugestimmt",
                "nothing was noted, or the guest did not agree to it")
            drawing.text(nothing, x: 12, y: 48)
            return drawing.document(
                width: Self.width, height: height, description: "\(title): \(nothing)")
        }
        let hours = max(0.1, Double((last - first).milliseconds) / 3_600_000)
        let scale = PlotScale(from: 0...hours, to: (Self.left, Self.width - 30))
        let bottom = Self.top + Double(kinds.count) * Self.rowHeight
        for tick in scale.ticks(8) {
            drawing.line(scale(tick), Self.top - 8, scale(tick), bottom, "#dddddd")
            drawing.text(
                "+\(words.decimal(PlotSVG.number(tick))) h", x: scale(tick), y: bottom + 16,
                size: 10,
                anchor: .middle)
        }
        for (row, kind) in kinds.enumerated() {
            let y = Self.top + (Double(row) + 0.5) * Self.rowHeight
            drawing.text(words.touchpoint(kind), x: 12, y: y + 4)
            drawing.line(Self.left, y, Self.width - 30, y, "#eeeeee")
            for point in touchpoints where point.kind == kind {
                let x = scale(Double((point.at - first).milliseconds) / 3_600_000)
                drawing.rectangle(
                    x: x - 4, y: y - 7, width: 8, height: 14, fill: "#1f6f8b",
                    tooltip: [words.touchpoint(kind), point.door, words.dayAndClock(point.at)]
                        .compactMap { $0 }.joined(separator: " "))
            }
        }
        let begins = words.dayAndClock(first)
        drawing.text(words("ab \(begins)", "from \(begins)"), x: Self.left, y: 22)
        return drawing.document(
            width: Self.width, height: height,
            description: words(
                "Der Verlauf von Aufenthalt \(stay)", "The moments of stay \(stay)"))
    }
}

/// Draws a period's funnel and its busy hours.
struct FiguresDrawing {
    let figures: JourneyFigures
    let words: Words

    private static let bar = "#1d4d42"
    /// Narrow, so that the text is large where the board shows it.
    private static let (width, height, hour) = (600.0, 470.0, 24.0)

    var svg: String {
        var drawing = PlotSVG()
        drawFunnel(&drawing)
        drawHours(&drawing)
        return drawing.document(
            width: Self.width, height: Self.height,
            description: words(
                "Wie weit Aufenthalte kamen, und wann Türen geöffnet wurden",
                "How far stays came, and when doors were opened"))
    }

    private func drawFunnel(_ drawing: inout PlotSVG) {
        drawing.text(
            words(
                "Aufenthalte, die dem Zählen zugestimmt haben", "Stays that agreed to be counted"),
            x: 12, y: 24, size: 14, isBold: true)
        let most = Double(max(1, figures.funnel.map(\.stays).max() ?? 1))
        let scale = PlotScale(from: 0...most, to: (130, Self.width - 80))
        for (row, step) in figures.funnel.enumerated() {
            let y = 40 + Double(row) * 28
            let kind = Touchpoint.Kind(rawValue: step.name)
            let name = kind.map { words.touchpoint($0) } ?? words.status(.booked)
            drawing.text(name, x: 12, y: y + 15)
            drawing.rectangle(
                x: 130, y: y, width: max(1, scale(Double(step.stays)) - 130), height: 20,
                fill: Self.bar)
            drawing.text("\(step.stays)", x: scale(Double(step.stays)) + 6, y: y + 15)
        }
        for (row, (name, spread)) in [
            (words("Ankunft bis Check-in", "Arrival to check-in"), figures.arrivalToCheckIn),
            (words("Check-in bis Zimmer", "Check-in to room"), figures.checkInToRoom),
        ].enumerated() {
            drawing.text(
                "\(name): \(inWords(spread))", x: 12, y: 194 + Double(row) * 16, fill: "#595959")
        }
    }

    private func inWords(_ spread: Spread?) -> String {
        guard let spread else { return words("nicht gemessen", "not measured") }
        let (half, most) = (words.length(spread.median), words.length(spread.p90))
        return words(
            "die Hälfte in \(half), neun von zehn in \(most)",
            "half within \(half), nine in ten within \(most)")
    }

    private func drawHours(_ drawing: inout PlotSVG) {
        drawing.text(
            words("Geöffnete Türen nach Tageszeit", "Doors opened by hour of the day"), x: 12,
            y: 240, size: 14, isBold: true)
        let most = Double(max(1, figures.busyHours.compactMap { $0 }.max() ?? 1))
        let scale = PlotScale(from: 0...most, to: (430, 260))
        for (hour, count) in figures.busyHours.enumerated() {
            let x = 12 + Double(hour) * Self.hour
            drawing.text("\(hour)", x: x + 10, y: 446, size: 10, anchor: .middle)
            guard let count else {
                drawing.text("–", x: x + 10, y: 426, fill: "#767676", anchor: .middle)
                continue
            }
            let y = scale(Double(count))
            drawing.rectangle(
                x: x, y: y, width: 20, height: 430 - y, fill: Self.bar, tooltip: "\(count)")
        }
        drawing.text(
            words(
                "– weniger als \(DeskLimits.groupStaysMin) Aufenthalte, nicht gezeigt",
                "– fewer than \(DeskLimits.groupStaysMin) stays, not shown"), x: 12, y: 464,
            size: 10, fill: "#595959")
    }
}
