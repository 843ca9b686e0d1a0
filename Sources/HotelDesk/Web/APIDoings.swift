// SPDX-License-Identifier: Apache-2.0
// The API's operations on passes, arrivals, usage and touchpoints.
import CommandLineKit
import GuestPass

extension APIOperation {
    static let passes: [APIOperation] = [
        APIOperation(
            name: "listPasses", method: "GET", path: WebPattern("/api/v1/stays/{stay}/passes"),
            summary: "The passes of a stay, without keys", access: .token(.staysRead),
            answer: .json(.items(.pass, "Passes"))
        ) { call in
            let stay = try call.desk.stay(call.request.number("stay"))
            try call.viewed(stay)
            return .all(
                try call.desk.passes(ofStay: stay.number).map { JSONLine(api: $0).text })
        },
        APIOperation(
            name: "issuePass", method: "POST", path: WebPattern("/api/v1/stays/{stay}/passes"),
            summary: "Make a pass for one phone: what the app needs, with its secret key",
            access: .token(.passesWrite), status: 201, answer: .json(.phonePass)
        ) { call in
            let pass = try call.desk.issuePhonePass(stay: call.request.number("stay"))
            try call.note("passIssued", "stay \(pass.stay.number)")
            return APIReply(body: .json(pass.json))
        },
        APIOperation(
            name: "revokePass", method: "DELETE", path: WebPattern("/api/v1/passes/{pass}"),
            summary: "End a pass; one that has ended stays so", access: .token(.passesWrite),
            answer: .json(.pass)
        ) { call in
            guard let pass = PassID(call.request["pass"]) else {
                throw DeskError.unknownPass(call.request["pass"])
            }
            let revoked = try call.desk.revoke(pass)
            try call.note("passRevoked", "stay \(revoked.stay)")
            return .object(JSONLine(api: revoked))
        },
    ]

    static let arrivals: [APIOperation] = [
        list(
            "listArrivals", "/api/v1/arrivals", "Who came in, as much as each guest agreed to",
            .staysRead, .arrival, "Arrivals",
            { call, after, count in
                let arrivals = try call.desk.arrivals(after: after, countMax: count)
                try call.viewed(arrivals.map { "stay \($0.stay)" })
                return arrivals.map { ($0.number, call.line($0).text) }
            }),
        mark("markGreeted", "greeted", "A member of staff has greeted the guest") { call, number in
            try call.desk.markGreeted(number, by: call.actor)
        },
        mark("markServed", "served", "Everything prepared was brought") { call, number in
            try call.desk.markServed(number, by: call.actor)
        },
    ]

    private static func mark(
        _ name: String, _ mark: String, _ summary: String,
        _ set: @escaping @Sendable (APICall, Int64) throws -> Arrival
    ) -> APIOperation {
        APIOperation(
            name: name, method: "PUT", path: WebPattern("/api/v1/arrivals/{arrival}/\(mark)"),
            summary: summary, access: .token(.staysWrite), answer: .json(.arrival)
        ) { call in
            .object(call.line(try set(call, call.request.number("arrival"))))
        }
    }

    static let usage: [APIOperation] = [
        list(
            "listUsage", "/api/v1/usage", "Visits to amenities, with their evidence", .usageRead,
            .usage, "UsageRecords",
            { call, after, count in
                let records = try call.desk.usage(after: after, countMax: count)
                try call.viewed(records.map { "stay \($0.stay)" })
                return records.map { ($0.number, JSONLine(api: $0).text) }
            }),
        APIOperation(
            name: "getUsageEvidence", method: "GET",
            path: WebPattern("/api/v1/usage/{usage}/evidence"),
            summary: "A visit and the events it rests on, in the gateways' own words",
            access: .token(.usageRead), answer: .json(.evidence)
        ) { call in
            let record = try call.desk.usageRecord(call.request.number("usage"))
            try call.viewed(["stay \(record.stay)"])
            return .object(JSONLine(record, restingOn: try call.desk.evidence(of: record)))
        },
        APIOperation(
            name: "disputeUsage", method: "PUT", path: WebPattern("/api/v1/usage/{usage}/dispute"),
            summary: "The guest objects; it stays off the bill until staff decide",
            access: .token(.usageWrite),
            body: .json(.named("Dispute", .object(["reason": .reason]))), answer: .json(.usage)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.disputeUsage(
                        call.request.number("usage"), reason: call.text("reason"),
                        by: call.actor)))
        },
        APIOperation(
            name: "decideUsage", method: "PUT", path: WebPattern("/api/v1/usage/{usage}/decision"),
            summary: "Staff's word on a disputed visit", access: .token(.usageWrite),
            body: .json(
                .named(
                    "Decision",
                    .object([
                        "decision": .words(UsageRecord.Decision.allCases.map(\.rawValue)),
                        "reason": .reason,
                    ]))), answer: .json(.usage)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.decideUsage(
                        call.request.number("usage"),
                        UsageRecord.Decision(rawValue: call.text("decision")) ?? .upheld,
                        grounds: call.text("reason"), by: call.actor)))
        },
        APIOperation(
            name: "exportUsage", method: "POST", path: WebPattern("/api/v1/usage/export"),
            summary: "Take over the billable visits not taken before; each is handed out once",
            access: .token(.usageWrite), answer: .json(.items(.usage, "UsageRecords"))
        ) { call in
            .all(try call.desk.exportUsage(by: call.actor) { _ in }.map { JSONLine(api: $0).text })
        },
    ]

    static let timelines: [APIOperation] = [
        APIOperation(
            name: "getTimeline", method: "GET", path: WebPattern("/api/v1/stays/{stay}/timeline"),
            summary: "The moments of a stay; empty without consent", access: .token(.figuresRead),
            answer: .json(.items(.touchpoint, "Touchpoints"))
        ) { call in
            let stay = call.request.number("stay")
            let points = try call.desk.timeline(stay: stay)
            try call.viewed(["stay \(stay)"])
            return .all(points.map { JSONLine(api: $0).text })
        }
    ]
}

extension Schema {
    private static let key = text(.digits(64))

    /// What a phone needs to compute passes; secret.
    static let phonePass = named(
        "PhonePass",
        .object([
            "format": integer(1...1), "pass": passID, "deviceKey": key, "site": text(.digits(16)),
            "epoch": count, "from": time, "to": time,
            "beaconKeys": list(.object(["from": time, "key": key]), countMax: 400),
            "gateways": list(
                .object([
                    "gateway": gatewayID, "zone": text(.digits(16)),
                    "doors": list(.object(["name": name, "index": count]), countMax: 32),
                ]), countMax: 10_000),
        ]))
}

extension APICall {
    /// Who the guest is, and what to prepare, is for those who may know guests.
    fileprivate func line(_ arrival: Arrival) -> JSONLine {
        JSONLine(api: arrival, isWithGuest: scopes.contains(.guestsRead))
    }
}

extension JSONLine {
    init(api pass: DeskPass) {
        self.init()
        add("pass", pass.id.description)
        add("stay", pass.stay)
        add("issued", pass.issued.text)
        add("revoked", pass.revoked?.text)
    }
}
