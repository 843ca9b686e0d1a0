// SPDX-License-Identifier: Apache-2.0
// The few shapes a plot needs, as SVG 1.1 text without scripts, styles or fonts of its own: any
// browser, viewer or printer shows it.

public struct PlotSVG: Sendable {
    private var body: [String] = []

    public init() {}

    public mutating func line(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String,
        width: Double = 1, dash: String? = nil
    ) {
        let dashes = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        body.append(
            "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\""
                + " y2=\"\(Self.number(y2))\" stroke=\"\(colour)\""
                + " stroke-width=\"\(Self.number(width))\"\(dashes)/>")
    }

    public mutating func rectangle(
        x: Double, y: Double, width: Double, height: Double, fill: String, stroke: String? = nil,
        tooltip: String? = nil
    ) {
        let edge = stroke.map { " stroke=\"\($0)\"" } ?? ""
        let content = tooltip.map { "><title>\(Self.escaped($0))</title></rect>" } ?? "/>"
        body.append(
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
                + " width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
                + " fill=\"\(fill)\"\(edge)\(content)")
    }

    public enum Anchor: String, Sendable {
        case start
        case middle
        case end
    }

    public mutating func text(
        _ text: String, x: Double, y: Double, size: Double = 11, fill: String = "#333",
        anchor: Anchor = .start, isBold: Bool = false, isOnLines: Bool = false
    ) {
        let weight = isBold ? " font-weight=\"bold\"" : ""
        let halo =
            isOnLines ? " stroke=\"#ffffff\" stroke-width=\"3\" paint-order=\"stroke\"" : ""
        let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body.append(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
                + " font-size=\"\(Self.number(size))\" fill=\"\(fill)\"\(place)\(weight)\(halo)>"
                + Self.escaped(text) + "</text>")
    }

    /// A line through points; several where the points are.
    public mutating func polyline(
        _ runs: [[(x: Double, y: Double)]], _ colour: String, width: Double = 1.5,
        dash: String? = nil, opacity: Double = 1
    ) {
        var data = ""
        for run in runs {
            for (index, point) in run.enumerated() {
                data +=
                    (index == 0 ? "M" : "L") + Self.number(point.x) + " "
                    + Self.number(point.y)
            }
        }
        guard !data.isEmpty else { return }
        let dashes = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        let faint = opacity < 1 ? " stroke-opacity=\"\(Self.number(opacity))\"" : ""
        body.append(
            "<path d=\"\(data)\" fill=\"none\" stroke=\"\(colour)\""
                + " stroke-width=\"\(Self.number(width))\" stroke-linejoin=\"round\"\(dashes)"
                + "\(faint)/>")
    }

    /// Round dots as one path: lines of no length with round ends.
    public mutating func dots(
        _ points: [(x: Double, y: Double)], _ colour: String, size: Double, opacity: Double = 1
    ) {
        var data = ""
        var seen: Set<String> = []
        for point in points {
            let dot = "M\(Self.number(point.x)) \(Self.number(point.y))h0"
            if seen.insert(dot).inserted { data += dot }
        }
        guard !data.isEmpty else { return }
        body.append(
            "<path d=\"\(data)\" fill=\"none\" stroke=\"\(colour)\""
                + " stroke-width=\"\(Self.number(size))\" stroke-linecap=\"round\""
                + " stroke-opacity=\"\(Self.number(opacity))\"/>")
    }

    /// A filled triangle or diamond that marks a moment.
    public mutating func shape(_ points: [(x: Double, y: Double)], _ colour: String) {
        let list = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }
        body.append("<polygon points=\"\(list.joined(separator: " "))\" fill=\"\(colour)\"/>")
    }

    public func document(width: Double, height: Double, description: String) -> String {
        let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        let box = "viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\""
        let font = "font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\""
        return
            (["<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) \(box) \(font)>"]
            + ["<title>\(Self.escaped(description))</title>"]
            + ["<rect \(size) fill=\"#ffffff\"/>"] + body + ["</svg>"])
            .joined(separator: "\n") + "\n"
    }

    /// At most one decimal place, so that files stay small and equal everywhere; nothing beyond a
    /// million million, which no axis is meant to show.
    public static func number(_ value: Double) -> String {
        let tenths = Int((max(-1e12, min(value, 1e12)) * 10).rounded())
        let whole = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10)"
        return tenths % 10 == 0 ? whole : "\(whole).\(abs(tenths) % 10)"
    }

    public static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { escaped, scalar in
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case _ where scalar.value < 0x20: escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }
}

/// From a quantity to a place on the paper, and the round numbers to write beside it.
public struct PlotScale: Sendable {
    public let from: ClosedRange<Double>
    public let to: (Double, Double)

    public init(from: ClosedRange<Double>, to: (Double, Double)) {
        self.from = from
        self.to = to
    }

    public func callAsFunction(_ value: Double) -> Double {
        let clamped = min(max(value, from.lowerBound), from.upperBound)
        let span = max(from.upperBound - from.lowerBound, .leastNonzeroMagnitude)
        return to.0 + (clamped - from.lowerBound) / span * (to.1 - to.0)
    }

    /// Multiples of 1, 2 or 5 times a power of ten, at most `count` of them.
    public func ticks(_ count: Int, stepMin: Double = 0.1) -> [Double] {
        let span = from.upperBound - from.lowerBound
        var step = stepMin
        var factors = [2.0, 2.5, 2.0].makeIterator()
        while span / step > Double(count) {
            guard let factor = factors.next() else {
                factors = [2.0, 2.5, 2.0].makeIterator()
                continue
            }
            step *= factor
        }
        var ticks: [Double] = []
        var multiple = (from.lowerBound / step).rounded(.up)
        while multiple * step <= from.upperBound + step / 1_000 {
            ticks.append(multiple * step)
            multiple += 1
        }
        return ticks
    }
}
