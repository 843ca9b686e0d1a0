// SPDX-License-Identifier: Apache-2.0
// `lintel calibrate`: from a phone carried about a door to the door's levels.
import BLEWire
import CommandLineKit
import DoorCore
import Glibc
import HotelWire
import Platform
import Radio

enum CalibrateCommand {
    private static let door = Parameter.required("DOOR", .text("DOOR"), "the door's name")
    private static let capture = Parameter.optional(
        "--from", ValueFormat<String>.text("CAPTURE"),
        "work from a btsnoop capture instead of leading through the steps")
    private static let marks = Parameter.optional(
        "--marks", ValueFormat<String>.text("FILE"), "what was done when in the capture")
    private static let beacon = Parameter.optional(
        "--beacon",
        ValueFormat<DeviceAddress>("ADDRESS", "an address, as aa:bb:cc:dd:ee:ff") {
            DeviceAddress($0)
        }, "measure this advertiser")
    private static let snapshot = Parameter.optional(
        "--snapshot", ValueFormat<String>.text("FILE"),
        "recognise passes by these grants; the ones in force where left out")
    private static let json = Parameter<Bool>.flag("--json", "print the result as JSON")
    private static let write = Parameter<Bool>.flag(
        "--write", "write the result beside the settings without asking")
    private static let restart = Parameter<Bool>.flag(
        "--restart", "forget the steps of an interrupted calibration")

    static let calibrate = Command(
        "calibrate", summary: "Measure a door's levels with a phone, and say how well they tell",
        discussion: """
            Leads through standing at the door, walking past and staying inside, about six minutes;
            an interrupted calibration goes on where it was. It uses the door's adapters itself:
            stop the gateway meanwhile ('systemctl stop lintel').

            From a capture, --marks is CSV 't_s,step': where a step begins, in seconds from the
            capture's first record; step is approach, at-door, walk-past, inside or end.

            Nothing is written unless you type yes or give --write: then the levels go to
            CONFIG.d/calibration-DOOR.conf.
            """,
        parameters: [
            GatewayCommands.config, capture, marks, beacon, snapshot, json, write, restart, door,
        ]
    ) { arguments, console in
        let settings = try GatewayCommands.settings(arguments, console)
        guard let door = settings.doors.first(where: { $0.name == arguments[door] }) else {
            let known = settings.doors.map { "'\($0.name)'" }.joined(separator: ", ")
            throw CommandFailure(
                "no [door \(arguments[Self.door])] in the settings; there are \(known)",
                status: .misused)
        }
        guard (arguments[capture] == nil) == (arguments[marks] == nil) else {
            throw CommandFailure("--from and --marks belong together", status: .misused)
        }
        let store = CalibrateStore(folder: settings.stateDirectory, door: door.name)
        let proposal: CalibrateProposal
        var isAccepted = arguments[write]
        if let capture = arguments[capture], let marks = arguments[marks] {
            proposal = try recorded(capture, marks, settings, door, arguments)
        } else {
            let session = try lead(settings, door, store, arguments, console)
            guard case .over(let isTyped) = session.phase,
                case .success(let made)? = session.proposal
            else {
                console.report("not finished; the steps so far are kept, nothing was written")
                return .failed
            }
            proposal = made
            isAccepted = isAccepted || isTyped
        }
        if arguments[json] {
            console.print(proposal.json(door: door.name))
        } else {
            for line in proposal.text(door: door.name) { console.print(line) }
        }
        guard isAccepted else {
            console.report("nothing was written; --write writes these levels")
            return .done
        }
        try write(proposal, door, arguments[GatewayCommands.config], console)
        // What is in force need not be resumed.
        if arguments[capture] == nil { try StateFile.erase(store.path) }
        return .done
    }

    private static func recorded(
        _ capture: String, _ marks: String, _ settings: Settings, _ door: SettingsDoor,
        _ arguments: Arguments
    ) throws -> CalibrateProposal {
        let bytes = try StateFile.read(marks, bytesMax: Limits.marksBytesMax)
        do {
            var reader = CalibrateCapture(
                try CalibrateMarks(String(decoding: bytes, as: UTF8.self)), settings, door,
                try granted(settings, arguments))
            return try CalibrateProposal(
                reader.read(BTSnoopReader(path: capture), beacon: arguments[beacon]),
                current: door.configuration.proximity)
        } catch let problem as CalibrateProblem {
            throw CommandFailure("\(marks): \(problem); nothing was written", status: .misused)
        }
    }

    private static func lead(
        _ settings: Settings, _ door: SettingsDoor, _ store: CalibrateStore,
        _ arguments: Arguments, _ console: Console
    ) throws -> CalibrateSession {
        try StateFile.makeFolder(settings.stateDirectory)
        let kept = arguments[restart] ? nil : try store.load()
        let chosen = arguments[beacon].map { CalibratePhone.advertiser($0) } ?? kept?.phone
        let session = CalibrateSession(
            door: door.name, current: door.configuration.proximity, phone: chosen,
            outcomes: kept?.outcomes ?? [])
        let terminal = try CalibrateTerminal(
            session, settings, door, try granted(settings, arguments), store, console)
        try terminal.run()
        return terminal.session
    }

    /// The snapshot asked for, or the one in force; `nil`: phones are told apart by address.
    private static func granted(_ settings: Settings, _ arguments: Arguments) throws -> Snapshot? {
        if let path = arguments[snapshot] { return try SnapshotStore(settings).inspect(path) }
        guard settings.issuerFile != nil else { return nil }
        return try? SnapshotStore(settings).current()
    }

    private static func write(
        _ proposal: CalibrateProposal, _ door: SettingsDoor, _ config: String, _ console: Console
    ) throws {
        let folder = config + ".d"
        // The gateway, which reads it, is another user than the installer.
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw SystemError(call: "make folder", subject: folder, errno: errno)
        }
        let path = "\(folder)/calibration-\(CalibrateStore.fileName(door.name)).conf"
        try StateFile.replace(
            path, with: Array(proposal.configuration(door: door.name).utf8), mode: 0o644)
        _ = try GatewayCommands.load(config, console)
        console.report("wrote '\(path)'; 'systemctl reload lintel' puts it in force")
    }
}
