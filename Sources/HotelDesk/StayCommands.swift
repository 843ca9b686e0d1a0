// SPDX-License-Identifier: Apache-2.0
// The commands for stays: booking, checking in and out, consent.
import CommandLineKit
import HotelWire
import Timebase

extension HotelCommands {
    /// Who acts when a command changes something.
    static let actor = "command line"
    static let stayNumber = Parameter.required(
        "STAY", ValueFormat<Int64>.number("STAY", in: 1...Int64.max), "the stay's number")

    var stays: [Command] {
        [
            addStay, changeStay, setCondition, checkIn, undoCheckIn, depart, undoDeparture,
            giveConsent, withdrawConsent, listConsent,
        ]
    }

    private var addStay: Command {
        let rooms = Parameter.repeated(
            "--room", ValueFormat.name, "a door the stay may pass; the first is its room")
        let from = Parameter.required("--from", .time, "when its passes begin to open doors")
        let to = Parameter.required("--to", .time, "when they cease to")
        let kind = Parameter.optional(
            "--kind", .kind, default: "guest",
            "whose stay it is: guest, housekeeping, staff or emergency")
        let level = Parameter.optional(
            "--level", .number("N", in: UInt8(0)...Snapshot.Limits.levelMax), default: "3",
            "the highest level its passes reach; 3 is intent")
        let consent = Parameter.anyNumber(
            of: "--consent", .consent, "what the guest agreed to; nothing where left out")
        let guest = Parameter.optional(
            "--guest", ValueFormat<Int64>.number("GUEST", in: 1...Int64.max),
            "the guest's number; the stay must then check in")
        let reference = Parameter.optional(
            "--reference", ValueFormat.name, "what the hotel's other systems call the stay")
        return Command(
            "stay add", summary: "Note who may pass which doors from when to when",
            discussion: """
                With a guest it is a reservation: from twelve hours before its beginning its passes
                open lobby doors, and the rest once the guest has checked in. Without one it is a
                grant that holds from beginning to end, as staff have.
                """,
            parameters: [
                rooms, from, to, kind, level, consent, guest, reference, Self.database,
            ]
        ) { arguments, console in
            var stay = NewStay(
                doors: arguments[rooms], begins: arguments[from], ends: arguments[to])
            stay.kind = arguments[kind]
            stay.level = arguments[level]
            stay.guest = arguments[guest]
            stay.reference = arguments[reference]
            stay.consent = Snapshot.Consent(arguments[consent])
            stay.consentSource = Self.actor
            let made = try desk(arguments).addStay(stay, by: Self.actor)
            if made.guest != nil, !made.consent.contains(.greetByName) {
                console.report(
                    "the guest's name is kept only with --consent greetByName; "
                        + "'guest change' gives it again once the guest agrees")
            }
            return try print(console, made)
        }
    }

    private var changeStay: Command {
        let rooms = Parameter.anyNumber(
            of: "--room", ValueFormat.name, "a door in place of all before; the first is the room")
        let from = Parameter.optional("--from", .time, "its new beginning")
        let to = Parameter.optional("--to", .time, "its new end")
        return Command(
            "stay change", summary: "Give a stay other doors or another time",
            parameters: [Self.stayNumber, rooms, from, to, Self.database]
        ) { arguments, console in
            let doors = arguments[rooms]
            return try print(
                console,
                desk(arguments).changeStay(
                    arguments[Self.stayNumber], doors: doors.isEmpty ? nil : doors,
                    begins: arguments[from], ends: arguments[to], by: Self.actor))
        }
    }

    private var setCondition: Command {
        let condition = Parameter.required(
            "CONDITION", ValueFormat<CheckInCondition>.word("CONDITION"),
            "roomReady, registered or paid")
        let isCleared = Parameter.flag("--clear", "it is not met after all")
        return Command(
            "stay condition", summary: "Note what must be true before a guest checks in",
            discussion: """
                A guest who is waiting in the lobby is checked in when the last one is met.
                """,
            parameters: [Self.stayNumber, condition, isCleared, Self.database]
        ) { arguments, console in
            try print(
                console,
                desk(arguments).setCondition(
                    arguments[condition], isMet: !arguments[isCleared],
                    stay: arguments[Self.stayNumber], by: Self.actor))
        }
    }

