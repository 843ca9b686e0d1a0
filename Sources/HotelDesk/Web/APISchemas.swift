// SPDX-License-Identifier: Apache-2.0
// The shapes of the API's values, and how the desk's own become them.
import CommandLineKit
import GuestPass
import HotelWire
import Timebase

extension Schema {
    static let name = text(.line(1...DeskLimits.nameCharactersMax))
    static let line = text(.line(0...WebLimits.textCharactersMax))
    static let reason = text(.reason)
    static let number = integer(1...Int64.max)
    static let count = integer(0...Int64.max)
    static let gatewayID = text(.digits(8))
    static let passID = text(.digits(16))
    static let language = words(GuestLanguage.allCases.map(\.rawValue))
    static let purpose = words(Snapshot.Consent.names.map(\.0))
    static let condition = words(CheckInCondition.allCases.map(\.rawValue))
    static let status = words(StayStatus.allCases.map(\.rawValue))

    /// RFC 3339.
    static let time = text(
        TextRule(
            pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]+)?)?"
                + "(Z|[+-][0-9]{2}:[0-9]{2})$",
            rule: "a time with its zone, as 2026-11-24T15:00:00+01:00", format: "date-time",
            example: "2026-11-24T15:00:00+01:00"
        ) { text in
            guard let time = UnixTime(text: text) else { return false }
            return (0...Int64(UInt32.max)).contains(time.seconds)
        })

    private static let finding = text(.line(0...WebLimits.findingCharactersMax))

    static func problem() -> Schema {
        named(
            "Problem",
            .object([
                Field(name: "type", schema: line), Field(name: "title", schema: line),
                Field(name: "status", schema: integer(400...599)),
                Field(name: "detail", schema: text(.line(0...WebLimits.problemCharactersMax))),
                Field(
                    name: "errors",
                    schema: list(
                        .object(["pointer": finding, "detail": finding]),
                        countMax: 10_000), isRequired: false),
            ]))
    }

    static let guest = named(
        "Guest",
        .object(["guest": number, "name": line, "language": language, "address": line]))

    static let newGuest = named(
        "NewGuest",
        .object([
            Field(name: "name", schema: name), Field(name: "language", schema: language),
            Field(name: "address", schema: line, isRequired: false),
        ]))

    static let preference = named(
        "Preference",
        .object([
            "preference": number, "kind": words(Preference.Kind.allCases.map(\.rawValue)),
            "wish": text(.line(1...WebLimits.textCharactersMax)), "sensitive": boolean,
        ]))

    static let stay = named(
        "Stay",
        .object([
            "stay": number, "reference": optional(name), "guest": optional(number),
            "room": optional(name), "doors": list(name, countMax: 1_000), "from": time, "to": time,
            "status": status, "kind": line, "missing": list(condition, countMax: 3),
            "conditions": list(condition, countMax: 3), "checkedIn": optional(time),
            "departed": optional(time), "consent": list(purpose, countMax: 6),
        ]))

    static let newStay = named(
        "NewStay",
        .object([
            Field(name: "guest", schema: number),
            Field(name: "doors", schema: list(name, countMax: 32)),
            Field(name: "from", schema: time), Field(name: "to", schema: time),
            Field(name: "reference", schema: name, isRequired: false),
        ]))

    static let arrival = named(
        "Arrival",
        .object([
            "arrival": number, "stay": number, "began": time, "seen": time, "gateway": gatewayID,
            "door": optional(name), "proven": boolean, "greeted": optional(time),
            "served": optional(time), "status": status, "room": optional(name),
            "missing": list(condition, countMax: 3), "name": optional(line),
            "language": optional(language), "preferences": list(preference, countMax: 1_000),
        ]))

    static let pass = named(
        "Pass",
        .object(["pass": passID, "stay": number, "issued": time, "revoked": optional(time)]))

    static let consent = named(
        "ConsentRecord",
        .object([
            "purpose": purpose, "given": boolean, "at": time, "source": line, "textVersion": line,
        ]))

    static let usage = named(
        "Usage",
        .object([
            "usage": number, "stay": number, "tariff": line, "currency": line,
            "state": words(["open", "complete", "incomplete"]), "entered": time,
            "left": optional(time), "evidence": list(eventName, countMax: 4), "cents": count,
            "disputed": optional(time), "dispute": optional(line),
            "decision": optional(words(UsageRecord.Decision.allCases.map(\.rawValue))),
            "decided": optional(time), "grounds": optional(line), "exported": optional(time),
            "billable": boolean,
        ]))

    /// `gateway/boot/sequence`, which names an event for ever.
    static let eventName = text(
        TextRule(
            pattern: "^[0-9a-f]{8}/[0-9]+/[0-9]+$", rule: "an event, as b0b1b2b3/12/3456"
        ) { EventName($0) != nil })

    static let evidence = named(
        "UsageEvidence",
        .object([
            "usage": usage,
            "events": list(
                .object(["event": eventName, "said": optional(.anyObject)]), countMax: 4),
        ]))

    static let touchpoint = named(
        "Touchpoint",
        .object([
            "kind": words(Touchpoint.Kind.allCases.map(\.rawValue)), "at": time,
            "door": optional(name),
        ]))

    static let alarm = named(
        "Alarm",
        .object([
            "alarm": number, "gateway": gatewayID, "kind": line, "door": optional(line), "at": time,
            "cleared": optional(time), "acknowledged": optional(time),
            "false": optional(boolean),
        ]))

    static func items(_ element: Schema, _ name: String) -> Schema {
        named(
            name, .object(["items": list(element, countMax: 100_000), "next": optional(line)]))
    }
}

