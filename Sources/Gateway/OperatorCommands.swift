// SPDX-License-Identifier: Apache-2.0
// What an operator says to the running gateway. Each command is one request; the words come from
// the gateway, so that the command line and curl say the same.
import CommandLineKit
import HotelWire
import Platform

/// The commands that need a running gateway.
enum OperatorCommands {
    static let all: [Command] = [
        status, doors, open, mode, identify, resetFire, events, confirmClock, report,
    ]

    static let socket = Parameter<String?>.optional(
        "--socket", .text("PATH"), "the gateway's socket (default: as in the settings)")
    static let config = GatewayCommands.config
    static let json = Parameter<Bool>.flag("--json", "print JSON")
    static let door = Parameter.required("DOOR", .text("DOOR"), "the door's name in the settings")
    static let reason = Parameter.required(
        "--reason", .text("TEXT"), "why, for the audit: at most 200 bytes")

    static let status = Command(
        "status", summary: "Say how the running gateway is",
        parameters: [json, config, socket]
    ) { arguments, console in
        try show("/v1/status", arguments, console)
    }

    static let doors = Command(
        "doors", summary: "Show the doors of the running gateway",
        parameters: [json, config, socket]
    ) { arguments, console in
        try show("/v1/doors", arguments, console)
    }

    static let open = Command(
        "open", summary: "Unlock a door once",
        discussion: """
            One pulse, as a guest's pass would give. Privacy, lockdown, service mode and an open
            door refuse it. Your user number and the reason are in the audit.
            """,
        parameters: [door, reason, config, socket]
    ) { arguments, console in
        try order(arguments[door], "open", [("reason", arguments[reason])], arguments, console)
    }

    static let mode = Command(
        "mode", summary: "Put a door into another mode",
        discussion: """
            normal: as configured. lockdown: nobody but emergency passes. free-access: anyone,
            during the door's hours. service: nothing unlocks and no alarm sounds.
            """,
        parameters: [door, newMode, reason, config, socket]
    ) { arguments, console in
        try order(
            arguments[door], "mode", [("mode", arguments[newMode]), ("reason", arguments[reason])],
            arguments, console)
    }
    private static let newMode = Parameter.required(
        "MODE", .choice(["normal", "lockdown", "free-access", "service"]), "the mode")

    static let identify = Command(
        "identify", summary: "Let a door's light blink", parameters: [door, config, socket]
    ) { arguments, console in
        try order(arguments[door], "identify", [], arguments, console)
    }

    static let resetFire = Command(
        "reset-fire", summary: "Forget a fire alarm once the door was inspected",
        parameters: [door, reason, config, socket]
    ) { arguments, console in
        try order(
            arguments[door], "reset-fire", [("reason", arguments[reason])], arguments, console)
    }

    static let confirmClock = Command(
        "clock confirm", summary: "Say that the gateway's clock is right",
        discussion: """
            For a gateway that has been without power and has not reached a time server: compare
            the time 'lintel status' shows with your watch first.
            """,
        parameters: [config, socket]
    ) { arguments, console in
        try order(path: "/v1/clock/confirm", [], arguments, console)
    }

    static let events = Command(
        "events", summary: "Print the events of the running gateway, or verify a file of them",
        discussion: """
            One JSON object a line, oldest first. Each carries the SHA-256 of the line before it:
            --verify follows that chain through a file and ends with status 1 where it is broken.
            """,
        parameters: [follow, after, verify, config, socket]
    ) { arguments, console in
        if let path = arguments[verify] { return try verify(path, console) }
        let follow = arguments[follow] ? "&follow=1" : ""
        return try show(
            "/v1/events?after=\(arguments[after])\(follow)", arguments, console, asWords: false)
    }
    private static let follow = Parameter<Bool>.flag("--follow", "go on with each new event")
    private static let after = Parameter.optional(
        "--after", .number("NUMBER", in: UInt64(0)...UInt64.max), default: "0",
        "only events with a higher sequence number")
    private static let verify = Parameter<String?>.optional(
        "--verify", .text("FILE"), "verify this file instead of asking a gateway")

    static let report = Command(
        "report", summary: "Print all that helps somebody far away to help this gateway",
        discussion: """
            JSON lines of at most 1 MiB: versions, machine, adapters, clock, status, counters,
            settings with secrets left out, and the last events. Nothing of any device but the
            gateway's own is in it. Where no gateway runs, what can be told without one.
            """,
        parameters: [config, socket]
    ) { arguments, console in
        do {
            return try show("/v1/report", arguments, console, asWords: false)
        } catch  where arguments[socket] == nil {
            console.report("\(error)")
            console.write(GatewayReport.bundle(withoutGateway: Settings.load(arguments[config])))
            return .failed
        }
    }

    // MARK: -

    private static func show(
        _ path: String, _ arguments: Arguments, _ console: Console, asWords: Bool
    ) throws -> ExitCode {
        let answer = try client(arguments).ask("GET", path, asWords: asWords) {
            console.write($0)
        }
        return try report(answer, console)
    }

    private static func show(
        _ path: String, _ arguments: Arguments, _ console: Console
    ) throws -> ExitCode {
        try show(path, arguments, console, asWords: !arguments[json])
    }

    private static func order(
        _ door: String, _ verb: String, _ members: [(String, String)], _ arguments: Arguments,
        _ console: Console
    ) throws -> ExitCode {
        let name = OperatorClient.escaped(door)
        return try order(path: "/v1/doors/\(name)/\(verb)", members, arguments, console)
    }

    private static func order(
        path: String, _ members: [(String, String)], _ arguments: Arguments, _ console: Console
    ) throws -> ExitCode {
        var body = JSONLine()
        for (name, value) in members { body.add(name, value) }
        let answer = try client(arguments).ask("POST", path, body: body.text) {
            console.write($0)
        }
        return try report(answer, console)
    }

    private static func report(
        _ answer: OperatorClient.Answer, _ console: Console
    ) throws(CommandFailure) -> ExitCode {
        guard !answer.isSuccess else {
            console.write(answer.text)
            return .done
        }
        let text = answer.text.split(separator: "\n").joined(separator: "\n")
        throw CommandFailure(
            text.isEmpty ? "the gateway answers with status \(answer.status)" : text)
    }

    private static func client(_ arguments: Arguments) -> OperatorClient {
        let configured = Settings.load(arguments[config]).settings?.apiSocket
        return OperatorClient(
            socket: arguments[socket] ?? configured ?? Settings.defaultSocket)
    }

    private static func verify(_ path: String, _ console: Console) throws -> ExitCode {
        let bytes = try StateFile.read(path, bytesMax: Limits.eventFileBytesMax)
        let report = EventChain.verify(String(decoding: bytes, as: UTF8.self))
        console.print(report.text)
        return report.firstBreak == nil ? .done : .failed
    }
}
