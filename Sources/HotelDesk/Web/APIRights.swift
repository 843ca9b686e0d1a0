// SPDX-License-Identifier: Apache-2.0
// The API's operations for a guest's rights (GDPR Art. 15 and 17), and for figures.
import CommandLineKit
import HTTP
import Timebase

extension APIOperation {
    static let rights: [APIOperation] = [
        APIOperation(
            name: "exportGuest", method: "GET", path: WebPattern("/api/v1/guests/{guest}/export"),
            summary: "Everything that is stored about a guest", access: .token(.guestsRead),
            answer: .text(HTTPReply.json)
        ) { call in
            APIReply(
                body: .text(
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
            ], answer: .text(HTTPReply.json)
        ) { call in
            guard let from = call.request.query("from").flatMap({ UnixTime(text: $0) }),
                let to = call.request.query("to").flatMap({ UnixTime(text: $0) }), from < to
            else { throw APIProblem.badRequest("from and to are times, in this order") }
            let figures = try call.desk.figures(from: from, to: to, offset: .zero)
            return APIReply(body: .text(JSONLine(figures).text + "\n"))
        },
    ]
}
