// SPDX-License-Identifier: Apache-2.0
// The page: a title, a legend, one panel under the other, and a word on what is not shown.
import CommandLineKit
import DoorCore
import Timebase

/// Draws a plot as one self-contained SVG.
struct PlotDrawing {
    static let width = 1_120.0
    static let left = 158.0
    static let right = 1_000.0
    private let plot: Plot

    init(_ plot: Plot) { self.plot = plot }

    var svg: String {
        var svg = PlotSVG()
        let shown = shownVisits
        svg.text(plot.title, x: 16, y: 26, size: 16, fill: "#111", isBold: true)
        var y = legend(&svg, isDoor: !plot.doors.isEmpty, y: 40)
        for visit in shown {
            let door = plot.doors.first { $0.name == visit.subject.door }
            let panel = PlotPanel(visit, door)
            y = panel.draw(&svg, top: y)
        }
        if shown.isEmpty {
            y += 26
            svg.text("No guest's phone was heard at any door.", x: 16, y: y, size: 13)
        }
        for note in notes(shown: shown.count) {
            y += 18
            svg.text(note, x: 16, y: y, fill: "#8a4b00")
        }
        return svg.document(width: Self.width, height: y + 18, description: plot.title)
    }

    /// Where there are too many: those with decisions first, then the longest; in order of time.
    private var shownVisits: [PlotVisit] {
        let ranked = plot.visits.indices.sorted { left, right in
            let (a, b) = (plot.visits[left], plot.visits[right])
            let (first, second) = ((a.decisions, a.points.count), (b.decisions, b.points.count))
            return first == second ? left < right : first > second
        }
        return ranked.prefix(Limits.plotPanelsMax).sorted().map { plot.visits[$0] }
    }

    private func notes(shown: Int) -> [String] {
        var notes: [String] = []
        let hidden = plot.visits.count - shown
        if hidden > 0 {
            notes.append(
                "\(hidden) more visits are left out: the ones with most decisions are shown.")
        }
        if plot.visitsLeftOut > 0 {
            notes.append(
                "The recording goes on: \(plot.visitsLeftOut) later adverts began visits beyond"
                    + " the \(Limits.plotVisitsMax) that are kept.")
        }
        return notes
    }

    // MARK: - Legend

    private func legend(_ svg: inout PlotSVG, isDoor: Bool, y: Double) -> Double {
        let samples = plot.visits.flatMap { $0.points.prefix(2_000) }.map(\.sample)
        var x = 16.0
        let row = y + 10
        var dots: [(String, String)] = [("level outside the door", PlotInk.outside)]
        if samples.contains(where: { $0.heard.receiver == .inside }) {
            dots.append(("level inside", PlotInk.inside))
        }
        if samples.contains(where: { $0.heard.margin != nil }) {
            dots.append(("margin the phone measured", PlotInk.margin))
        }
        for (text, colour) in dots {
            svg.dots([(x + 8, row)], colour, size: 6)
            svg.text(text, x: x + 20, y: row + 4)
            x += 20 + Double(text.count) * 6.4 + 16
        }
        var lines = [
            ("evidence", PlotInk.evidence, ""), ("opens hands-free from", PlotInk.needed, "6 3"),
            ("believes a tap from", PlotInk.neededForTap, "2 3"),
        ]
        if !isDoor { lines[1].0 = "at the door from" }
        for (text, colour, dash) in lines {
            svg.line(x, row, x + 16, row, colour, width: 2, dash: dash.isEmpty ? nil : dash)
            svg.text(text, x: x + 20, y: row + 4)
            x += 20 + Double(text.count) * 6.4 + 16
        }
        return stateLegend(&svg, y: row + 20)
    }

    private func stateLegend(_ svg: inout PlotSVG, y: Double) -> Double {
        var x = 16.0
        for state in ProximityState.allCases {
            let name = PlotInk.name(state)
            svg.rectangle(
                x: x, y: y - 6, width: 16, height: 12, fill: PlotInk.state(state), stroke: "#999")
            svg.text(name, x: x + 20, y: y + 4)
            x += 20 + Double(name.count) * 6.4 + 16
        }
        return y + 18
    }
}

/// The colours of a plot, told apart by people who see red and green alike.
enum PlotInk {
    static let outside = "#1f5fa8"
    static let inside = "#d9822b"
    static let margin = "#00796b"
    static let evidence = "#6a3d9a"
    static let needed = "#b3261e"
    static let neededForTap = "#777777"
    static let granted = "#1b7f3b"
    static let denied = "#b3261e"
    static let note = "#555555"
    static let grid = "#e3e3e3"
    static let frame = "#b5b5b5"
    static let unlocked = "#1b7f3b"
    static let unlockedForOthers = "#93bfa0"
    static let open = "#8c6d1f"

    static func state(_ state: ProximityState) -> String {
        switch state {
        case .absent: "#f4f4f4"
        case .present: "#d6e4f2"
        case .approaching: "#ffe08a"
        case .atDoor: "#7fcf8f"
        case .passing: "#f0b9a0"
        case .inside: "#c6b1e8"
        case .leaving: "#c9ced6"
        }
    }

    static func name(_ state: ProximityState) -> String {
        state == .atDoor ? "at the door" : "\(state)"
    }

    static func mark(_ kind: PlotMark.Kind) -> String {
        switch kind {
        case .granted: granted
        case .denied: denied
        case .note: note
        }
    }
}
