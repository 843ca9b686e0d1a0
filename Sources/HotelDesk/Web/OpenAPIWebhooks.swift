// SPDX-License-Identifier: Apache-2.0
// What webhooks send, in the API's description: OpenAPI 3.1 has a place for requests that go the
// other way (https://spec.openapis.org/oas/v3.1.0, 4.8.1).
import CommandLineKit

extension Schema {
    /// The body of one message. It carries numbers and no names.
    static func message(of event: Webhook.Event) -> Schema {
        let name = event.rawValue.prefix(1).uppercased() + event.rawValue.dropFirst()
        return named(
            "\(name)Message",
            .object([
                "type": words([event.rawValue]), "timestamp": time,
                "data": .object([
                    "stay": number, "reference": optional(Schema.name),
                    "room": optional(Schema.name),
                    "subject": line,
                ]),
            ]))
    }
}

extension OpenAPI {
    static var webhooks: String {
        var line = JSONLine()
        for event in Webhook.Event.allCases {
            line.add(event.rawValue, literal: "{\"post\":\(request(event))}")
        }
        return line.text
    }

    /// Signed as Standard Webhooks has it (standardwebhooks.com).
    private static func request(_ event: Webhook.Event) -> String {
        var line = JSONLine()
        line.add(
            "operationId", "on" + event.rawValue.prefix(1).uppercased() + event.rawValue.dropFirst()
        )
        line.add("summary", event.meaning)
        line.add("security", list: [])
        line.add(
            "parameters",
            list: headers.map { name, meaning in
                APIOperation.parameter(name, "header", .line, isRequired: true, meaning)
            })
        line.add(
            "requestBody", literal: APIOperation.json(.json(.message(of: event))))
        line.add("responses", literal: answers)
        return line.text
    }

    private static let headers = [
        ("webhook-id", "the message's own; the same when it comes again"),
        ("webhook-timestamp", "when it was sent, in Unix seconds"),
        (
            "webhook-signature",
            "`v1,` and the Base64 of HMAC-SHA-256 over `id.timestamp.body` with the secret that "
                + "addWebhook gave"
        ),
    ]

    private static var answers: String {
        var line = JSONLine()
        for (status, meaning) in [
            ("2XX", "Taken; it is not sent again"),
            ("default", "Not taken; it is sent again, less and less often, for two days"),
        ] {
            var answer = JSONLine()
            answer.add("description", meaning)
            line.add(status, literal: answer.text)
        }
        return line.text
    }
}

extension Webhook.Event {
    fileprivate var meaning: String {
        switch self {
        case .arrival: "A guest was seen at a lobby door"
        case .checkIn: "A guest has checked in"
        case .departure: "A guest has left"
        case .usage: "A visit to an amenity is over and can be billed"
        }
    }
}
