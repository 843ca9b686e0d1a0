// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Synchronization
import Testing

/// What one run of a program printed and how it ended.
private struct Run {
    let status: ExitCode
    let output: String
    let errors: String

    init(_ arguments: String...) {
        let output = Text()
        let errors = Text()
        let console = Console(output: { output.append($0) }, errors: { errors.append($0) })
        status = inn.run(arguments, console: console)
        self.output = output.value
        self.errors = errors.value
    }
}

private final class Text: Sendable {
    private let text = Mutex("")
    var value: String { text.withLock { $0 } }
    func append(_ more: String) { text.withLock { $0 += more } }
}

private let guest = Parameter.required("GUEST", .text("GUEST"), "who sleeps here")
private let extras = Parameter.anyNumber(of: "EXTRA", .text("EXTRA"), "what else is wanted")
private let floor = Parameter.required("--floor", .number("N", in: Int8(-2)...40), "storey")
private let bed = Parameter.optional(
    "--bed", .choice(["single", "double"]), default: "single", "kind of bed")
private let note = Parameter.optional("--note", .text("TEXT"), "for the staff")
private let keys = Parameter.repeated("--key", .number("N", in: UInt8(1)...9), "key to hand out")
private let quiet = Parameter.flag("--quiet", "away from the lift")

private let inn = Program(
    "inn", summary: "Keeps the rooms of an inn.",
    commands: [
        Command(
            "room give", summary: "Give a guest a room",
            discussion: "The guest must have been announced.",
            parameters: [guest, extras, floor, bed, note, keys, quiet]
        ) { arguments, console in
            console.print(
                "\(arguments[guest]) \(arguments[extras]) \(arguments[floor]) \(arguments[bed]) "
                    + "\(arguments[note] ?? "-") \(arguments[keys]) \(arguments[quiet])")
            return .done
        },
        Command("room list", summary: "List the rooms") { _, _ in .failed },
        Command("burn", summary: "Burn down") { _, _ in
            throw CommandFailure("cannot burn: it rains; nothing was lost", status: .misused)
        },
    ])

@Suite("Command lines")
struct ProgramTests {
    @Test("Options, flags, defaults and positionals arrive with their types, in any order")
    func values() {
        let run = Run(
            "room", "give", "--floor", "-1", "Ada", "--key=3", "towel", "--quiet", "--key", "4",
            "--", "--soap")
        #expect(run.output == "Ada [\"towel\", \"--soap\"] -1 single - [3, 4] true\n")
        #expect(run.status == .done && run.errors.isEmpty)
        #expect(
            Run("room", "give", "Ada", "--floor=2", "--key=1", "--bed=double", "--note", "late")
                .output == "Ada [] 2 double late [1] false\n")
    }

    @Test("All findings are reported at once, and the nearest option is named")
    func findings() {
        let run = Run(
            "room", "give", "--flor", "--bed", "water", "--quiet=yes", "--key", "0", "--note",
            "a", "--note", "b", "--note")
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(
            run.errors == """
                inn room give: unknown option '--flor'; did you mean '--floor'?
                inn room give: --bed: 'water' is not one of single, double
                inn room give: --quiet takes no value
                inn room give: --key: '0' is not a whole number from 1 to 9
                inn room give: --note needs a value, TEXT
                inn room give: GUEST is missing: who sleeps here
                inn room give: --floor is missing: storey
                inn room give: --note is given 3 times
                nothing was done; see 'inn room give --help'

                """)
    }

    @Test("An argument nobody asked for is refused")
    func unexpected() {
        let run = Run("room", "list", "all")
        #expect(run.status == .misused)
        #expect(run.errors.hasPrefix("inn room list: unexpected argument 'all'\n"))
    }

    @Test("Help of a command is made from its declaration")
    func help() {
        let run = Run("room", "give", "--floor", "x", "--help")
        #expect(run.status == .done && run.errors.isEmpty)
        #expect(
            run.output == """
                Usage: inn room give GUEST [EXTRA ...] --floor N [--bed single|double] \
                [--note TEXT] --key N ... [--quiet]

                Give a guest a room.

                The guest must have been announced.

                Arguments:
                  GUEST  who sleeps here
                  EXTRA  what else is wanted (may be repeated)

                Options:
                  --floor N            storey
                  --bed single|double  kind of bed (default: single)
                  --note TEXT          for the staff
                  --key N              key to hand out (may be repeated)
                  --quiet              away from the lift
                  --help               show this text

                Exit status: 0 done, 1 failed, 2 wrong command line or settings.

                """)
    }

    @Test("Help lists the commands, or those of a group", arguments: ["--help", "-h", "help"])
    func listing(word: String) {
        let all = Run(word)
        #expect(all.status == .done && all.output.contains("  burn       Burn down\n"))
        let group = Run("room", word)
        #expect(group.status == .done && group.output.contains("  room list  List the rooms\n"))
        #expect(!group.output.contains("burn"))
    }

    @Test(
        "What is no command is refused with what might be meant",
        arguments: [
            (["rom", "give"], "inn: unknown command 'rom give'; did you mean 'room give'?"),
            (["room"], "inn: 'room' is not complete: 'room give', 'room list'"),
            (["--floor", "2"], "inn: '--floor' stands where a command belongs"),
            (["sell"], "inn: unknown command 'sell'"),
        ])
    func unknown(arguments: [String], message: String) {
        let errors = Text()
        let console = Console(output: { _ in }, errors: { errors.append($0) })
        #expect(inn.run(arguments, console: console) == .misused)
        #expect(errors.value == message + "\nnothing was done; see 'inn --help'\n")
    }

    @Test("Without arguments the commands are shown as an error")
    func empty() {
        let run = Run()
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(run.errors.hasPrefix("Usage: inn COMMAND"))
    }

    @Test("A command's own outcome and failure decide the exit status")
    func outcomes() {
        #expect(Run("room", "list").status == .failed)
        let burnt = Run("burn")
        #expect(burnt.status == .misused)
        #expect(burnt.errors == "inn: cannot burn: it rains; nothing was lost\n")
    }
}
