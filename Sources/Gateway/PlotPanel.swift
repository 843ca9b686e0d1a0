// SPDX-License-Identifier: Apache-2.0
// One visit on paper, from top to bottom: decisions, levels, the phone's margin, the distance where
// a trace knows it, evidence, states, lock and contact, and the time axis under all of them.
import CommandLineKit
import DoorCore
import GuestPass
import Timebase

struct PlotPanel {
    let visit: PlotVisit
    let door: PlotDoor?
    let time: PlotScale
    let marks: [PlotMark]
    let left = PlotDrawing.left
    let right = PlotDrawing.right

    init(_ visit: PlotVisit, _ door: PlotDoor?) {
        self.visit = visit
        self.door = door
        time = PlotScale(from: visit.range, to: (PlotDrawing.left, PlotDrawing.right))
        let atDoor = (door?.marks ?? []).filter { visit.range.contains($0.second) }
        marks = (visit.marks + atDoor).sorted { $0.second < $1.second }
    }

    /// - Returns: where the next panel may begin.
    func draw(_ svg: inout PlotSVG, top: Double) -> Double {
        svg.line(16, top + 4, PlotDrawing.width - 16, top + 4, "#cccccc")
        svg.text(title, x: 16, y: top + 24, size: 13, fill: "#111", isBold: true)
        let marksTop = top + 38
        let rows = labelRows
        let chartsTop = marksTop + Double(max(1, rows.count)) * 14 + 4
        var y = levels(&svg, top: chartsTop)
        if visit.points.contains(where: { $0.sample.heard.margin != nil }) {
            y = margins(&svg, top: y + 10)
        }
        if visit.points.contains(where: { $0.sample.distance != nil }) {
            y = distances(&svg, top: y + 10)
        }
        y = evidence(&svg, top: y + 10)
        if !marks.isEmpty { y = decisions(&svg, top: y + 8) }
        y = states(&svg, top: y + (marks.isEmpty ? 8 : 4))
        if let door { y = lanes(&svg, door, top: y) }
        draw(rows, &svg, top: marksTop, bottom: y)
        return axis(&svg, top: y)
    }

    private var title: String {
        let guest = visit.subject.credential.map { ", pass \($0.text)" } ?? ""
        let name =
            visit.subject.credential == nil ? visit.subject.door : "Door \(visit.subject.door)"
        let cut =
            visit.samplesLeftOut == 0
            ? "" : " (\(visit.samplesLeftOut) later samples are left out)"
        return name + guest + cut
    }

    // MARK: - Charts

    private func frame(
        _ svg: inout PlotSVG, _ scale: PlotScale, _ label: String, unit: String, ticks: Int
    ) {
        let (bottom, top) = scale.to
        for tick in scale.ticks(ticks, stepMin: 1) {
            svg.line(left, scale(tick), right, scale(tick), PlotInk.grid)
            svg.text(
                PlotSVG.number(tick), x: left - 6, y: scale(tick) + 4, size: 10, fill: "#666",
                anchor: .end)
        }
        svg.rectangle(
            x: left, y: top, width: right - left, height: bottom - top, fill: "none",
            stroke: PlotInk.frame)
        svg.text(label, x: 16, y: top + 12, fill: "#111", isBold: true)
        svg.text(unit, x: 16, y: top + 26, size: 10, fill: "#666")
    }

    private func levels(_ svg: inout PlotSVG, top: Double) -> Double {
        let bottom = top + 150
        let believable = visit.points.filter { $0.sample.heard.rssi < 0 }
        let parameters = visit.parameters
        let values = believable.map { Double($0.sample.heard.rssi) }
        let low = min((values.min() ?? -90) - 3, Double(parameters.far) - 3)
        let high = max((values.max() ?? -50) + 3, Double(parameters.near) + 3)
        let scale = PlotScale(from: low...high, to: (bottom, top))
        frame(&svg, scale, "Level", unit: "dBm, as heard", ticks: 6)
        reference(&svg, scale, Double(parameters.near), "near \(parameters.near)")
        reference(&svg, scale, Double(parameters.far), "far \(parameters.far)")
        let size = visit.points.count > 1_000 ? 2.2 : 3.6
        for (side, colour) in [(Side.inside, PlotInk.inside), (.outside, PlotInk.outside)] {
            let own = believable.filter { $0.sample.heard.receiver == side }
            svg.dots(
                own.map { (time($0.second), scale(Double($0.sample.heard.rssi))) }, colour,
                size: size, opacity: 0.55)
            svg.polyline(smoothed(own, scale), colour, width: 1.8)
        }
        return bottom
    }

