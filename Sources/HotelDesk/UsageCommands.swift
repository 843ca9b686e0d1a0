// SPDX-License-Identifier: Apache-2.0
// The commands for tariffs and for visits that may be billed.
import CommandLineKit
import Platform
import Timebase

extension HotelCommands {
    var usage: [Command] {
        [
            setTariff, removeTariff, listTariffs, listUsage, showEvidence, disputeUsage,
            decideUsage, exportUsage,
        ]
    }

    private static let doorName = Parameter.required(
        "DOOR", ValueFormat.name, "the amenity's door")
    private static let usageNumber = Parameter.required(
        "USAGE", ValueFormat<Int64>.number("USAGE", in: 1...Int64.max), "the record's number")

    private var setTariff: Command {
        let name = Parameter.required("--name", ValueFormat.note, "what the bill calls it")
        let currency = Parameter.required("--currency", .currency, "of all amounts")
        let visit = Parameter.optional("--visit", .money, default: "0", "for each visit")
        let minute = Parameter.optional(
            "--minute", .money, default: "0", "for each full minute beyond the free ones")
        let free = Parameter.optional(
            "--free", .number("MINUTES", in: Int64(0)...100_000), default: "0",
            "minutes that cost nothing")
        let cap = Parameter.optional("--cap", .money, "the most one visit costs")
        let exit = Parameter.optional(
            "--exit", ValueFormat.name, "the door that ends a visit; minutes need one")
        return Command(
            "tariff set", summary: "Set what passing an amenity's door costs from now on",
            discussion: """
                Only guests who agreed to usageBilling are charged; for all others the door works
                by its ordinary rule. Visits begun keep the price they began with.
                """,
            parameters: [
                Self.doorName, name, currency, visit, minute, free, cap, exit, Self.database,
            ]
        ) { arguments, console in
            let tariff = Tariff(
                name: arguments[name], door: arguments[Self.doorName], exitDoor: arguments[exit],
                currency: arguments[currency], visitCents: arguments[visit],
                minuteCents: arguments[minute], freeMinutes: arguments[free],
                capCents: arguments[cap])
            let made = try desk(arguments).setTariff(tariff, by: Self.actor)
            console.print(JSONLine(made).text)
            return .done
        }
    }

    private var removeTariff: Command {
        Command(
            "tariff remove", summary: "Let passing a door cost nothing from now on",
            parameters: [Self.doorName, Self.database]
        ) { arguments, _ in
            try desk(arguments).removeTariff(door: arguments[Self.doorName], by: Self.actor)
            return .done
        }
    }

    private var listTariffs: Command {
        Command(
            "tariff list", summary: "Print the prices in force", parameters: [Self.database]
        ) { arguments, console in
            for tariff in try desk(arguments).tariffs() { console.print(JSONLine(tariff).text) }
            return .done
        }
    }

