// SPDX-License-Identifier: Apache-2.0
// The terminal the demonstration draws on: the alternate screen, so that nothing of the operator's
// is lost, and one write a frame, so that nothing flickers.
import CommandLineKit
import Glibc
import Rig

/// The controlling terminal, borrowed and given back.
final class DemoTerminal {
    private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J"
    private static let leave = "\u{1B}[?25h\u{1B}[?1049l"
    /// Terminals that know it show the frame at once; others ignore it.
    private static let beginFrame = "\u{1B}[?2026h\u{1B}[H"
    private static let endFrame = "\u{1B}[J\u{1B}[?2026l"

    private let console: Console
    private let hasColours: Bool

    /// `nil` where standard output is no terminal that can be drawn on.
    init?(_ console: Console) {
        let kind = getenv("TERM").map { String(cString: $0) } ?? "dumb"
        guard isatty(STDOUT_FILENO) == 1, kind != "dumb" else { return nil }
        self.console = console
        // https://no-color.org: present and not empty.
        hasColours = getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        console.write(Self.enter)
    }

    deinit { console.write(Self.leave) }

    /// Columns and rows now; asked every frame, so that resizing just works.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    func show(_ canvas: Canvas) {
        let lines = hasColours ? canvas.colouredLines : canvas.plainLines
        console.write(
            Self.beginFrame + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
                + Self.endFrame)
    }
}
