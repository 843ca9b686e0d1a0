// SPDX-License-Identifier: Apache-2.0
// Finds the command, reads its arguments, runs it, and turns every outcome into an exit status.

/// A command-line program: its commands, and help, manual and completion for all of them.
public struct Program: Sendable {
    let name: String
    let summary: String
    let commands: [Command]
    let files: [ProgramFile]
    let pages: [String: @Sendable () -> ManualPage]

    /// - Parameters:
    ///   - files: what its manual page says of files.
    ///   - pages: further pages of the manual, by name: `lintel.conf(5)`.
    public init(
        _ name: String, summary: String, commands: [Command], files: [ProgramFile] = [],
        pages: [String: @Sendable () -> ManualPage] = [:]
    ) {
        self.name = name
        self.summary = summary
        self.commands = commands
        self.files = files
        self.pages = pages
    }

    /// Runs the command the arguments name.
    ///
    /// - Parameter arguments: without the program's own name.
    public func run(_ arguments: [String], console: Console = .standard) -> ExitCode {
        guard let command = command(in: arguments) else {
            return runWithoutCommand(arguments, console)
        }
        let words = arguments.dropFirst(command.words.count)
        if words.prefix(while: { $0 != "--" }).contains(where: { $0 == "--help" || $0 == "-h" }) {
            console.write(help(for: command))
            return .done
        }
        do {
            return try command.run(Arguments(words, of: command), console)
        } catch let error as ArgumentFindings {
            for finding in error.findings { console.report("\(name) \(command.name): \(finding)") }
            console.report("nothing was done; see '\(name) \(command.name) --help'")
            return .misused
        } catch let failure as CommandFailure {
            console.report("\(name): \(failure.description)")
            return failure.status
        } catch {
            console.report("\(name): \(error)")
            return .failed
        }
    }

    private func command(in arguments: [String]) -> Command? {
        commands.filter { arguments.starts(with: $0.words) }
            .max { $0.words.count < $1.words.count }
    }

    /// Help, the help of a group such as `gateway`, or a command nobody knows.
    private func runWithoutCommand(_ arguments: [String], _ console: Console) -> ExitCode {
        let words = Array(arguments.prefix { !$0.hasPrefix("-") && $0 != "help" })
        let group = commands.filter { !words.isEmpty && $0.words.starts(with: words) }
        if words.isEmpty || !group.isEmpty,
            arguments.dropFirst(words.count).first.map(isHelp) == true
        {
            console.write(help(listing: group.isEmpty ? commands : group))
            return .done
        }
        if let answer = ownOption(arguments) {
            console.write(answer)
            return .done
        }
        if arguments.isEmpty {
            console.report(help(listing: commands))
        } else if words.isEmpty {
            console.report("\(name): '\(arguments[0])' stands where a command belongs")
        } else if group.isEmpty {
            let text = words.joined(separator: " ")
            let hint = suggestion(for: text, among: commands.map(\.name))
            console.report("\(name): unknown command '\(text)'\(hint)")
        } else {
            let names = group.map { "'\($0.name)'" }.joined(separator: ", ")
            console.report("\(name): '\(words.joined(separator: " "))' is not complete: \(names)")
        }
        if !arguments.isEmpty { console.report("nothing was done; see '\(name) --help'") }
        return .misused
    }

    /// What the program's own options print.
    private func ownOption(_ arguments: [String]) -> String? {
        switch arguments {
        case ["--version"]: "\(name) \(Version.text)\n"
        case ["--completion", "bash"]: bashCompletion()
        case ["--completion", "zsh"]: zshCompletion()
        case ["--manual"]: manual().text
        default:
            arguments.count == 2 && arguments[0] == "--manual"
                ? pages[arguments[1]]?().text : nil
        }
    }

    private func isHelp(_ word: String) -> Bool { ["--help", "-h", "help"].contains(word) }
}