    private var checkIn: Command {
        step("stay check-in", "Check a guest in whose stay is due") { desk, stay in
            try desk.checkIn(stay, by: Self.actor)
        }
    }

    private var undoCheckIn: Command {
        step("stay undo-check-in", "Take a check-in back; the room counts as not ready") {
            desk, stay in try desk.undoCheckIn(stay, by: Self.actor)
        }
    }

    private var depart: Command {
        step("stay check-out", "Check a guest out; passes of the stay open nothing more") {
            desk, stay in try desk.depart(stay, by: Self.actor)
        }
    }

    private var undoDeparture: Command {
        step("stay undo-check-out", "Take a check-out back") { desk, stay in
            try desk.undoDeparture(stay, by: Self.actor)
        }
    }

    private func step(
        _ name: String, _ summary: String,
        _ body: @escaping @Sendable (Desk, Int64) throws -> DeskStay
    ) -> Command {
        Command(name, summary: summary, parameters: [Self.stayNumber, Self.database]) {
            arguments, console in
            try print(console, body(desk(arguments), arguments[Self.stayNumber]))
        }
    }

    private func print(_ console: Console, _ stay: DeskStay) throws -> ExitCode {
        console.print(JSONLine(stay, at: clock()).text)
        return .done
    }

    // MARK: - Consent

    private var giveConsent: Command { consent("consent give", "Note that a guest agreed", true) }

    private var withdrawConsent: Command {
        consent("consent withdraw", "Note that a guest agrees no more, at any time", false)
    }

    private func consent(_ name: String, _ summary: String, _ isGiven: Bool) -> Command {
        let purpose = Parameter.required("PURPOSE", .consent, "to what")
        let source = Parameter.required(
            "--source", ValueFormat.note, "where, as 'app' or 'reception'")
        let text = Parameter.required(
            "--text", ValueFormat.note, "the version of the text the guest was shown")
        return Command(
            name, summary: summary,
            discussion: """
                Gateways learn of it with their next snapshot. What was kept for a withdrawn
                purpose alone is deleted at once.
                """,
            parameters: [Self.stayNumber, purpose, source, text, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            try desk.setConsent(
                arguments[purpose], isGiven: isGiven, stay: arguments[Self.stayNumber],
                source: arguments[source], textVersion: arguments[text], by: Self.actor)
            return try print(console, desk.stay(arguments[Self.stayNumber]))
        }
    }

    private var listConsent: Command {
        Command(
            "consent list", summary: "Print every answer a guest gave for a stay",
            parameters: [Self.stayNumber, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let stay = try desk.stay(arguments[Self.stayNumber])
            try viewed(desk, "stay \(stay.number)")
            for record in try desk.consentRecords(stay: arguments[Self.stayNumber]) {
                console.print(JSONLine(record).text)
            }
            return .done
        }
    }
}

extension JSONLine {
    init(_ stay: DeskStay, at now: UnixTime) {
        self.init()
        add("stay", stay.number)
        add("doors", list: stay.doors.map(JSONLine.quoted))
        add("from", stay.begins.text)
        add("to", stay.ends.text)
        add("kind", stay.kind.name)
        add("level", stay.level)
        add("consent", list: stay.consent.purposes.map(JSONLine.quoted))
        add("status", stay.status(at: now).rawValue)
        add("room", stay.room)
        add("guest", stay.guest)
        add("reference", stay.reference)
        guard stay.progress.checksIn else { return }
        add("missing", list: stay.progress.missing.map { JSONLine.quoted($0.rawValue) })
        add("checkedIn", stay.progress.checkedIn?.text)
        add("departed", stay.progress.departed?.text)
    }

    init(_ record: ConsentRecord) {
        self.init()
        add("purpose", record.purpose.purposes.joined())
        add("given", record.isGiven)
        add("at", record.at.text)
        add("source", record.source)
        add("text", record.textVersion)
    }
}
