// SPDX-License-Identifier: Apache-2.0
// The commands that show gateways and tell them what to do. They write the hotel's records; the
// running server delivers.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Timebase

extension HotelCommands {
    var gatewayStatus: Command {
        let name = Parameter.required(
            "GATEWAY", ValueFormat<String>.text("GATEWAY"), "by name or identifier")
        return Command(
            "gateway status", summary: "Print a gateway, then each of its doors, as JSON lines",
            discussion: """
                'inEffect' is false while it decides by an older snapshot than it was last sent.
                """,
            parameters: [name, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let gateway = try desk.gateway(arguments[name])
            let link = try desk.link(of: gateway.id)
            console.print(JSONLine(gateway, link, at: clock()).text)
            for door in link.status?.doors ?? [] { console.print(JSONLine(door).text) }
            return .done
        }
    }

    var command: Command {
        let name = Parameter.required(
            "GATEWAY", ValueFormat<String>.text("GATEWAY"), "by name or identifier")
        let order = Parameter.required(
            "ORDER", .choice(Self.orders), "what it is to do")
        let door = Parameter.optional(
            "DOOR", ValueFormat<String>.text("DOOR"), "the door, by name or index")
        let value = Parameter.optional(
            "--to", ValueFormat<String>.text("VALUE"),
            "of 'mode': normal, lockdown, free-access or service; of 'level': 0 to 4")
        let reason = Parameter.required(
            "--reason", ValueFormat<String>.text("TEXT"), "why, for the audit")
        let out = Parameter.optional(
            "--out", ValueFormat<String>.text("FILE"), "where 'report' puts the bundle")
        return Command(
            "command", summary: "Have a gateway do something, and wait for its answer",
            discussion: """
                open, identify and confirm-time hold for 30 s; the others wait a day for a gateway
                that is away. Ends with status 0 only if the gateway has done it.
                """,
            parameters: [name, order, door, value, reason, out, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let gateway = try desk.gateway(arguments[name])
            let wanted = try hotelOrder(
                arguments[order], door: arguments[door], to: arguments[value],
                link: desk.link(of: gateway.id), desk)
            let sent = try desk.send(
                wanted, to: gateway.id, by: "command line", reason: arguments[reason])
            let done = try answer(to: sent, desk)
            console.print(JSONLine(done).text)
            guard let outcome = done.outcome else {
                console.report(
                    "no answer yet from '\(gateway.name)', which "
                        + (try desk.link(of: gateway.id).isOnline ? "is online" : "is not online")
                        + "; the command holds until \(done.expires.text)")
                return .failed
            }
            if let file = arguments[out], let report = try desk.report(for: done.id) {
                try StateFile.replace(file, with: report)
                console.report("the bundle is in '\(file)'")
            }
            return outcome == .done ? .done : .failed
        }
    }

    private static let orders = [
        "open", "mode", "level", "identify", "reset-fire", "confirm-time", "report",
    ]

    private func hotelOrder(
        _ word: String, door: String?, to value: String?, link: DeskLink, _ desk: Desk
    ) throws -> HotelOrder {
        func wrong(_ text: String) -> CommandFailure {
            CommandFailure("\(text); nothing was sent", status: .misused)
        }
        let takesValue = word == "mode" || word == "level"
        guard takesValue == (value != nil) else {
            throw wrong(takesValue ? "'\(word)' needs --to" : "'\(word)' takes no --to")
        }
        if word == "report" { return .report }
        if word == "confirm-time" {
            guard let boot = link.status?.boot else { throw wrong("the gateway was never online") }
            return .confirmTime(boot: boot)
        }
        guard let door else { throw wrong("'\(word)' needs a door") }
        let known = try desk.doors().filter { $0.gateway == link.gateway }
        guard let index = known.first(where: { $0.name == door })?.number ?? UInt8(door),
            index < Snapshot.Limits.doorsMax
        else {
            let hint = suggestion(for: door, among: known.map(\.name))
            throw wrong("the gateway has no door '\(door)'\(hint)")
        }
        switch word {
        case "open": return .open(door: index)
        case "identify": return .identify(door: index)
        case "reset-fire": return .resetFire(door: index)
        case "mode":
            guard let mode = HotelOrder.Mode.allCases.first(where: { $0.word == value }) else {
                throw wrong("'\(value ?? "")' is no mode")
            }
            return .setMode(door: index, mode)
        default:
            guard let level = value.flatMap({ UInt8($0) }), level <= Snapshot.Limits.levelMax
            else { throw wrong("'\(value ?? "")' is no level") }
            return .raiseLevel(door: index, level)
        }
    }

    /// The command with its answer, once there is one; as it is when none came in time.
    private func answer(to command: DeskCommand, _ desk: Desk) throws -> DeskCommand {
        let giveUp = MonotonicClock.now() + DeskLimits.answerMax
        while MonotonicClock.now() < giveUp {
            let found = try desk.command(command.id)
            // A report's bundle may come after the word that it was made.
            let isAwaited = found.words == HotelOrder.report.words && found.outcome == .done
            let isWhole = isAwaited ? try desk.report(for: found.id) != nil : true
            if found.outcome != nil && isWhole { return found }
            usleep(100_000)
        }
        return try desk.command(command.id)
    }
}

extension JSONLine {
    init(_ command: DeskCommand) {
        self.init()
        add("command", command.id.description)
        add("gateway", command.gateway.description)
        add("door", command.door)
        add("order", command.words)
        add("reason", command.reason)
        add("by", command.actor)
        add("issued", command.issued.text)
        add("expires", command.expires.text)
        add("outcome", command.outcome?.rawValue)
        add("explanation", command.explanation)
        add("answered", command.answered?.text)
    }

    init(_ door: GatewayStatus.Door) {
        self.init()
        add("door", door.name)
        add("index", door.index)
        add("mode", door.mode)
        add("level", door.level)
        add("lock", door.lock)
        add("leaf", door.leaf)
        add("private", literal: door.isPrivate.map { "\($0)" } ?? "null")
        add("alarms", list: door.alarms.map(JSONLine.quoted))
    }
}
