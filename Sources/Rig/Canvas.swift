// SPDX-License-Identifier: Apache-2.0
// A grid of characters with a few colours: the same picture goes to a terminal, to a plain text
// and to the recording.

/// How a character looks.
public enum Ink: UInt8, Sendable {
    case plain
    case dim
    case bold
    case good
    case bad
    case accent

    /// The parameter of ANSI's SGR sequence.
    var escape: String {
        switch self {
        case .plain: "0"
        case .dim: "2"
        case .bold: "1"
        case .good: "1;32"
        case .bad: "1;31"
        case .accent: "36"
        }
    }
}

/// A picture of `columns` × `rows` characters, each one cell wide.
public struct Canvas: Hashable, Sendable {
    struct Cell: Hashable, Sendable {
        var character: Character = " "
        var ink = Ink.plain
    }

    /// A stretch of one row in one ink.
    struct Run: Hashable, Sendable {
        let column: Int
        let text: String
        let ink: Ink
    }

    public let columns: Int
    public let rows: Int
    private var cells: [Cell]

    public init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        cells = Array(repeating: Cell(), count: self.columns * self.rows)
    }

    /// Draws text from a cell to the right; what does not fit is cut off.
    public mutating func draw(_ text: String, row: Int, column: Int, _ ink: Ink = .plain) {
        guard (0..<rows).contains(row) else { return }
        for (offset, character) in text.enumerated() {
            let target = column + offset
            guard target >= 0 else { continue }
            guard target < columns else { return }
            cells[row * columns + target] = Cell(character: character, ink: ink)
        }
    }

    /// The rows without colours or trailing blanks.
    public var plainLines: [String] {
        (0..<rows).map { row in
            var line = String(self.row(row).map(\.character))
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The rows with ANSI colours.
    public var colouredLines: [String] {
        (0..<rows).map { row in
            var line = ""
            var column = 0
            for run in runs(row) {
                line += String(repeating: " ", count: run.column - column)
                line +=
                    run.ink == .plain ? run.text : "\u{1B}[\(run.ink.escape)m\(run.text)\u{1B}[0m"
                column = run.column + run.text.count
            }
            return line
        }
    }

    /// The visible stretches of a row, left to right.
    func runs(_ row: Int) -> [Run] {
        var runs: [Run] = []
        var start = 0
        let cells = Array(self.row(row))
        while start < cells.count {
            guard cells[start].character != " " else {
                start += 1
                continue
            }
            var end = start
            while end < cells.count, cells[end].ink == cells[start].ink, !isGap(cells, end) {
                end += 1
            }
            runs.append(
                Run(
                    column: start, text: String(cells[start..<end].map(\.character)),
                    ink: cells[start].ink))
            start = end
        }
        return runs
    }

    /// Two blanks end a run: one between words does not.
    private func isGap(_ cells: [Cell], _ index: Int) -> Bool {
        cells[index].character == " "
            && (index + 1 >= cells.count || cells[index + 1].character == " ")
    }

    private func row(_ row: Int) -> ArraySlice<Cell> {
        cells[(row * columns)..<((row + 1) * columns)]
    }
}
