// SPDX-License-Identifier: Apache-2.0
// The thin part of a live calibration: a terminal without line editing, the radios of one door, and
// a clock that redraws five times a second, all on one loop.
import CommandLineKit
import DoorCore
import Glibc
import GuestPass
import HotelWire
import Platform
import Radio
import Timebase

/// The terminal with each key at once and none echoed; given back as it was.
private final class RawTerminal {
    private var before = termios()

    /// `nil` where there is no terminal to lead anybody through.
    init?() {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1,
            tcgetattr(STDIN_FILENO, &before) == 0
        else { return nil }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
        guard tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 else { return nil }
    }

    deinit { _ = tcsetattr(STDIN_FILENO, TCSANOW, &before) }

    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
        else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    var keys: [CalibrateKey] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(STDIN_FILENO, &bytes, bytes.count)
        // An end of input must not leave a terminal nobody can leave.
        guard count > 0 else { return [.letter("q"), .enter] }
        return bytes.prefix(count).compactMap { byte in
            switch byte {
            case 0x0A, 0x0D, 0x20: .enter
            case 0x08, 0x7F: .erase
            case 0x21...0x7E: .letter(Character(UnicodeScalar(byte)))
            default: nil
            }
        }
    }
}

/// Leads an installer through a session.
final class CalibrateTerminal {
    private let console: Console
    private let loop: EventLoop
    private let terminal: RawTerminal
    private let store: CalibrateStore
    private var grants: Grants?
    private var tables: CredentialTables?
    private var window: PassWindow?
    private(set) var session: CalibrateSession
    private var radios: [Radio] = []
    private var sources: [AnyObject] = []
    private var ticker: TimerSource?
    private var savedRevision: Int
    private var saveFailure: SystemError?

    init(
        _ session: CalibrateSession, _ settings: Settings, _ door: SettingsDoor,
        _ snapshot: Snapshot?, _ store: CalibrateStore, _ console: Console
    ) throws {
        guard let terminal = RawTerminal() else {
            throw CommandFailure(
                "standard input and output are no terminal; use --from CAPTURE --marks FILE",
                status: .misused)
        }
        self.session = session
        self.store = store
        self.console = console
        self.terminal = terminal
        grants = snapshot.map { Grants($0) }
        savedRevision = session.revision
        try Signals.block(GatewayService.stopSignals)
        loop = try EventLoop()
        for signal in GatewayService.stopSignals {
            sources.append(
                try SignalSource(loop, signal: signal) { [unowned self] in loop.exit(code: 0) })
        }
        sources.append(
            try IOSource(loop, descriptor: STDIN_FILENO, events: .readable) { [unowned self] _ in
                for key in terminal.keys { self.session.press(key, at: MonotonicClock.now()) }
                update()
            })
        ticker = try TimerSource(loop) { [unowned self] _ in update() }
        try openRadios(settings, door)
    }

    /// Runs until the installer is through or leaves.
    func run() throws {
        console.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
        defer { console.write("\u{1B}[?25h\u{1B}[?1049l") }
        for radio in radios { radio.start() }
        defer { for radio in radios { radio.stop() } }
        update()
        _ = try loop.run()
        if let saveFailure { throw saveFailure }
    }

    private func openRadios(_ settings: Settings, _ door: SettingsDoor) throws(SystemError) {
        for (number, receiver) in settings.receivers.enumerated() {
            guard let side = door.configuration.side(of: ReceiverIndex(UInt8(number))) else {
                continue
            }
            let ear = CalibrateEar(side: side, air: receiver.air)
            radios.append(
                try Radio(
                    loop, receiver.configuration,
                    onReports: { [unowned self] reports, moment in
                        prepareTables()
                        guard let window else { return }
                        ear.listen(to: reports, tables, window: window) { [self] phone, sample in
                            session.hear(phone, sample, at: moment)
                        }
                    },
                    onNotice: { [unowned self] notice in
                        session.say("[\(receiver.configuration.name)] \(notice)")
                    }))
        }
    }

    private func prepareTables() {
        let present = PassWindow(WallClock.now())
        guard window != present else { return }
        window = present
        tables = grants?.immediateTables(at: WallClock.now())
    }

    private func update() {
        let now = MonotonicClock.now()
        session.letTimePass(to: now)
        if session.revision != savedRevision {
            savedRevision = session.revision
            do throws(SystemError) { try store.save(session) } catch {
                saveFailure = error
                loop.exit(code: 0)
            }
        }
        if case .over = session.phase { loop.exit(code: 0) }
        let (columns, rows) = terminal.size
        let lines = CalibrateScreen(session: session, now: now, columns: columns, rows: rows).lines
        console.write(
            "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
        do {
            try ticker?.arm(now + .milliseconds(200))
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }
}