    /// The level over about a second, so that the eye need not average.
    private func smoothed(
        _ points: [PlotVisit.Point], _ scale: PlotScale
    ) -> [[(x: Double, y: Double)]] {
        var level = 0.0
        var last = -Double.infinity
        return runs(points) { point in
            let elapsed = point.second - last
            let weight = elapsed > 3 ? 1 : elapsed / (elapsed + 1)
            level += (Double(point.sample.heard.rssi) - level) * max(weight, 0.05)
            last = point.second
            return scale(level)
        }
    }

    private func margins(_ svg: inout PlotSVG, top: Double) -> Double {
        let bottom = top + 54
        let points = visit.points.filter { $0.sample.heard.margin != nil }
        func value(_ point: PlotVisit.Point) -> Double { Double(point.sample.heard.margin ?? 0) }
        let high = max(20, (points.map(value).max() ?? 0) + 2)
        let scale = PlotScale(from: 0...high, to: (bottom, top))
        frame(&svg, scale, "Margin", unit: "dB over the next", ticks: 3)
        svg.dots(
            points.map { (time($0.second), scale(value($0))) }, PlotInk.margin,
            size: visit.points.count > 1_000 ? 2 : 3)
        return bottom
    }

    private func distances(_ svg: inout PlotSVG, top: Double) -> Double {
        let bottom = top + 44
        let points = visit.points.filter { $0.sample.distance != nil }
        func value(_ point: PlotVisit.Point) -> Double { point.sample.distance ?? 0 }
        let high = max(2, points.map(value).max() ?? 0)
        let scale = PlotScale(from: 0...high, to: (bottom, top))
        frame(&svg, scale, "Distance", unit: "m, as measured", ticks: 3)
        svg.polyline(runs(points) { scale(value($0)) }, "#444444")
        return bottom
    }

    private func evidence(_ svg: inout PlotSVG, top: Double) -> Double {
        let bottom = top + 110
        let points = visit.points
        let needed = points.map(\.sample.needed.nats)
        let values = points.map(\.sample.evidence.nats)
        let low = min(values.min() ?? 0, 0) - 0.5
        let high = max(values.max() ?? 0, needed.max() ?? 8) + 0.8
        let scale = PlotScale(from: low...high, to: (bottom, top))
        frame(&svg, scale, "Evidence", unit: "nats; more is surer", ticks: 5)
        steps(&svg, points, scale, PlotInk.neededForTap, dash: "2 3") { $0.neededForTap.nats }
        steps(&svg, points, scale, PlotInk.needed, dash: "6 3") { $0.needed.nats }
        svg.polyline(
            runs(points) { scale($0.sample.evidence.nats) }, PlotInk.evidence, width: 2)
        if let last = points.last?.sample {
            svg.text(
                "\(door == nil ? "at the door" : "opens") from \(PlotSVG.number(last.needed.nats))",
                x: right + 8, y: scale(last.needed.nats) + 4, size: 10, fill: PlotInk.needed)
            svg.text(
                "tap from \(PlotSVG.number(last.neededForTap.nats))", x: right + 8,
                y: scale(last.neededForTap.nats) + 4, size: 10, fill: PlotInk.neededForTap)
        }
        return bottom
    }

    private func steps(
        _ svg: inout PlotSVG, _ points: [PlotVisit.Point], _ scale: PlotScale, _ colour: String,
        dash: String, _ value: (ExplainSample) -> Double
    ) {
        var path: [(x: Double, y: Double)] = []
        for (index, point) in points.enumerated() {
            let y = scale(value(point.sample))
            if let last = path.last, last.y != y { path.append((time(point.second), last.y)) }
            if path.last?.y != y || index == points.count - 1 {
                path.append((time(point.second), y))
            }
        }
        guard let first = path.first, let last = path.last else { return }
        svg.polyline([[(left, first.y)] + path + [(right, last.y)]], colour, width: 1.2, dash: dash)
    }

    private func reference(
        _ svg: inout PlotSVG, _ scale: PlotScale, _ value: Double, _ label: String
    ) {
        svg.line(left, scale(value), right, scale(value), "#888888", dash: "4 4")
        svg.text(label, x: right + 8, y: scale(value) + 4, size: 10, fill: "#666")
    }

    /// Runs of points without a gap, at most one for each third of a pixel up and down.
    private func runs(
        _ points: [PlotVisit.Point], _ y: (PlotVisit.Point) -> Double
    ) -> [[(x: Double, y: Double)]] {
        var runs: [[(x: Double, y: Double)]] = []
        var last = -Double.infinity
        for point in points {
            let place = (x: time(point.second), y: y(point))
            if point.second - last > 3 {
                runs.append([place])
            } else {
                runs[runs.count - 1].append(place)
            }
            last = point.second
        }
        return runs.map { PlotPanel.thinned($0) }
    }
}
