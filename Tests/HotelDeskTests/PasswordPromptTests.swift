// SPDX-License-Identifier: Apache-2.0
// The real program at a real terminal, which script(1) makes.
import Glibc
import Platform
import Testing
import Timebase

@testable import HotelDesk

@Suite("Asking for a password")
struct PasswordPromptTests {
    private let hotel: TestHotel
    private let screen: String

    init() throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
        screen = hotel.file("screen")
    }

    private var desk: Desk {
        get throws { try Desk(path: hotel.database, clock: { TestHotel.noon }) }
    }

    private var shown: String {
        let bytes = try? StateFile.read(screen, bytesMax: 1 << 16)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// What the terminal showed when these keys were pressed, each once it was asked for, and how
    /// its settings are afterwards.
    private func press(_ keys: [(question: String, key: String)]) throws -> String {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let keyboard = FileDescriptor(owning: ends[1], subject: "keyboard")
        let program = try start(ends[0])
        for (question, key) in keys {
            try until(question)
            _ = try Array(key.utf8).withUnsafeBytes { try keyboard.write($0) }
        }
        try until("ended with")
        program.wait()
        return shown
    }

    private func start(_ end: Int32) throws -> ChildProgram {
        let input = FileDescriptor(owning: end, subject: "keyboard")
        let output = try FileDescriptor.open(screen, flags: O_WRONLY | O_CREAT)
        // The shell outlives Ctrl-C, which reaches everybody at the terminal.
        let script = """
            trap : INT
            "\(try TestLink.programs())/lintel-hotel" staff add anna --role desk --database \
            "\(hotel.database)"
            echo "ended with $?"; stty -a
            """
        let file = hotel.file("session")
        try StateFile.replace(file, with: Array(script.utf8))
        return try ChildProgram(
            ["timeout", "300", "script", "-qec", "sh \(file)", "/dev/null"], input: input,
            output: output)
    }

    private func until(_ text: String) throws {
        let end = MonotonicClock.now() + .seconds(120)
        while !shown.contains(text) {
            try #require(MonotonicClock.now() < end, "\(text): not in time; \(shown)")
            usleep(5_000)
        }
    }

    private static let secret = "correct horse battery"

    @Test("What is typed twice is not shown, and the terminal shows again what is typed")
    func typed() throws {
        let screen = try press([
            ("Password:", Self.secret + "\n"), ("Once more:", Self.secret + "\n"),
        ])
        #expect(screen.contains("ended with 0") && !screen.contains("horse"))
        #expect(screen.contains(" echo "))
        #expect(try desk.staff().map(\.name) == ["anna"])
    }

    @Test(
        "Ctrl-C, or the end of input, leaves a terminal that shows what is typed",
        arguments: ["\u{3}", "hal\u{3}", "\u{4}"])
    func interrupted(key: String) throws {
        let screen = try press([("Password:", key)])
        #expect(screen.contains("nothing was changed") && screen.contains("ended with 1"))
        #expect(screen.contains(" echo ") && !screen.contains("hal"))
        #expect(try desk.staff().isEmpty)
    }

    @Test("Two that differ change nothing")
    func different() throws {
        let screen = try press([("Password:", Self.secret + "\n"), ("Once more:", "other\n")])
        #expect(screen.contains("the two differ") && screen.contains(" echo "))
        #expect(try desk.staff().isEmpty)
    }
}
