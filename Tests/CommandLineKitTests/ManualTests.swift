// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Foundation
import Synchronization
import Testing

private let cellar = Program(
    "cellar", summary: "Keeps the wine of an inn.",
    commands: [
        Command(
            "bottle add", summary: "Lay a bottle down",
            discussion: "'Twas in C:\\cellar\n.SH before.",
            parameters: [
                Parameter.required("NAME", .text("NAME"), "what the label says"),
                Parameter.optional(
                    "--colour", .choice(["red", "white"]), default: "red", "its colour"),
                Parameter.flag("--old", "it's older than the cook"),
            ]
        ) { _, _ in .done },
        Command("bottle drink", summary: "Drink one") { _, _ in .done },
        Command("count", summary: "Count what is left") { _, _ in .done },
    ],
    files: [ProgramFile("/cellar", "the bottles")],
    pages: ["cellar.conf(5)": { ManualPage("cellar.conf", section: 5, summary: "its shelves") }])

private func output(_ arguments: String...) -> String {
    let text = Mutex("")
    let console = Console(output: { more in text.withLock { $0 += more } }, errors: { _ in })
    #expect(cellar.run(arguments, console: console) == .done)
    return text.withLock { $0 }
}

/// What a shell prints for a script on its standard input.
private func shell(_ program: String, _ arguments: [String], _ script: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(script.utf8))
    try input.fileHandleForWriting.close()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self)
}

@Suite("Manual pages and completion")
struct ManualTests {
    @Test("A page of the manual has every command with its parameters, files and other pages")
    func page() {
        let page = output("--manual")
        for line in [
            ".SH NAME\ncellar \\- Keeps the wine of an inn\n",
            ".SS cellar bottle add NAME [\\-\\-colour red|white] [\\-\\-old]\n",
            ".B \\-\\-colour red|white\nits colour (default: red)\n", ".B /cellar\nthe bottles\n",
            ".SH SEE ALSO\n.PP\ncellar.conf(5)\n", ".B 2\nwrong command line or settings\n",
        ] {
            #expect(page.contains(line), "\(line)")
        }
        #expect(output("--manual", "cellar.conf(5)").contains("cellar.conf \\- its shelves"))
    }

    @Test("What words of a page look like to the typesetter is shown, not obeyed")
    func escapes() {
        let page = output("--manual")
        #expect(page.contains("\n\\&'Twas in C:\\ecellar\n\\&.SH before.\n"))
    }

    @Test("The version is the release's")
    func version() {
        #expect(output("--version") == "cellar \(Version.text)\n")
    }

    @Test(
        "bash completes commands, options and the words an option takes",
        arguments: [
            ("", "bottle count --help --version --manual --completion"), ("bottle ", "add drink"),
            ("bottle d", "drink"), ("bottle add x --", "--colour --old --help"),
            ("bottle add --colour ", "red white"), ("bottle add --colour w", "white"),
        ])
    func bash(line: String, expected: String) throws {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let array = (["cellar"] + words).map { "'\($0)'" }.joined(separator: " ")
        let script =
            output("--completion", "bash")
            + "COMP_WORDS=(\(array)); COMP_CWORD=\(words.count); _cellar; echo ${COMPREPLY[*]}\n"
        #expect(try shell("bash", ["--norc"], script) == expected + "\n")
    }

    @Test(
        "zsh takes the script for its own",
        .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/zsh")))
    func zsh() throws {
        #expect(try shell("zsh", ["-n"], output("--completion", "zsh")).isEmpty)
    }
}
