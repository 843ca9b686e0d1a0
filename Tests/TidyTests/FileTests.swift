// SPDX-License-Identifier: Apache-2.0
import Testing

@Suite("Files stay short, plain and honest")
struct FileTests {
    static let linesMax = 300
    static let columnsMax = 100
    static let code = Tree.sources + Tree.tests + Tree.headers

    @Test("A file starts with its licence", arguments: code)
    func licence(file: SourceFile) {
        #expect(file.lines.first == "// SPDX-License-Identifier: Apache-2.0", "\(file.path)")
    }

    @Test("A file has at most 300 lines of at most 100 columns", arguments: code)
    func size(file: SourceFile) {
        #expect(file.lines.count <= Self.linesMax + 1, "\(file.path): \(file.lines.count) lines")
        for (number, line) in file.lines.enumerated() where line.count > Self.columnsMax {
            Issue.record("\(file.path):\(number + 1): \(line.count) columns")
        }
    }

    /// Spelled in pieces, or this file would find itself.
    static let unsafeMarks = [
        "TO" + "DO", "FIX" + "ME", "try" + "!", "as" + "!", "-O" + "unchecked",
    ]

    @Test("Nothing is left unfinished or unsafe", arguments: code)
    func marks(file: SourceFile) {
        for (number, line) in file.lines.enumerated() {
            for mark in Self.unsafeMarks where line.contains(mark) {
                Issue.record("\(file.path):\(number + 1): \(mark)")
            }
        }
    }

    @Test("A bound's name carries its unit, or is a count, or has a type that carries it")
    func units() {
        let limits = Tree.sources.filter { $0.path.hasSuffix("Limits.swift") }
        #expect(!limits.isEmpty)
        let units = [
            "Max", "Min", "Count", "Bytes", "Bits", "Milliseconds", "Seconds", "Dbm", "Db",
            "PerMinuteAlarm", "Kept", "Recognised", "PPM", "Millivolts", "Percent",
            "Metres", "Devices",
        ]
        for file in limits {
            for line in file.lines where line.contains("static let ") {
                let name = line.split(separator: " ").drop { $0 != "let" }.dropFirst().first ?? ""
                let isTyped = ["Interval", ".seconds", ".milliseconds", ".minutes", ".hours"]
                    .contains { line.contains($0) }
                #expect(
                    isTyped || units.contains { name.drop { $0 == ":" }.contains($0) },
                    "\(file.path): \(name) does not say what it counts")
            }
        }
    }
}
