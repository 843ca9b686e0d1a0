// SPDX-License-Identifier: Apache-2.0
// The API's operations for a guest's rights (GDPR Art. 15 and 17), and for figures.
import CommandLineKit
import Timebase

extension APIOperation {
    static let rights: [APIOperation] = [
        APIOperation(
            name: "exportGuest", method: "GET", path: WebPattern("/api/v1/guests/{guest}/export"),
            summary: "Everything that is stored about a guest", access: .token(.guestsRead),
            answer: .json(.guestExport)
        ) { call in
            APIReply(
                body: .json(
                    try call.desk.exportGuest(call.request.number("guest"), by: call.actor)))
        },
        APIOperation(
            name: "eraseGuest", method: "DELETE", path: WebPattern("/api/v1/guests/{guest}"),
            summary: "Erase a guest and what was stored about them", access: .token(.guestsWrite),
            status: 204, answer: .nothing
        ) { call in
            _ = try call.desk.eraseGuest(call.request.number("guest"), by: call.actor)
            return .nothing
        },
        APIOperation(
            name: "getFigures", method: "GET", path: WebPattern("/api/v1/figures"),
            summary: "What the journeys of a period say together, naming nobody",
            access: .token(.figuresRead),
            query: [
                Query(
                    name: "from", schema: .time, meaning: "the period's beginning", isRequired: true
                ),
                Query(name: "to", schema: .time, meaning: "its end", isRequired: true),
            ], answer: .json(.figures)
        ) { call in
            guard let from = call.request.query("from").flatMap({ UnixTime(text: $0) }),
                let to = call.request.query("to").flatMap({ UnixTime(text: $0) }), from < to
            else { throw APIProblem.badRequest("from and to are times, in this order") }
            let figures = try call.desk.figures(from: from, to: to, offset: .zero)
            return .object(JSONLine(figures))
        },
    ]
}

extension Schema {
    private static let spread = optional(
        .object(["stays": count, "medianSeconds": count, "p90Seconds": count]))

    /// What is `null` was not measured, or has too few stays to name nobody.
    static let figures = named(
        "Figures",
        .object([
            "funnel": .object([
                "booked": count, "arrival": count, "checkIn": count, "roomEntry": count,
                "departure": count,
            ]),
            "arrivalToCheckIn": spread, "checkInToRoom": spread, "arrivalToRoom": spread,
            "amenityDwell": spread, "otherStays": optional(count),
            "busyHours": list(optional(count), countMax: 24),
            "denialPerMille": optional(integer(0...1_000)),
            "falseAlarmPerMille": optional(integer(0...1_000)),
        ]))

    private static let auditEntry = Schema.object([
        "at": time, "actor": text(.line(0...500)), "action": line, "subject": line,
        "detail": text(.line(0...2_000)),
    ])

    private static func many(_ element: Schema) -> Schema { list(element, countMax: 1_000_000) }

    /// Everything that is stored of a guest.
    static let guestExport = named(
        "GuestExport",
        .object([
            "format": integer(2...2), "taken": time, "guest": guest,
            "preferences": many(preference),
            "stays": many(
                .object([
                    "stay": stay, "held": optional(line), "consent": many(consent),
                    "passes": many(pass), "arrivals": many(arrival), "moments": many(touchpoint),
                    "lastSeen": optional(.object(["gateway": name, "at": time])),
                    "visits": many(usage), "events": many(.anyObject),
                    "sentTo": many(
                        .object([
                            "url": url, "message": .anyObject, "delivered": optional(time),
                        ])),
                    "audit": many(auditEntry),
                ])), "audit": many(auditEntry),
        ]))
}
