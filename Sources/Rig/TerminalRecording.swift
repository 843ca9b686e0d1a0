// SPDX-License-Identifier: Apache-2.0
// A recording of the demonstration as one animated SVG without script: a film strip of frames that
// CSS moves past a window. Every distinct stretch of text is stored once and referred to.

/// Frames of a fixed rate, to become an SVG.
public struct TerminalRecording: Sendable {
    private static let cellWidth = 8.4
    private static let cellHeight = 17
    private static let padding = 14

    public let framesPerSecond: Int
    private var frames: [Canvas] = []

    public init(framesPerSecond: Int) {
        precondition(framesPerSecond > 0)
        self.framesPerSecond = framesPerSecond
    }

    /// Adds a frame.
    /// - Precondition: every frame has the size of the first.
    public mutating func append(_ frame: Canvas) {
        precondition(frames.allSatisfy { $0.columns == frame.columns && $0.rows == frame.rows })
        frames.append(frame)
    }

    /// The recording as an SVG document; empty without frames.
    /// - Parameter title: what a screen reader says.
    public func svg(title: String) -> String {
        guard let first = frames.first else { return "" }
        let width = Int((Double(first.columns) * Self.cellWidth).rounded()) + 2 * Self.padding
        let height = first.rows * Self.cellHeight + 2 * Self.padding
        var texts: [Canvas.Run: Int] = [:]
        var definitions = ""
        var film = ""
        for (index, frame) in frames.enumerated() {
            film += "<g transform=\"translate(\(index * width) 0)\">"
            for row in 0..<frame.rows {
                for run in frame.runs(row) {
                    let number = texts[run] ?? texts.count
                    if texts.updateValue(number, forKey: run) == nil {
                        definitions += Self.definition(run, number)
                    }
                    film += "<use href=\"#t\(number)\" y=\"\(row * Self.cellHeight)\"/>"
                }
            }
            film += "</g>\n"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
            width="\(width)" height="\(height)" role="img" aria-label="\(Self.escaped(title))">
            <style>\(style(width))</style>
            <defs>\(definitions)</defs>
            <rect width="\(width)" height="\(height)" rx="8" fill="#11161d"/>
            <g class="film">
            \(film)</g>
            </svg>

            """
    }

    private func style(_ width: Int) -> String {
        let seconds = tenths(Double(frames.count) / Double(framesPerSecond))
        let last = (frames.count - 1) * width
        return """
            text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#c9d1d9;\
            white-space:pre}.i1{fill:#6e7b8a}.i2{font-weight:700;fill:#fff}\
            .i3{fill:#3fb950;font-weight:700}.i4{fill:#f85149;font-weight:700}.i5{fill:#56c8d8}\
            .film{animation:play \(seconds)s steps(\(frames.count)) infinite}\
            @keyframes play{to{transform:translateX(-\(frames.count * width)px)}}\
            @media(prefers-reduced-motion){.film{animation:none;transform:translateX(-\(last)px)}}
            """
    }

    private static func definition(_ run: Canvas.Run, _ number: Int) -> String {
        let x = tenths(Double(run.column) * cellWidth + Double(padding))
        let length = tenths(Double(run.text.count) * cellWidth)
        let style = run.ink == .plain ? "" : " class=\"i\(run.ink.rawValue)\""
        return "<text id=\"t\(number)\" x=\"\(x)\" y=\"\(padding + cellHeight - 5)\""
            + " textLength=\"\(length)\"\(style)>\(escaped(run.text))</text>\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
