// SPDX-License-Identifier: Apache-2.0
// The lower half of a panel: bands of states, lock and contact, the time axis, and the decisions
// that cut through everything above.
import CommandLineKit
import DoorCore

extension PlotPanel {
    /// Keeps the first, last, lowest and highest point of each half pixel: what the eye can see.
    static func thinned(_ run: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard run.count > 2_000 else { return run }
        var kept: [(x: Double, y: Double)] = []
        var column: [(x: Double, y: Double)] = []
        func flush() {
            guard let first = column.first, let last = column.last else { return }
            kept.append(first)
            if let low = column.min(by: { $0.y < $1.y }) { kept.append((last.x, low.y)) }
            if let high = column.max(by: { $0.y < $1.y }) { kept.append((last.x, high.y)) }
            kept.append(last)
        }
        for point in run {
            if let first = column.first, point.x - first.x >= 0.5 {
                flush()
                column.removeAll(keepingCapacity: true)
            }
            column.append(point)
        }
        flush()
        return kept
    }

    func states(_ svg: inout PlotSVG, top: Double) -> Double {
        let height = 18.0
        for (index, change) in visit.states.enumerated() {
            let end = index + 1 < visit.states.count ? visit.states[index + 1].second : nil
            let x = time(change.second)
            let width = time(end ?? visit.end) - x
            guard width > 0 else { continue }
            let name = PlotInk.name(change.state)
            svg.rectangle(
                x: x, y: top, width: width, height: height, fill: PlotInk.state(change.state),
                tooltip: "\(name) from \(PlotSVG.number(change.second)) s")
            if width > Double(name.count) * 5.8 + 6 {
                svg.text(
                    name, x: x + width / 2, y: top + 13, size: 10, fill: "#222", anchor: .middle)
            }
        }
        border(&svg, top: top, height: height, label: "State")
        return top + height
    }

    /// Every decision, also those the labels had no room for.
    func decisions(_ svg: inout PlotSVG, top: Double) -> Double {
        for mark in marks { draw(mark, &svg, y: top + 7) }
        border(&svg, top: top, height: 14, label: "Decisions")
        return top + 14
    }

    func lanes(_ svg: inout PlotSVG, _ door: PlotDoor, top: Double) -> Double {
        var y = top + 4
        let own = door.unlocked.filter { $0.credential == visit.subject.credential }
        let others = door.unlocked.filter { $0.credential != visit.subject.credential }
        lane(
            &svg, others.map(\.span), "Lock", busy: "for others", PlotInk.unlockedForOthers,
            top: y)
        lane(&svg, own.map(\.span), "Lock", busy: "unlocked", PlotInk.unlocked, top: y)
        y += 18
        if door.hasContact {
            lane(&svg, door.open, "Contact", busy: "open", PlotInk.open, top: y)
            y += 18
        }
        return y - 4
    }

    private func lane(
        _ svg: inout PlotSVG, _ spans: [ClosedRange<Double>], _ label: String, busy: String,
        _ colour: String, top: Double
    ) {
        for span in spans where span.overlaps(visit.range) {
            let x = time(span.lowerBound)
            let width = max(1.5, time(span.upperBound) - x)
            svg.rectangle(
                x: x, y: top, width: width, height: 14, fill: colour,
                tooltip: "\(busy) from \(PlotSVG.number(span.lowerBound)) s"
                    + " to \(PlotSVG.number(span.upperBound)) s")
            if width > Double(busy.count) * 5.8 + 6 {
                svg.text(
                    busy, x: x + width / 2, y: top + 11, size: 10, fill: "#ffffff",
                    anchor: .middle)
            }
        }
        border(&svg, top: top, height: 14, label: label)
    }

    private func border(_ svg: inout PlotSVG, top: Double, height: Double, label: String) {
        svg.rectangle(
            x: left, y: top, width: right - left, height: height, fill: "none",
            stroke: PlotInk.frame)
        svg.text(
            label, x: 16, y: top + height / 2 + 4, fill: "#111", isBold: true)
    }

    func axis(_ svg: inout PlotSVG, top: Double) -> Double {
        for tick in time.ticks(16) {
            svg.line(time(tick), top, time(tick), top + 5, PlotInk.frame)
            svg.text(
                PlotSVG.number(tick), x: time(tick), y: top + 17, size: 10, fill: "#666",
                anchor: .middle)
        }
        svg.text("Time, s", x: 16, y: top + 17, size: 10, fill: "#666")
        return top + 28
    }

    // MARK: - Decisions

    /// A mark with its words beside it.
    struct Label {
        let mark: PlotMark
        let text: String
        let x: Double
        let width: Double
        var opensLeft: Bool { x + width > PlotDrawing.right + 110 }
    }

    /// Rows of labels that do not cover one another. What finds no room keeps its line only.
    var labelRows: [[Label]] {
        var rows: [[Label]] = []
        // A grant is what people look for first.
        for mark in marks.filter({ $0.kind == .granted }) + marks.filter({ $0.kind != .granted }) {
            let text = "\(mark.text), \(PlotSVG.number(mark.second)) s"
            let label = Label(
                mark: mark, text: text, x: time(mark.second), width: Double(text.count) * 7 + 20)
            let start = label.opensLeft ? label.x - label.width : label.x - 6
            if let row = rows.firstIndex(where: { row in
                row.allSatisfy { other in
                    let from = other.opensLeft ? other.x - other.width : other.x - 6
                    return from + other.width < start || start + label.width < from
                }
            }) {
                rows[row].append(label)
            } else if rows.count < 4 {
                rows.append([label])
            }
        }
        return rows
    }

    func draw(_ rows: [[Label]], _ svg: inout PlotSVG, top: Double, bottom: Double) {
        // Few enough to follow, each runs through all charts; many would hide them.
        for mark in rows.joined().map(\.mark) where marks.count <= 12 || mark.kind == .granted {
            svg.line(
                time(mark.second), top + 6, time(mark.second), bottom, PlotInk.mark(mark.kind),
                width: mark.kind == .note ? 0.7 : 1.2, dash: mark.kind == .note ? "3 3" : nil)
        }
        for (row, labels) in rows.enumerated() {
            let y = top + Double(row) * 14 + 4
            for label in labels { draw(label, &svg, y: y) }
        }
        let unlabelled = marks.count - rows.reduce(0) { $0 + $1.count }
        if unlabelled > 0 {
            svg.text(
                "+ \(unlabelled) marks without room for words", x: right, y: top - 10, size: 10,
                fill: "#8a4b00", anchor: .end)
        }
    }

    private func draw(_ label: Label, _ svg: inout PlotSVG, y: Double) {
        let colour = PlotInk.mark(label.mark.kind)
        let x = label.x
        draw(label.mark, &svg, y: y)
        svg.text(
            label.text, x: label.opensLeft ? x - 9 : x + 9, y: y + 4, fill: colour,
            anchor: label.opensLeft ? .end : .start, isBold: label.mark.kind != .note,
            isOnLines: true)
    }

    private func draw(_ mark: PlotMark, _ svg: inout PlotSVG, y: Double) {
        let colour = PlotInk.mark(mark.kind)
        let x = time(mark.second)
        switch mark.kind {
        case .granted: svg.shape([(x - 5, y + 4), (x + 5, y + 4), (x, y - 5)], colour)
        case .denied: svg.shape([(x - 5, y), (x, y - 5), (x + 5, y), (x, y + 5)], colour)
        case .note: svg.dots([(x, y)], colour, size: 6)
        }
    }
}
