// SPDX-License-Identifier: Apache-2.0
// The commands for guests, their wishes, and who is coming in.
import CommandLineKit
import Timebase

extension HotelCommands {
    var guests: [Command] {
        [
            addGuest, changeGuest, addPreference, removePreference, listPreferences, arrivals,
            markGreeted, markServed, audit,
        ]
    }

    static let guestNumber = Parameter.required(
        "GUEST", ValueFormat<Int64>.number("GUEST", in: 1...Int64.max), "the guest's number")
    private static let guestName = Parameter.required(
        "NAME", ValueFormat.note, "the guest's name, as 'Lena Adler'")
    private static let language = Parameter.optional(
        "--language", ValueFormat<GuestLanguage>.word("LANGUAGE"), default: "de", "de or en")
    private static let address = Parameter.optional(
        "--address", ValueFormat.note, "how to address the guest, as 'Frau Dr.'")

    private var addGuest: Command {
        Command(
            "guest add", summary: "Make a guest known to the desk",
            discussion: """
                Gateways never learn names, and the desk keeps one only while a stay of the guest
                agrees to greetByName.
                """,
            parameters: [Self.guestName, Self.language, Self.address, Self.database]
        ) { arguments, console in
            let guest = try desk(arguments).addGuest(
                name: arguments[Self.guestName], language: arguments[Self.language],
                address: arguments[Self.address] ?? "", by: Self.actor)
            console.print(JSONLine(guest).text)
            return .done
        }
    }

    private var changeGuest: Command {
        Command(
            "guest change", summary: "Correct what is known of a guest",
            parameters: [
                Self.guestNumber, Self.guestName, Self.language, Self.address, Self.database,
            ]
        ) { arguments, console in
            let guest = try desk(arguments).updateGuest(
                arguments[Self.guestNumber], name: arguments[Self.guestName],
                language: arguments[Self.language], address: arguments[Self.address] ?? "",
                by: Self.actor)
            console.print(JSONLine(guest).text)
            return .done
        }
    }

    private var addPreference: Command {
        let kind = Parameter.required(
            "KIND", ValueFormat<Preference.Kind>.word("KIND"),
            "drink, pillow, roomWish, extra or allergy")
        let wish = Parameter.required("WISH", ValueFormat.note, "what, in a few words")
        let isSensitive = Parameter.flag(
            "--sensitive", "for those alone who serve the guest; an allergy always is")
        return Command(
            "preference add", summary: "Note what a guest likes or must avoid",
            parameters: [Self.guestNumber, kind, wish, isSensitive, Self.database]
        ) { arguments, console in
            let preference = try desk(arguments).addPreference(
                of: arguments[Self.guestNumber], kind: arguments[kind], wish: arguments[wish],
                isSensitive: arguments[isSensitive], by: Self.actor)
            console.print(JSONLine(preference).text)
            return .done
        }
    }

    private var removePreference: Command {
        let number = Parameter.required(
            "PREFERENCE", ValueFormat<Int64>.number("PREFERENCE", in: 1...Int64.max), "its number")
        return Command(
            "preference remove", summary: "Forget a wish",
            parameters: [Self.guestNumber, number, Self.database]
        ) { arguments, _ in
            try desk(arguments).removePreference(
                arguments[number], of: arguments[Self.guestNumber], by: Self.actor)
            return .done
        }
    }

    private var listPreferences: Command {
        Command(
            "preference list", summary: "Print what a guest likes or must avoid",
            parameters: [Self.guestNumber, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let guest = try desk.guest(arguments[Self.guestNumber])
            try viewed(desk, "guest \(guest.number)")
            for preference in try desk.preferences(of: guest.number) {
                console.print(JSONLine(preference).text)
            }
            return .done
        }
    }

    // MARK: - Arrivals

    private static let arrivalNumber = Parameter.required(
        "ARRIVAL", ValueFormat<Int64>.number("ARRIVAL", in: 1...Int64.max), "the arrival's number")

    private var arrivals: Command {
        let since = Parameter.optional("--since", .time, "from when; the last day where left out")
        return Command(
            "arrivals", summary: "Print who is coming in, as far as each guest agreed to it",
            parameters: [since, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let arrivals = try desk.arrivals(since: arguments[since] ?? clock() - .hours(24))
            try viewed(desk, "arrivals", "\(arrivals.count) records")
            for arrival in arrivals { console.print(JSONLine(arrival).text) }
            return .done
        }
    }

    private var markGreeted: Command {
        mark("arrival greeted", "Note that a guest was greeted") { desk, number in
            try desk.markGreeted(number, by: Self.actor)
        }
    }

    private var markServed: Command {
        mark("arrival served", "Note that everything prepared was brought") { desk, number in
            try desk.markServed(number, by: Self.actor)
        }
    }

    private func mark(
        _ name: String, _ summary: String,
        _ body: @escaping @Sendable (Desk, Int64) throws -> Arrival
    ) -> Command {
        Command(name, summary: summary, parameters: [Self.arrivalNumber, Self.database]) {
            arguments, console in
            let arrival = try body(desk(arguments), arguments[Self.arrivalNumber])
            console.print(JSONLine(arrival).text)
            return .done
        }
    }

    private var audit: Command {
        let subject = Parameter.optional(
            "--of", ValueFormat.note, "of one subject, as 'stay 7' or 'guest 3'")
        let count = Parameter.optional(
            "--last", .number("N", in: 1...100_000), default: "100", "at most so many")
        return Command(
            "audit", summary: "Print who did what at the desk, newest first",
            parameters: [subject, count, Self.database]
        ) { arguments, console in
            let trail = try desk(arguments).auditTrail(
                of: arguments[subject], countMax: arguments[count])
            for entry in trail { console.print(JSONLine(entry).text) }
            return .done
        }
    }
}

extension JSONLine {
    init(_ guest: Guest) {
        self.init()
        add("guest", guest.number)
        add("name", guest.name)
        add("language", guest.language.rawValue)
        add("address", guest.address)
    }

    init(_ preference: Preference) {
        self.init()
        add("preference", preference.number)
        add("kind", preference.kind.rawValue)
        add("wish", preference.wish)
        add("sensitive", preference.isSensitive)
    }

    init(_ arrival: Arrival) {
        self.init()
        add("arrival", arrival.number)
        add("stay", arrival.stay)
        add("who", arrival.title(.english))
        add("since", arrival.began.text)
        add("seen", arrival.seen.text)
        add("door", arrival.door)
        add("proven", arrival.isProven)
        add("status", arrival.status.rawValue)
        add("missing", list: arrival.missing.map { JSONLine.quoted($0.rawValue) })
        add("language", arrival.language?.rawValue)
        add("preferences", list: arrival.preferences.map { JSONLine($0).text })
        add("greeted", arrival.greeted?.text)
        add("served", arrival.served?.text)
    }

    init(_ entry: AuditEntry) {
        self.init()
        add("at", entry.at.text)
        add("actor", entry.actor)
        add("action", entry.action)
        add("subject", entry.subject)
        add("detail", entry.detail)
    }
}
