// SPDX-License-Identifier: Apache-2.0
// The API's operations on webhooks.
import CommandLineKit

extension APIOperation {
    static let webhooks: [APIOperation] = [
        APIOperation(
            name: "listWebhooks", method: "GET", path: WebPattern("/api/v1/webhooks"),
            summary: "Where the hotel's changes are sent, without secrets",
            access: .token(.webhooksWrite), answer: .json(.items(.webhook, "Webhooks"))
        ) { call in .all(try call.desk.webhooks().map { JSONLine(api: $0).text }) },
        APIOperation(
            name: "addWebhook", method: "POST", path: WebPattern("/api/v1/webhooks"),
            summary: "Have changes sent to an address, signed as Standard Webhooks has it",
            access: .token(.webhooksWrite),
            body: .json(
                .named(
                    "NewWebhook",
                    .object(["url": .url, "events": .list(.webhookEvent, countMax: 8)]))),
            status: 201,
            answer: .json(
                .named(
                    "AddedWebhook",
                    .object(["webhook": .webhook, "secret": .text(.line(1...100))])))
        ) { call in
            let words = call.body["events"]?.array?.compactMap(\.string) ?? []
            let (webhook, secret) = try call.desk.addWebhook(
                url: call.text("url"), events: Set(words.compactMap(Webhook.Event.init)),
                by: call.actor)
            var line = JSONLine()
            line.add("webhook", literal: JSONLine(api: webhook).text)
            line.add("secret", "whsec_" + WebhookSender.base64(secret))
            return .object(line)
        },
        APIOperation(
            name: "removeWebhook", method: "DELETE",
            path: WebPattern("/api/v1/webhooks/{webhook}"),
            summary: "Send nothing more; one that is gone stays gone",
            access: .token(.webhooksWrite), status: 204, answer: .nothing
        ) { call in
            try call.desk.removeWebhook(call.request.number("webhook"), by: call.actor)
            return .nothing
        },
    ]
}

extension Schema {
    static let webhookEvent = words(Webhook.Event.allCases.map(\.rawValue))

    static let url = text(
        TextRule(
            pattern: "^(https://[!-~]+|http://(127\\.0\\.0\\.1|\\[::1\\]):[!-~]*)$",
            rule: "an https address, or an http one of this machine with its port", format: "uri",
            example: "https://pms.example/lintel"
        ) { Webhook.accepts(url: $0) })

    static let webhook = named(
        "Webhook",
        .object([
            "webhook": number, "url": url, "events": list(webhookEvent, countMax: 8),
            "added": time, "waiting": count, "failure": optional(text(.line(0...500))),
        ]))
}

extension JSONLine {
    init(api webhook: Webhook) {
        self.init()
        add("webhook", webhook.number)
        add("url", webhook.url)
        add(
            "events",
            list: Webhook.Event.allCases.filter(webhook.events.contains).map {
                JSONLine.quoted($0.rawValue)
            })
        add("added", webhook.added.text)
        add("waiting", webhook.waiting)
        add("failure", webhook.failure)
    }
}
