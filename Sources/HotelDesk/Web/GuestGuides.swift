// SPDX-License-Identifier: Apache-2.0
// The way to the room, told to the guest's own app as it changes: server-sent events over a
// connection that proved the pass.
import CommandLineKit
import HTTP
import Platform
import Timebase

final class GuestGuides {
    private struct Reader {
        let caller: GuestCaller
        let stream: EventStream
        var sent: String?
    }

    private let desk: Desk
    private let log: Log
    private var readers: [Reader] = []
    private var beat = Instant.origin
    /// Called after something was put into a stream.
    var onMore: () -> Void = {}

    init(_ desk: Desk, log: Log) {
        self.desk = desk
        self.log = log
    }

    /// One phone listens once: listening anew ends what it listened to before.
    ///
    /// - Returns: `nil` where too many listen already.
    func follow(_ caller: GuestCaller) -> EventStream? {
        for reader in readers where reader.caller.pass == caller.pass {
            reader.stream.isOver = true
        }
        onMore()
        readers.removeAll { $0.stream.isOver }
        guard readers.count < WebLimits.followersMax else { return nil }
        readers.append(Reader(caller: caller, stream: EventStream()))
        renew(readers.count - 1)
        return readers.last?.stream
    }

    func take(_ change: DeskChange) {
        switch change {
        case .guidance(let stay), .stay(let stay):
            for index in readers.indices where readers[index].caller.stay == stay { renew(index) }
        case .records: for index in readers.indices { renew(index) }
        case .grants, .gateway, .door, .usage: return
        }
        onMore()
    }

    func tick(_ now: Instant) {
        guard now - beat >= WebLimits.heartbeatPeriod else { return }
        beat = now
        readers.removeAll { $0.stream.isOver }
        for reader in readers { keep(reader) }
        onMore()
    }

    /// A pass that has ended is led nowhere any more.
    private func keep(_ reader: Reader) {
        do {
            if try desk.holds(reader.caller) { return reader.stream.send("beat", "") }
            reader.stream.isOver = true
        } catch {
            log.error("\(error); a guest's app is led on unchecked for a moment")
        }
    }

    private func renew(_ index: Int) {
        do {
            let text = try desk.guidance(stay: readers[index].caller.stay).map {
                JSONLine(api: $0).text
            }
            guard text != readers[index].sent else { return }
            readers[index].sent = text
            readers[index].stream.send("step", text ?? "null")
        } catch {
            log.error("\(error); a guest's app is not told the next step")
        }
    }
}

extension APIOperation {
    static let guides: [APIOperation] = [
        APIOperation(
            name: "getStep", method: "GET", path: WebPattern("/guest/step"),
            summary: "The next step on the way to the room; null where there is none to give",
            access: .pass, answer: .json(.named("Guidance", .object(["step": .optional(.step)])))
        ) { call in
            let step = try call.desk.guidance(stay: call.guest.stay)
            var line = JSONLine()
            line.add("step", literal: step.map { JSONLine(api: $0).text } ?? "null")
            return .object(line)
        },
        APIOperation(
            name: "followSteps", method: "GET", path: WebPattern("/guest/steps"),
            summary: "Each next step as it changes: server-sent events `step` with a step or null, "
                + "`beat` every \(WebLimits.heartbeatPeriod.milliseconds / 1_000) s",
            access: .pass, answer: .text(EventStream.type)
        ) { call in
            guard let stream = call.guides.follow(call.guest) else {
                throw APIProblem(
                    status: 503, title: "Service Unavailable", detail: "too many listen already")
            }
            return APIReply(body: .stream(stream))
        },
    ]
}

extension Schema {
    static let step = named(
        "Step",
        .object([
            "at": name, "seen": time, "next": optional(name), "direction": optional(line),
            "goal": name, "metres": count, "places": list(name, countMax: 1_000),
        ]))
}

extension JSONLine {
    init(api step: GuidanceStep) {
        self.init()
        add("at", step.at)
        add("seen", step.seen.text)
        add("next", step.next)
        add("direction", step.direction.map { "\($0)" })
        add("goal", step.goal)
        add("metres", step.metres)
        add("places", list: step.places.map(JSONLine.quoted))
    }
}
