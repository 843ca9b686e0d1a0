// SPDX-License-Identifier: Apache-2.0
// A page of the manual in the `man` macros (man(7)), made from plain words: whatever they contain
// is shown, never obeyed.

/// Collects a page from top to bottom.
public struct ManualPage: Sendable {
    public private(set) var text: String

    /// - Parameters:
    ///   - section: of the manual: 1 for programs, 5 for files.
    ///   - summary: one line without a full stop.
    public init(_ name: String, section: Int, summary: String) {
        text = """
            .TH "\(Self.shown(name))" \(section) "" "Lintel \(Version.text)"
            .SH NAME
            \(Self.shown(name)) \\- \(Self.shown(summary))

            """
    }

    public mutating func section(_ title: String) { text += ".SH \(Self.shown(title))\n" }

    public mutating func subsection(_ title: String) { text += ".SS \(Self.shown(title))\n" }

    /// Filled text; an empty line begins a new paragraph.
    public mutating func paragraph(_ words: String) {
        for part in words.split(separator: "\n\n") { text += ".PP\n\(Self.lines(part))" }
    }

    /// A term and, indented, what it means.
    public mutating func term(_ name: String, _ meaning: String) {
        text += ".TP\n.B \(Self.shown(name))\n\(Self.lines(meaning[...]))"
    }

    /// Lines to be shown as they stand.
    public mutating func example(_ lines: String) {
        text += ".PP\n.EX\n\(Self.lines(lines[...])).EE\n"
    }

    private static func lines(_ words: Substring) -> String {
        words.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let isRequest = line.hasPrefix(".") || line.hasPrefix("'")
            return (isRequest ? "\\&" : "") + shown(String(line)) + "\n"
        }.joined()
    }

    /// Backslashes begin escapes and a bare hyphen may be typeset as another character.
    private static func shown(_ words: String) -> String {
        words.map { letter in
            switch letter {
            case "\\": "\\e"
            case "-": "\\-"
            case "\"": "\\(dq"
            default: String(letter)
            }
        }.joined()
    }
}