    private var listUsage: Command {
        let stay = Parameter.optional(
            "--stay", ValueFormat<Int64>.number("STAY", in: 1...Int64.max), "of one stay alone")
        let since = Parameter.optional("--since", .time, "from when; all where left out")
        return Command(
            "usage list", summary: "Print visits with their price and evidence",
            parameters: [stay, since, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            if let number = arguments[stay] { _ = try desk.stay(number) }
            let records = try desk.usage(
                stay: arguments[stay], since: arguments[since] ?? UnixTime(seconds: 0))
            let subject = arguments[stay].map { "stay \($0)" } ?? "usage"
            try viewed(desk, subject, "\(records.count) records")
            for record in records { console.print(JSONLine(record).text) }
            return .done
        }
    }

    private var showEvidence: Command {
        Command(
            "usage evidence", summary: "Print a visit and the events it rests on",
            discussion: """
                One JSON object: the visit, and each event in the gateway's own words, for a guest
                who asks what was charged and why. After ninety days only the day is left of it.
                """,
            parameters: [Self.usageNumber, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let record = try desk.usageRecord(arguments[Self.usageNumber])
            try viewed(desk, "stay \(record.stay)", "usage \(record.number)")
            console.print(JSONLine(record, restingOn: try desk.evidence(of: record)).text)
            return .done
        }
    }

    private var disputeUsage: Command {
        let reason = Parameter.required("--reason", ValueFormat.note, "what the guest says")
        return Command(
            "usage dispute", summary: "Note that a guest objects; it stays off the bill meanwhile",
            parameters: [Self.usageNumber, reason, Self.database]
        ) { arguments, console in
            let record = try desk(arguments).disputeUsage(
                arguments[Self.usageNumber], reason: arguments[reason], by: Self.actor)
            console.print(JSONLine(record).text)
            return .done
        }
    }

    private var decideUsage: Command {
        let decision = Parameter.required(
            "DECISION", ValueFormat<UsageRecord.Decision>.word("DECISION"), "upheld or waived")
        let reason = Parameter.required(
            "--reason", ValueFormat.note, "why; the guest may read it")
        return Command(
            "usage decide", summary: "Decide whether a disputed visit is billed",
            parameters: [Self.usageNumber, decision, reason, Self.database]
        ) { arguments, console in
            let record = try desk(arguments).decideUsage(
                arguments[Self.usageNumber], arguments[decision], grounds: arguments[reason],
                by: Self.actor)
            console.print(JSONLine(record).text)
            return .done
        }
    }

    private var exportUsage: Command {
        let format = Parameter.optional(
            "--format", .choice(["csv", "json"]), default: "csv", "csv or json lines")
        let out = Parameter.required(
            "--out", ValueFormat<String>.text("FILE"), "where to put it, readable by you alone")
        return Command(
            "usage export", summary: "Hand new billable visits over to the hotel's bill, once",
            parameters: [out, format, Self.database]
        ) { arguments, console in
            let records = try desk(arguments).exportUsage(by: Self.actor) { records in
                let text =
                    arguments[format] == "csv"
                    ? records.csv : records.map { JSONLine($0).text + "\n" }.joined()
                try StateFile.replace(arguments[out], with: Array(text.utf8), mode: 0o600)
            }
            var line = JSONLine()
            line.add("file", arguments[out])
            line.add("records", records.count)
            console.print(line.text)
            return .done
        }
    }
}

extension [UsageRecord] {
    /// What a hotel's billing takes in.
    var csv: String {
        var csv = CSV([
            "usage", "stay", "tariff", "entered", "left", "state", "amount", "currency",
            "evidence",
        ])
        for record in self {
            csv.add([
                "\(record.number)", "\(record.stay)", record.tariff, record.entered.text,
                record.left?.text, record.state.rawValue, Money.text(record.cents),
                record.currency, record.evidence.map(\.description).joined(separator: " "),
            ])
        }
        return csv.text
    }
}

extension JSONLine {
    init(_ tariff: Tariff) {
        self.init()
        add("tariff", tariff.number)
        add("name", tariff.name)
        add("door", tariff.door)
        add("exit", tariff.exitDoor)
        add("currency", tariff.currency)
        add("visitCents", tariff.visitCents)
        add("minuteCents", tariff.minuteCents)
        add("freeMinutes", tariff.freeMinutes)
        add("capCents", tariff.capCents)
    }

    init(_ record: UsageRecord) {
        self.init()
        add("usage", record.number)
        add("stay", record.stay)
        add("tariff", record.tariff)
        add("state", record.state.rawValue)
        add("entered", record.entered.text)
        add("left", record.left?.text)
        add("cents", record.cents)
        add("currency", record.currency)
        add("evidence", list: record.evidence.map { JSONLine.quoted($0.description) })
        add("disputed", record.disputed?.text)
        add("dispute", record.dispute)
        add("decision", record.decision?.rawValue)
        add("decided", record.decided?.text)
        add("grounds", record.grounds)
        add("exported", record.exported?.text)
        add("billable", record.isBillable)
    }

    /// A visit and what it rests on.
    init(_ record: UsageRecord, restingOn evidence: [Evidence]) {
        self.init()
        add("usage", literal: JSONLine(api: record).text)
        add(
            "events",
            list: evidence.map { evidence in
                var line = JSONLine()
                line.add("event", evidence.event.description)
                line.add("said", literal: evidence.said ?? "null")
                return line.text
            })
    }
}

extension Evidence {
    /// The line, where it is what gateways send.
    fileprivate var said: String? { line.flatMap { JSONValue($0.utf8) == nil ? nil : $0 } }
}
