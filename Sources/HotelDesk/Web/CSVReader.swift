// SPDX-License-Identifier: Apache-2.0
// Comma-separated values (RFC 4180), as other systems write them: a byte order mark, semicolons
// instead of commas and lone line feeds are understood.

enum CSVReader {
    /// Records with the line each begins in; empty lines are none. `nil` where quotes do not close.
    static func records(_ text: String) -> [(line: Int, cells: [String])]? {
        var scalars = text.unicodeScalars[...]
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        let head = scalars.prefix { $0 != "\n" }
        let separator: Unicode.Scalar = head.contains(";") && !head.contains(",") ? ";" : ","
        var records: [(line: Int, cells: [String])] = []
        var cells: [String] = []
        var cell = String.UnicodeScalarView()
        var (line, firstLine) = (1, 1)
        var isQuoted = false
        var wasQuoted = false
        var isBlank = true

        func add(_ scalar: Unicode.Scalar) {
            cell.append(scalar)
            isBlank = isBlank && (scalar == " " || scalar == "\t")
        }
        func endCell() {
            let text = String(cell)
            cells.append(wasQuoted ? text : trimmed(text))
            cell = String.UnicodeScalarView()
            (wasQuoted, isBlank) = (false, true)
        }
        func endRecord() {
            endCell()
            if cells != [""] { records.append((firstLine, cells)) }
            cells = []
        }
        while let scalar = scalars.popFirst() {
            if scalar == "\n" { line += 1 }
            switch scalar {
            case "\"" where isQuoted:
                if scalars.first == "\"" {
                    add(scalar)
                    scalars.removeFirst()
                } else {
                    isQuoted = false
                }
            case _ where isQuoted: add(scalar)
            case "\"" where isBlank:
                cell = String.UnicodeScalarView()
                (isQuoted, wasQuoted) = (true, true)
            case " " where wasQuoted, "\t" where wasQuoted: break
            case separator: endCell()
            case "\n":
                endRecord()
                firstLine = line
            case "\r": break
            default: add(scalar)
            }
        }
        guard !isQuoted else { return nil }
        endRecord()
        return records
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0 == " " || $0 == "\t" }
        let end = start.lastIndex { $0 != " " && $0 != "\t" }
        return end.map { String(start[...$0]) } ?? ""
    }
}
