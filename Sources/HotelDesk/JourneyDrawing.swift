// SPDX-License-Identifier: Apache-2.0
// Journeys and figures as SVG: one stay on its line of time, and a period's funnel and busy hours.
import CommandLineKit
import Timebase

/// Draws one stay's moments.
struct TimelineDrawing {
    let stay: Int64
    let touchpoints: [Touchpoint]

    private static let (width, rowHeight, left, top) = (760.0, 26.0, 130.0, 48.0)

    /// One row for each kind of moment, time to the right.
    var svg: String {
        var drawing = PlotSVG()
        let kinds = Touchpoint.Kind.allCases
        let height = Self.top + Double(kinds.count) * Self.rowHeight + 34
        drawing.text("stay \(stay)", x: 12, y: 22, size: 14, isBold: true)
        guard let first = touchpoints.first?.at, let last = touchpoints.last?.at else {
            drawing.text("nothing was noted, or the guest did not agree to it", x: 12, y: 48)
            return drawing.document(
                width: Self.width, height: height, description: "Stay \(stay), empty")
        }
        let hours = max(0.1, Double((last - first).milliseconds) / 3_600_000)
        let scale = PlotScale(from: 0...hours, to: (Self.left, Self.width - 30))
        let bottom = Self.top + Double(kinds.count) * Self.rowHeight
        for tick in scale.ticks(8) {
            drawing.line(scale(tick), Self.top - 8, scale(tick), bottom, "#dddddd")
            drawing.text(
                "+\(PlotSVG.number(tick)) h", x: scale(tick), y: bottom + 16, size: 10,
                anchor: .middle)
        }
        for (row, kind) in kinds.enumerated() {
            let y = Self.top + (Double(row) + 0.5) * Self.rowHeight
            drawing.text(kind.rawValue, x: 12, y: y + 4)
            drawing.line(Self.left, y, Self.width - 30, y, "#eeeeee")
            for point in touchpoints where point.kind == kind {
                let x = scale(Double((point.at - first).milliseconds) / 3_600_000)
                drawing.rectangle(
                    x: x - 4, y: y - 7, width: 8, height: 14, fill: "#1f6f8b",
                    tooltip: "\(kind.rawValue) \(point.door ?? "") \(point.at.text)")
            }
        }
        drawing.text("from \(first.text)", x: Self.left, y: 22)
        return drawing.document(
            width: Self.width, height: height, description: "The moments of stay \(stay)")
    }
}

/// Draws a period's funnel and its busy hours.
struct FiguresDrawing {
    let figures: JourneyFigures

    private static let (width, height) = (760.0, 470.0)

    var svg: String {
        var drawing = PlotSVG()
        drawFunnel(&drawing)
        drawHours(&drawing)
        return drawing.document(
            width: Self.width, height: Self.height,
            description: "How far stays came, and when doors were opened")
    }

    private func drawFunnel(_ drawing: inout PlotSVG) {
        drawing.text("Stays that agreed to be counted", x: 12, y: 24, size: 14, isBold: true)
        let most = Double(max(1, figures.funnel.map(\.stays).max() ?? 1))
        let scale = PlotScale(from: 0...most, to: (130, Self.width - 80))
        for (row, step) in figures.funnel.enumerated() {
            let y = 40 + Double(row) * 28
            drawing.text(step.name, x: 12, y: y + 15)
            drawing.rectangle(
                x: 130, y: y, width: max(1, scale(Double(step.stays)) - 130), height: 20,
                fill: "#1f6f8b")
            drawing.text("\(step.stays)", x: scale(Double(step.stays)) + 6, y: y + 15)
        }
        drawing.text(
            "arrival to check-in: \(Self.words(figures.arrivalToCheckIn))", x: 12, y: 194)
        drawing.text("check-in to room: \(Self.words(figures.checkInToRoom))", x: 12, y: 210)
    }

    private static func words(_ spread: Spread?) -> String {
        guard let spread else { return "not measured" }
        let seconds = [spread.median, spread.p90].map { $0.milliseconds / 1_000 }
        return "half within \(seconds[0]) s, nine in ten within \(seconds[1]) s"
    }

    private func drawHours(_ drawing: inout PlotSVG) {
        drawing.text("Doors opened by hour of the day", x: 12, y: 240, size: 14, isBold: true)
        let most = Double(max(1, figures.busyHours.compactMap { $0 }.max() ?? 1))
        let scale = PlotScale(from: 0...most, to: (430, 260))
        for (hour, count) in figures.busyHours.enumerated() {
            let x = 30 + Double(hour) * 30
            drawing.text("\(hour)", x: x + 12, y: 446, size: 10, anchor: .middle)
            guard let count else {
                drawing.text("–", x: x + 12, y: 426, fill: "#767676", anchor: .middle)
                continue
            }
            let y = scale(Double(count))
            drawing.rectangle(
                x: x, y: y, width: 24, height: 430 - y, fill: "#1f6f8b", tooltip: "\(count)")
        }
        drawing.text(
            "– fewer than \(DeskLimits.groupStaysMin) stays, not shown", x: 12, y: 464, size: 10,
            fill: "#595959")
    }
}
