// SPDX-License-Identifier: Apache-2.0
// Help is made from the declarations alone, so that it cannot disagree with what is parsed.

extension Program {
    /// What the program is, and one line for each of these commands.
    func help(listing listed: [Command]) -> String {
        let rows = listed.map { ($0.name, $0.summary) }
        return """
            Usage: \(name) COMMAND [OPTIONS]

            \(summary)

            Commands:
            \(table(rows))

            '\(name) COMMAND --help' shows a command's options.

            """
    }

    /// Usage, explanation and parameters of one command.
    func help(for command: Command) -> String {
        let positionals = command.parameters.filter { !$0.isOption }
        let options = command.parameters.filter(\.isOption)
        var paragraphs = ["Usage: \(usageLine(of: command))", command.summary + "."]
        if !command.discussion.isEmpty { paragraphs.append(command.discussion) }
        if !positionals.isEmpty { paragraphs.append("Arguments:\n" + table(positionals.map(row))) }
        let help = ("--help", "show this text")
        paragraphs.append("Options:\n" + table(options.map(row) + [help]))
        let statuses = Self.statuses.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
        paragraphs.append("Exit status: \(statuses).")
        return paragraphs.joined(separator: "\n\n") + "\n"
    }

    /// How a command is written.
    func usageLine(of command: Command) -> String {
        ([name, command.name] + command.parameters.map(usage)).joined(separator: " ")
    }

    private func usage(_ parameter: ParameterSpecification) -> String {
        var text = parameter.isOption ? parameter.name : ""
        if let placeholder = parameter.placeholder {
            text += (text.isEmpty ? "" : " ") + placeholder
        }
        if parameter.isRepeated { text += " ..." }
        return parameter.isRequired ? text : "[\(text)]"
    }

    /// A parameter as it is written, and what it means.
    func row(_ parameter: ParameterSpecification) -> (String, String) {
        let option = [parameter.name, parameter.placeholder ?? ""].filter { !$0.isEmpty }
        let name = parameter.isOption ? option.joined(separator: " ") : parameter.name
        var notes: [String] = []
        if let text = parameter.defaultText { notes.append("default: \(text)") }
        if parameter.isRepeated { notes.append("may be repeated") }
        let note = notes.isEmpty ? "" : " (\(notes.joined(separator: ", ")))"
        return (name, parameter.help + note)
    }

    private func table(_ rows: [(String, String)]) -> String {
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { row in
            let padding = String(repeating: " ", count: width - row.0.count)
            return "  \(row.0)\(padding)  \(row.1)"
        }.joined(separator: "\n")
    }
}
