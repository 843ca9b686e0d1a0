// SPDX-License-Identifier: Apache-2.0
// An operator's order as it comes over HTTP: which command, at which door, and why. What moves a
// lock or changes who may pass needs a reason; the audit would be worth little without.
import CommandLineKit
import DoorCore
import HTTP
import Timebase

/// An order that was understood.
struct OrderRequest {
    let command: DoorCore.Command
    let reason: String?
    /// The door's name; `nil` for the whole gateway.
    let door: String?
    private let pulse: Interval

    /// Why a request is no order, as a problem.
    struct Refusal: Error {
        let status: UInt32
        let title: String
        let detail: String
    }

    /// Reads `POST /v1/doors/NAME/VERB` or `POST /v1/clock/confirm`.
    init(_ exchange: HTTPExchange, _ doors: [SettingsDoor]) throws(Refusal) {
        func refusal(_ status: UInt32, _ title: String, _ detail: String) -> Refusal {
            Refusal(status: status, title: title, detail: detail)
        }
        let body = JSONValue(exchange.body.isEmpty ? Array("{}".utf8) : exchange.body, depthMax: 1)
        guard let body, case .object = body else {
            throw refusal(400, "Bad Request", "the body is not one flat JSON object")
        }
        reason = body["reason"]?.string
        guard exchange.path != "/v1/clock/confirm" else {
            (command, door, pulse) = (.confirmTime, nil, .zero)
            return
        }
        // The name may itself contain slashes; the verb does not.
        let parts = exchange.path.dropFirst("/v1/doors/".count)
        guard let slash = parts.lastIndex(of: "/") else {
            throw refusal(404, "Not Found", "an order has a door and a verb")
        }
        let name = String(parts[..<slash])
        guard let found = doors.first(where: { $0.name == name }) else {
            let hint = suggestion(for: name, among: doors.map(\.name))
            throw refusal(404, "Not Found", "this gateway has no door '\(name)'\(hint)")
        }
        let index = found.configuration.index
        (door, pulse) = (name, found.configuration.pulse)
        switch parts[parts.index(after: slash)...] {
        case "open": command = .open(index)
        case "identify": command = .identify(index)
        case "reset-fire": command = .resetFire(index)
        case "mode":
            let words = DoorMode.allCases.map(\.text).joined(separator: ", ")
            guard let mode = body["mode"]?.string.flatMap({ DoorMode(text: $0) }) else {
                throw refusal(400, "Bad Request", "'mode' must be one of \(words)")
            }
            guard mode != .freeAccess || found.configuration.freeAccess != nil else {
                throw refusal(409, "Conflict", "door \(name) has no hours of free access")
            }
            command = .setMode(index, mode)
        default: throw refusal(404, "Not Found", "a door cannot '\(parts[slash...])'")
        }
        let bytes = reason?.utf8.count ?? 0
        guard bytes <= Limits.orderReasonBytesMax, bytes > 0 || !command.needsReason else {
            throw refusal(
                400, "Bad Request",
                "a reason is needed, as {\"reason\":\"guest locked out\"}: "
                    + "1 to \(Limits.orderReasonBytesMax) bytes")
        }
    }

    /// What the operator is told.
    func reply(to outcome: OrderOutcome, number: UInt64, asWords: Bool) -> HTTPReply {
        switch outcome {
        case .done:
            if asWords { return HTTPReply(HTTPReply.plain, done + "\n") }
            var line = JSONLine()
            line.add("order", number)
            line.add("door", door)
            line.add("command", command.name)
            line.add("result", "done")
            return HTTPReply(HTTPReply.json, line.text + "\n")
        case .refused(let reason):
            return .problem(
                409, "Conflict", "\(subject) does not open: \(reason.words)", asWords: asWords
            ) { line in
                line.add("order", number)
                line.add("reason", "\(reason)")
            }
        case .undeliverable:
            return .problem(
                503, "Service Unavailable", "the door thread takes no orders; nothing was done",
                asWords: asWords)
        case .unanswered:
            return .problem(
                504, "Gateway Timeout",
                "the door thread does not answer; the order may still be carried out",
                asWords: asWords)
        }
    }

    private var subject: String { door.map { "door \($0)" } ?? "the gateway" }

    private var done: String {
        switch command {
        case .open: "\(subject) is unlocked for \(pulse.milliseconds / 1_000) s"
        case .setMode(_, let mode): "\(subject) is in mode \(mode.text)"
        case .raiseLevel(_, let level): "\(subject) asks for level \(level.rawValue)"
        case .identify: "\(subject) blinks for 10 s, where it has a light"
        case .resetFire: "\(subject) forgets the fire alarm, unless the panel still alarms"
        case .confirmTime: "the clock is believed from now on"
        }
    }
}

extension DoorCore.Command {
    /// Whether somebody must say why.
    fileprivate var needsReason: Bool {
        switch self {
        case .open, .setMode, .raiseLevel, .resetFire: true
        case .identify, .confirmTime: false
        }
    }
}
