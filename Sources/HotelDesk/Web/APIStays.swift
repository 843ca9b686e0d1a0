// SPDX-License-Identifier: Apache-2.0
// The API's operations on guests, stays, check-in and consent.
import CommandLineKit
import HotelWire
import Timebase

extension APIOperation {
    static let guests: [APIOperation] = [
        list(
            "listGuests", "/api/v1/guests", "Guests by number", .guestsRead, .guest, "Guests",
            { call, after, count in
                let guests = try call.desk.guests(after: after, countMax: count)
                try call.viewed(guests.map { "guest \($0.number)" })
                return guests.map { ($0.number, JSONLine(api: $0).text) }
            }),
        APIOperation(
            name: "addGuest", method: "POST", path: WebPattern("/api/v1/guests"),
            summary: "Make a guest known", access: .token(.guestsWrite), body: .json(.newGuest),
            status: 201, answer: .json(.guest)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.addGuest(
                        name: call.text("name"), language: call.language,
                        address: call.text("address"), by: call.actor)))
        },
        APIOperation(
            name: "getGuest", method: "GET", path: WebPattern("/api/v1/guests/{guest}"),
            summary: "One guest; without a name where nobody may greet by it",
            access: .token(.guestsRead), answer: .json(.guest)
        ) { call in
            let guest = try call.desk.guest(call.request.number("guest"))
            try call.viewed(["guest \(guest.number)"])
            return .object(JSONLine(api: guest))
        },
        APIOperation(
            name: "changeGuest", method: "PUT", path: WebPattern("/api/v1/guests/{guest}"),
            summary: "Correct what is known of a guest", access: .token(.guestsWrite),
            body: .json(.newGuest), answer: .json(.guest)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.updateGuest(
                        call.request.number("guest"), name: call.text("name"),
                        language: call.language, address: call.text("address"), by: call.actor)))
        },
        APIOperation(
            name: "listPreferences", method: "GET",
            path: WebPattern("/api/v1/guests/{guest}/preferences"), summary: "What a guest likes",
            access: .token(.guestsRead), answer: .json(.items(.preference, "Preferences"))
        ) { call in
            let guest = try call.desk.guest(call.request.number("guest"))
            try call.viewed(["guest \(guest.number)"])
            return .all(
                try call.desk.preferences(of: guest.number).map { JSONLine(api: $0).text })
        },
        APIOperation(
            name: "addPreference", method: "POST",
            path: WebPattern("/api/v1/guests/{guest}/preferences"),
            summary: "Note what a guest likes; an allergy is always sensitive",
            access: .token(.guestsWrite),
            body: .json(
                .named(
                    "NewPreference",
                    .object([
                        "kind": .words(Preference.Kind.allCases.map(\.rawValue)),
                        "wish": .text(.line(1...WebLimits.textCharactersMax)),
                        "sensitive": .boolean,
                    ]))), status: 201, answer: .json(.preference)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.addPreference(
                        of: call.request.number("guest"),
                        kind: Preference.Kind(rawValue: call.text("kind")) ?? .extra,
                        wish: call.text("wish"), isSensitive: call.flag("sensitive"),
                        by: call.actor)))
        },
        APIOperation(
            name: "removePreference", method: "DELETE",
            path: WebPattern("/api/v1/guests/{guest}/preferences/{preference}"),
            summary: "Forget what a guest likes; one that is gone stays gone",
            access: .token(.guestsWrite), status: 204, answer: .nothing
        ) { call in
            let guest = try call.desk.guest(call.request.number("guest"))
            try call.desk.removePreference(
                call.request.number("preference"), of: guest.number, by: call.actor)
            return .nothing
        },
    ]

    static let stays: [APIOperation] = [
        list(
            "listStays", "/api/v1/stays", "Stays by number", .staysRead, .stay, "Stays",
            { call, after, count in
                let stays = try call.desk.stays(after: after, countMax: count)
                try call.viewed(stays.map { "stay \($0.number)" })
                return stays.map { ($0.number, JSONLine(api: $0, at: call.desk.clock()).text) }
            }),
        APIOperation(
            name: "addStay", method: "POST", path: WebPattern("/api/v1/stays"),
            summary: "Book a stay; the first door is the room", access: .token(.staysWrite),
            body: .json(.newStay), status: 201, answer: .json(.stay)
        ) { call in
            let doors = call.body["doors"]?.array?.compactMap(\.string) ?? []
            let new = NewStay(
                doors: doors, begins: call.time("from"), ends: call.time("to"),
                guest: call.number("guest"), reference: call.optionalText("reference"))
            return .stay(try call.desk.addStay(new, by: call.actor), call)
        },
        APIOperation(
            name: "getStay", method: "GET", path: WebPattern("/api/v1/stays/{stay}"),
            summary: "One stay", access: .token(.staysRead), answer: .json(.stay)
        ) { call in
            let stay = try call.desk.stay(call.request.number("stay"))
            try call.viewed(stay)
            return .stay(stay, call)
        },
        APIOperation(
            name: "changeStay", method: "PATCH", path: WebPattern("/api/v1/stays/{stay}"),
            summary: "Move a stay to other doors or another time; what is left out stays",
            access: .token(.staysWrite),
            body: .json(
                .named(
                    "StayChange",
                    .object([
                        Schema.Field(
                            name: "doors", schema: .list(.name, countMax: 32), isRequired: false),
                        Schema.Field(name: "from", schema: .time, isRequired: false),
                        Schema.Field(name: "to", schema: .time, isRequired: false),
                    ]))), answer: .json(.stay)
        ) { call in
            let doors = call.body["doors"]?.array?.compactMap(\.string)
            return .stay(
                try call.desk.changeStay(
                    call.request.number("stay"), doors: doors,
                    begins: call.optionalTime("from"), ends: call.optionalTime("to"),
                    by: call.actor), call)
        },
        APIOperation(
            name: "setCondition", method: "PUT",
            path: WebPattern("/api/v1/stays/{stay}/conditions/{condition}"),
            summary: "Say whether the room is ready, the guest registered, the stay paid",
            access: .token(.staysWrite),
            body: .json(.named("Condition", .object(["met": .boolean]))), answer: .json(.stay)
        ) { call in
            guard let condition = CheckInCondition(rawValue: call.request["condition"]) else {
                throw APIProblem.notFound("there is no condition '\(call.request["condition"])'")
            }
            return .stay(
                try call.desk.setCondition(
                    condition, isMet: call.flag("met"), stay: call.request.number("stay"),
                    by: call.actor), call)
        },
    ]

    static let checkIn: [APIOperation] = [
        stayStep("checkIn", "PUT", "check-in", "Check a guest in") { call, stay in
            try call.desk.checkIn(stay, by: call.actor)
        },
        stayStep("undoCheckIn", "DELETE", "check-in", "Take a check-in back") { call, stay in
            try call.desk.undoCheckIn(stay, by: call.actor)
        },
        stayStep("depart", "PUT", "departure", "Check a guest out") { call, stay in
            try call.desk.depart(stay, by: call.actor)
        },
        stayStep("undoDeparture", "DELETE", "departure", "Take a check-out back") { call, stay in
            try call.desk.undoDeparture(stay, by: call.actor)
        },
    ]

    private static func stayStep(
        _ name: String, _ method: String, _ step: String, _ summary: String,
        _ take: @escaping @Sendable (APICall, Int64) throws -> DeskStay
    ) -> APIOperation {
        APIOperation(
            name: name, method: method, path: WebPattern("/api/v1/stays/{stay}/\(step)"),
            summary: summary, access: .token(.staysWrite), answer: .json(.stay)
        ) { call in .stay(try take(call, call.request.number("stay")), call) }
    }

    static let consents: [APIOperation] = [
        APIOperation(
            name: "listConsents", method: "GET", path: WebPattern("/api/v1/stays/{stay}/consents"),
            summary: "Every answer a guest gave, oldest first", access: .token(.guestsRead),
            answer: .json(.items(.consent, "ConsentRecords"))
        ) { call in
            let stay = try call.desk.stay(call.request.number("stay"))
            try call.viewed(stay)
            return .all(
                try call.desk.consentRecords(stay: stay.number).map { JSONLine(api: $0).text })
        },
        APIOperation(
            name: "setConsent", method: "PUT",
            path: WebPattern("/api/v1/stays/{stay}/consents/{purpose}"),
            summary: "Note a guest's answer to one purpose", access: .token(.guestsWrite),
            body: .json(
                .named(
                    "ConsentAnswer",
                    .object(["given": .boolean, "source": .name, "textVersion": .name]))),
            answer: .json(.stay)
        ) { call in
            let stay = call.request.number("stay")
            try call.desk.setConsent(
                try call.purpose(), isGiven: call.flag("given"), stay: stay,
                source: call.text("source"), textVersion: call.text("textVersion"),
                by: call.actor)
            return .stay(try call.desk.stay(stay), call)
        },
    ]
}

