// SPDX-License-Identifier: Apache-2.0
// Asks for a password at a terminal without showing it. However asking ends, also by Ctrl-C, the
// terminal shows again what is typed; one that would show the password is not asked at all.
import CommandLineKit
import Glibc
import Platform

/// Reads a password: typed twice and unseen at a terminal, else one line of standard input.
enum PasswordPrompt {
    static func read(_ console: Console) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(strippingNewline: true) else {
                throw CommandFailure("standard input has no password; nothing was changed")
            }
            return line
        }
        let terminal = try QuietTerminal()
        defer { if !terminal.restore() { console.report("'stty echo' shows again what is typed") } }
        console.report("Password:")
        let first = try terminal.line()
        console.report("Once more:")
        guard try terminal.line() == first else {
            throw CommandFailure("the two differ; nothing was changed")
        }
        return first
    }
}

/// The terminal at standard input while it does not show what is typed. Signals that would end the
/// process, or leave the shell with such a terminal, wait meanwhile.
private final class QuietTerminal {
    private static let ending = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]
    private static let waiting = ending + [SIGTSTP]
    /// A line longer than this is not a password.
    private static let lineBytesMax = 4_096

    private let before: termios
    private let loop: EventLoop
    private var sources: [SignalSource] = []
    private var isInterrupted = false

    init() throws {
        guard let before = Self.settings() else { throw Self.wouldShow }
        self.before = before
        loop = try EventLoop()
        try Signals.block(Self.waiting)
        do {
            sources = try Self.ending.map { signal in
                try SignalSource(loop, signal: signal) { [unowned self] in isInterrupted = true }
            }
            var quiet = before
            quiet.c_lflag &= ~tcflag_t(ECHO)
            // It succeeds if it could do any part of what was asked (tcsetattr(3)).
            guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0, let now = Self.settings(),
                now.c_lflag & tcflag_t(ECHO) == 0
            else { throw Self.wouldShow }
        } catch {
            _ = restore()
            throw error
        }
    }

    private static let wouldShow = CommandFailure(
        "this terminal would show the password; give it on standard input instead")

    private static func settings() -> termios? {
        var settings = termios()
        return tcgetattr(STDIN_FILENO, &settings) == 0 ? settings : nil
    }

    /// What is typed up to the end of the line.
    func line() throws -> String {
        var typed: [UInt8] = []
        var isOver = false
        let input = try IOSource(loop, descriptor: STDIN_FILENO, events: .readable) { _ in
            var buffer = [UInt8](repeating: 0, count: Self.lineBytesMax)
            let count = Glibc.read(STDIN_FILENO, &buffer, buffer.count)
            if count > 0 { typed += buffer[..<count] }
            isOver = count <= 0 || typed.last == UInt8(ascii: "\n")
        }
        while !isOver, !isInterrupted { _ = try loop.runOnce(limit: .hours(1)) }
        withExtendedLifetime(input) {}
        guard !isInterrupted, typed.popLast() == UInt8(ascii: "\n") else {
            throw CommandFailure("no password was typed; nothing was changed")
        }
        return String(decoding: typed, as: UTF8.self)
    }

    /// - Returns: whether the terminal is as it was.
    func restore() -> Bool {
        var before = before
        let isRestored = tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) == 0
        sources = []
        Signals.unblock(Self.waiting)
        return isRestored
    }
}
