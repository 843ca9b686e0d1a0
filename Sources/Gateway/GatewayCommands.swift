// SPDX-License-Identifier: Apache-2.0
// The commands of a gateway in a hotel: run it, check its settings, enrol it, bring it a snapshot.
import CommandLineKit
import Glibc
import HotelWire
import Locks
import Platform
import Radio

/// The commands of `lintel`, but for those that need the rig.
public enum GatewayCommands {
    public static let all: [Command] =
        [run, check, rest, adapter] + OperatorCommands.all + [
            EnrolCommand.enroll, snapshot, PassCommands.encode, PassCommands.decode,
            PassCommands.beacon,
            CaptureCommands.decode, CaptureCommands.replay, detect, CalibrateCommand.calibrate,
        ]

    /// Further pages of the manual.
    public static let pages: [String: @Sendable () -> ManualPage] = [
        "lintel.conf(5)": { Settings.manual() }
    ]
    public static let files = [
        ProgramFile("\(Settings.defaultFile), \(Settings.defaultFile).d/*.conf", "the settings"),
        ProgramFile(Settings.defaultStateDirectory, "keys, snapshots, events; the gateway's own"),
        ProgramFile(Settings.defaultSocket, "where operators reach the running gateway"),
    ]

    static let config = Parameter.optional(
        "--config", .text("FILE"), default: Settings.defaultFile,
        "the settings; FILE.d/*.conf are read after it")

    static let run = Command(
        "run", summary: "Watch the doors until told to stop",
        discussion: """
            Runs in the foreground, under systemd as Type=notify. Lines rest before it ends. While
            an adapter is missing it keeps trying, and doors stay locked. SIGHUP makes it read its
            settings again: rules and radios change at once and no lock moves; what doors are wired
            to and who the gateway is wait for a restart and are named. Settings with an error
            change nothing.
            """,
        parameters: [config, events]
    ) { arguments, console in
        let settings = try settings(arguments, console)
        let obstacles = settings.lineFindings()
        for finding in obstacles { console.report("\(finding)") }
        guard !obstacles.contains(where: { $0.severity == .error }) else { throw refusal }
        try GatewayService.prepareProcess()
        let print: @Sendable (String) -> Void = { console.print($0) }
        let path = arguments[config]
        let service = try GatewayService(
            settings, events: arguments[events] ? print : nil, reloaded: { Settings.load(path) })
        let status = try service.run(endingOn: GatewayService.stopSignals)
        return ExitCode(rawValue: status) ?? .failed
    }
    private static let events = Parameter<Bool>.flag(
        "--events", "print each event as one JSON line on standard output")

    static let check = Command(
        "check", summary: "Say everything that is wrong with the settings",
        discussion: """
            Also asks this machine for the lines the settings name. Exit status 2 means that the
            gateway would not start with them.
            """,
        parameters: [config]
    ) { arguments, console in
        let report = Settings.load(arguments[config])
        let findings = report.findings + (report.settings?.lineFindings() ?? [])
        console.write(findings.text)
        return findings.contains { $0.severity == .error } ? .misused : .done
    }

    static let rest = Command(
        "rest", summary: "Drive every lock to rest",
        discussion: """
            The stop path of the service: a killed process cannot do it, and what the kernel makes
            of a released line differs between boards. Fails while a gateway holds the lines.
            """,
        parameters: [config]
    ) { arguments, console in
        let settings = try settings(arguments, console)
        try LineAdapter(settings.lines.map(\.request)).stop()
        try BootRecord.leave(in: settings.stateDirectory)
        return .done
    }

    static let adapter = Command(
        "adapter", summary: "Do to an adapter what the service itself may not",
        discussion: """
            For lintel-adapter.socket: answers one request of the gateway at standard input, then
            ends. It opens an adapter, unblocks it, switches it off and on, or resets it. The
            gateway so needs neither CAP_NET_ADMIN nor a write to /sys.
            """
    ) { _, _ in
        let log = Log()
        do throws(SystemError) { log.info(try AdapterHelper.serve(STDIN_FILENO)) } catch {
            // The gateway was told, and says what follows.
            log.notice("\(error)")
        }
        return .done
    }

    static let snapshot = Command(
        "snapshot", summary: "Take in a snapshot from the hotel server",
        discussion: """
            Verifies it and makes it the one in force; a running gateway takes it up within a
            second. A snapshot that is forged, cut short, sealed for another gateway or older than
            the last is refused, and the old one stays.
            """,
        parameters: [config, file]
    ) { arguments, console in
        let store = try SnapshotStore(settings(arguments, console))
        let path = arguments[file]
        do {
            let bytes = try StateFile.read(path, bytesMax: Snapshot.Limits.bytesMax)
            let snapshot = try store.accept(bytes, subject: path)
            var line = JSONLine()
            line.add("epoch", snapshot.epoch)
            line.add("issued", snapshot.issued.text)
            line.add("doors", snapshot.doors.count)
            line.add("credentials", snapshot.credentials.count)
            console.print(line.text)
            return .done
        } catch {
            throw CommandFailure("\(error); the snapshot in force stays", status: .misused)
        }
    }
    private static let file = Parameter.required("FILE", .text("FILE"), "the snapshot")

    /// The settings, or all that is wrong with them and what follows.
    static func settings(_ arguments: Arguments, _ console: Console) throws -> Settings {
        try load(arguments[config], console)
    }

    static func load(_ path: String, _ console: Console) throws -> Settings {
        let report = Settings.load(path)
        for finding in report.findings { console.report("\(finding)") }
        guard let settings = report.settings else { throw refusal }
        return settings
    }

    private static let refusal = CommandFailure(
        "the settings have errors; nothing was started, locks are as they were", status: .misused)
}