extension APICall {
    var language: GuestLanguage { GuestLanguage(rawValue: text("language")) ?? .english }

    /// The schema has accepted it.
    func time(_ name: String) -> UnixTime { optionalTime(name) ?? UnixTime(seconds: 0) }

    func optionalTime(_ name: String) -> UnixTime? {
        optionalText(name).flatMap { UnixTime(text: $0) }
    }

    /// The path's purpose.
    func purpose() throws -> Snapshot.Consent {
        let name = request["purpose"]
        guard let known = Snapshot.Consent.names.first(where: { $0.0 == name }) else {
            throw APIProblem.notFound("there is no purpose '\(name)'")
        }
        return known.1
    }

    func note(_ action: String, _ subject: String) throws {
        try desk.change { _ in try desk.audit(actor, action, subject) }
    }

    /// Notes who saw a guest's data.
    func viewed(_ subjects: [String]) throws { try views.note(subjects, by: actor, "api") }

    func viewed(_ stay: DeskStay) throws { try viewed(["stay \(stay.number)"]) }
}

extension APIReply {
    static func stay(_ stay: DeskStay, _ call: APICall) -> APIReply {
        .object(JSONLine(api: stay, at: call.desk.clock()))
    }

    /// A list that is never long enough for pages.
    static func all(_ items: [String]) -> APIReply {
        var line = JSONLine()
        line.add("items", list: items)
        line.add("next", nil as String?)
        return .object(line)
    }
}
