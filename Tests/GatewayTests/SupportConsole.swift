// SPDX-License-Identifier: Apache-2.0
// `lintel` in this process, its words caught.
import CommandLineKit
import Gateway
import Synchronization

/// What one run of a command printed and how it ended.
struct CommandRun {
    let status: ExitCode
    let output: String
    let errors: String
    var lines: [String] { output.split(separator: "\n").map(String.init) }
    /// `errors` without the warnings that settings with simulated lines bring.
    var complaints: String {
        errors.split(separator: "\n").filter { !$0.contains(": warning: ") }
            .map { $0 + "\n" }.joined()
    }

    /// Runs `lintel` with these arguments.
    static func lintel(_ arguments: String...) -> CommandRun { lintel(arguments) }

    static func lintel(_ arguments: [String]) -> CommandRun {
        let texts = Texts()
        let console = Console(
            output: { text in texts.output.withLock { $0 += text } },
            errors: { text in texts.errors.withLock { $0 += text } })
        let status = Program("lintel", summary: "", commands: GatewayCommands.all)
            .run(arguments, console: console)
        return CommandRun(
            status: status, output: texts.output.withLock { $0 },
            errors: texts.errors.withLock { $0 })
    }

    private final class Texts: Sendable {
        let output = Mutex("")
        let errors = Mutex("")
    }
}
