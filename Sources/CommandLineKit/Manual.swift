// SPDX-License-Identifier: Apache-2.0
// The manual page of a program, from the same declarations as its help.

/// A file a program reads or writes, for its manual page.
public struct ProgramFile: Sendable {
    let path: String
    let meaning: String

    public init(_ path: String, _ meaning: String) {
        self.path = path
        self.meaning = meaning
    }
}

extension Program {
    /// Section 1's page.
    func manual() -> ManualPage {
        var page = ManualPage(name, section: 1, summary: summaryLine)
        page.section("SYNOPSIS")
        page.paragraph("\(name) COMMAND [OPTIONS]")
        page.section("DESCRIPTION")
        page.paragraph(summary)
        page.section("COMMANDS")
        for command in commands {
            page.subsection(usageLine(of: command))
            page.paragraph(command.summary + ".")
            page.paragraph(command.discussion)
            for parameter in command.parameters {
                let (term, meaning) = row(parameter)
                page.term(term, meaning)
            }
        }
        page.section("OPTIONS OF THE PROGRAM")
        for (option, meaning) in Self.ownOptions { page.term(option, meaning) }
        page.section("EXIT STATUS")
        for (status, meaning) in Self.statuses { page.term(status, meaning) }
        if !files.isEmpty { page.section("FILES") }
        for file in files { page.term(file.path, file.meaning) }
        if !pages.isEmpty { page.section("SEE ALSO") }
        page.paragraph(pages.keys.sorted().joined(separator: ", "))
        return page
    }

    static let statuses = [
        ("0", "done"), ("1", "failed"), ("2", "wrong command line or settings"),
    ]

    static let ownOptions = [
        ("--help", "show the commands; behind a command, its options"),
        ("--version", "say which release this is"),
        ("--manual [PAGE]", "print a page of the manual in roff, as for man -l"),
        ("--completion bash|zsh", "print what completes command lines in a shell"),
    ]

    /// The summary as a manual's NAME wants it: one line, no full stop.
    private var summaryLine: String {
        let line = summary.split(separator: "\n").joined(separator: " ")
        return line.hasSuffix(".") ? String(line.dropLast()) : line
    }
}