extension JSONLine {
    init(api guest: Guest) {
        self.init()
        add("guest", guest.number)
        add("name", guest.name)
        add("language", guest.language.rawValue)
        add("address", guest.address)
    }

    init(api preference: Preference) {
        self.init()
        add("preference", preference.number)
        add("kind", preference.kind.rawValue)
        add("wish", preference.wish)
        add("sensitive", preference.isSensitive)
    }

    init(api stay: DeskStay, at now: UnixTime) {
        self.init()
        let status = stay.status(at: now)
        add("stay", stay.number)
        add("reference", stay.reference)
        add("guest", stay.guest)
        add("room", stay.room)
        add("doors", list: stay.doors.map(JSONLine.quoted))
        add("from", stay.begins.text)
        add("to", stay.ends.text)
        add("status", status.rawValue)
        add("kind", stay.kind.name)
        let missing = status == .due || status == .booked ? stay.progress.missing : []
        add("missing", list: stay.progress.checksIn ? missing.map(\.quoted) : [])
        add(
            "conditions",
            list: CheckInCondition.allCases.filter(stay.progress.conditions.contains)
                .map(\.quoted))
        add("checkedIn", stay.progress.checkedIn?.text)
        add("departed", stay.progress.departed?.text)
        add("consent", list: stay.consent.purposes.map(JSONLine.quoted))
    }

    init(api arrival: Arrival, isWithGuest: Bool = true) {
        self.init()
        add("arrival", arrival.number)
        add("stay", arrival.stay)
        add("began", arrival.began.text)
        add("seen", arrival.seen.text)
        add("gateway", arrival.gateway.description)
        add("door", arrival.door)
        add("proven", arrival.isProven)
        add("greeted", arrival.greeted?.text)
        add("served", arrival.served?.text)
        add("status", arrival.status.rawValue)
        add("room", arrival.room)
        add("missing", list: arrival.missing.map(\.quoted))
        add("name", isWithGuest ? arrival.name : nil)
        add("language", isWithGuest ? arrival.language?.rawValue : nil)
        let preferences = isWithGuest ? arrival.preferences : []
        add("preferences", list: preferences.map { JSONLine(api: $0).text })
    }

    init(api record: ConsentRecord) {
        self.init()
        add("purpose", record.purpose.purposes.joined())
        add("given", record.isGiven)
        add("at", record.at.text)
        add("source", record.source)
        add("textVersion", record.textVersion)
    }

    init(api usage: UsageRecord) {
        self.init()
        add("usage", usage.number)
        add("stay", usage.stay)
        add("tariff", usage.tariff)
        add("currency", usage.currency)
        add("state", usage.state.rawValue)
        add("entered", usage.entered.text)
        add("left", usage.left?.text)
        add("evidence", list: usage.evidence.map { JSONLine.quoted($0.description) })
        add("cents", usage.cents)
        add("disputed", usage.disputed?.text)
        add("dispute", usage.dispute)
        add("decision", usage.decision?.rawValue)
        add("decided", usage.decided?.text)
        add("grounds", usage.grounds)
        add("exported", usage.exported?.text)
        add("billable", usage.isBillable)
    }

    init(api alarm: DeskAlarm) {
        self.init()
        add("alarm", alarm.number)
        add("gateway", alarm.gateway.description)
        add("kind", alarm.kind)
        add("door", alarm.door)
        add("at", alarm.at.text)
        add("cleared", alarm.cleared?.text)
        add("acknowledged", alarm.acknowledged?.text)
        add("false", literal: alarm.wasFalse.map { $0 ? "true" : "false" } ?? "null")
    }

    init(api point: Touchpoint) {
        self.init()
        add("kind", point.kind.rawValue)
        add("at", point.at.text)
        add("door", point.door)
    }
}

extension CheckInCondition {
    var quoted: String { JSONLine.quoted(rawValue) }
}
