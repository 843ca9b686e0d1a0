// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Misses over false opens of every filter, as an SVG with a logarithmic x axis.
struct CurvePlot {
    let scores: [Score]
    private let width = 820.0
    private let height = 520.0
    private let left = 60.0
    private let right = 250.0
    private let top = 40.0
    private let bottom = 50.0

    init(_ scores: [Score]) { self.scores = scores }

    var svg: String {
        let size = "width=\"\(Int(width))\" height=\"\(Int(height))\""
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) font-family=\"sans-serif\""
                + " font-size=\"12\">",
            "<rect \(size) fill=\"white\"/>",
            text(
                left, 22, "Arrivals not open within 5 s of stopping, by false opens per pass-by", 15
            ),
        ]
        for share in stride(from: 0.0, through: 1.0, by: 0.2) {
            lines.append(grid(left, y(share), width - right, y(share)))
            lines.append(text(14, y(share) + 4, Report.percent(share, digits: 0)))
        }
        for rate in [0.001, 0.01, 0.1] {
            lines.append(grid(x(rate), top, x(rate), height - bottom))
            lines.append(text(x(rate) - 14, height - bottom + 18, Report.percent(rate)))
        }
        for (index, score) in scores.enumerated() { lines += curve(score, index) }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private func curve(_ score: Score, _ index: Int) -> [String] {
        let isOurs = index >= scores.count - 2
        let hue = Double(index) / Double(scores.count) * 300
        let colour = isOurs ? "#c00" : "hsl(\(Int(hue)),45%,55%)"
        let dash = isOurs && index == scores.count - 2 ? " stroke-dasharray=\"6 3\"" : ""
        var points = ""
        for step in 0...40 {
            let rate = pow(10, -3 + Double(step) / 20)
            let missed = score.missed(score.threshold(falseOpens: rate), within: 5)
            points += "\(Report.decimal(x(rate), digits: 1)),"
            points += "\(Report.decimal(y(missed), digits: 1)) "
        }
        let legend = top + 12 + Double(index) * 20
        let stroke = "stroke=\"\(colour)\" stroke-width=\"\(isOurs ? 3 : 1.5)\"\(dash)"
        return [
            "<polyline fill=\"none\" \(stroke) points=\"\(points)\"/>",
            "<line x1=\"\(width - right + 12)\" y1=\"\(legend)\" x2=\"\(width - right + 36)\""
                + " y2=\"\(legend)\" \(stroke)/>",
            text(width - right + 42, legend + 4, score.name),
        ]
    }

    private func grid(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
        "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"#ddd\"/>"
    }

    private func text(_ x: Double, _ y: Double, _ text: String, _ size: Int = 12) -> String {
        "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(size)\">\(text)</text>"
    }

    private func y(_ share: Double) -> Double { top + (1 - share) * (height - top - bottom) }

    private func x(_ rate: Double) -> Double {
        left + (log10(rate) + 3) / 2 * (width - left - right)
    }
}
