// SPDX-License-Identifier: Apache-2.0
import CSodium
import CommandLineKit
import HTTP
import Platform
import Synchronization
import Testing
import Timebase

@testable import HotelDesk

@Suite("Webhooks")
struct WebhookTests {
    private let hotel: TestHotel

    init() throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
        try hotel.add(TestGateway(0xB0B1_B2B3), name: "corridor")
        try hotel.done("door", "add", "301", "--gateway", "corridor", "--index", "2")
    }

    private func desk() throws -> Desk {
        let hotel = self.hotel
        return try Desk(path: hotel.database, clock: { hotel.now.withLock { $0 } })
    }

    private func checkedIn(_ desk: Desk) throws -> DeskStay {
        let guest = try desk.addGuest(
            name: "Lena Adler", language: .german, address: "", by: "test")
        let stay = try desk.addStay(
            NewStay(
                doors: ["301"], begins: TestHotel.noon, ends: TestHotel.noon + .hours(24),
                guest: guest.number, reference: "R-1"), by: "test")
        for condition in CheckInCondition.allCases {
            _ = try desk.setCondition(condition, isMet: true, stay: stay.number, by: "test")
        }
        return try desk.checkIn(stay.number, by: "test")
    }

    @Test("What happened is queued once, with numbers and no name, and outlives a restart")
    func queue() throws {
        let desk = try desk()
        _ = try desk.addWebhook(
            url: "https://pms.example/x", events: [.checkIn], by: "test")
        let stay = try checkedIn(desk)
        for _ in 0..<3 { try desk.queueWebhooks(stay: stay.number) }
        _ = try desk.depart(stay.number, by: "test")
        try desk.queueWebhooks(stay: stay.number)
        let due = try self.desk().dueDeliveries(countMax: 10)
        #expect(due.count == 1)
        let body = try #require(due.first?.body)
        #expect(!body.contains("Adler"))
        let value = try #require(JSONValue(body.utf8))
        #expect(value["type"]?.string == "checkIn")
        #expect(value["data"]?["reference"]?.string == "R-1")
    }

    @Test("A receiver that fails is tried less and less often, and given up in the end")
    func backoff() throws {
        let desk = try desk()
        _ = try desk.addWebhook(url: "https://pms.example/x", events: [.checkIn], by: "test")
        try desk.queueWebhooks(stay: try checkedIn(desk).number)
        var waits: [Int64] = []
        for attempt in 0..<WebLimits.deliveryAttemptsMax {
            let delivery = try #require(desk.dueDeliveries(countMax: 1).first)
            #expect(delivery.attempts == attempt)
            try desk.noteDelivery(delivery.number, attempts: attempt, failure: "no route")
            let start = hotel.now.withLock { $0 }
            guard attempt + 1 < WebLimits.deliveryAttemptsMax else { break }
            var wait = Interval.zero
            while try desk.dueDeliveries(countMax: 1).isEmpty {
                wait = wait + .seconds(1 << min(Int64(waits.count), 6))
                hotel.now.withLock { $0 = start + wait }
            }
            waits.append(wait.milliseconds / 1_000)
        }
        #expect(waits.first == 5 && waits == waits.sorted() && waits.count == 11)
        #expect((21_600...21_664).contains(waits.last ?? 0))
        hotel.now.withLock { $0 = $0 + .hours(48) }
        #expect(try desk.dueDeliveries(countMax: 1).isEmpty)
        #expect(try desk.webhooks().first?.failure == "no route")
    }

    @Test("A receiver gets it signed, and again until it says 2xx", .timeLimit(.minutes(2)))
    func delivered() throws {
        let loop = try EventLoop()
        let port = try LoopbackPort.free()
        var heard: [(body: [UInt8], id: String, time: String, signature: String)] = []
        let server = try HTTPServer(
            loop, try LocalSocket.listen(onLoopback: port), limits: .web(behindProxy: true)
        ) { exchange in
            heard.append(
                (
                    exchange.body, exchange.header("webhook-id") ?? "",
                    exchange.header("webhook-timestamp") ?? "",
                    exchange.header("webhook-signature") ?? ""
                ))
            exchange.answer(HTTPReply(status: heard.count < 2 ? 500 : 204, HTTPReply.plain, ""))
        }
        let desk = try desk()
        let (_, secret) = try desk.addWebhook(
            url: "http://127.0.0.1:\(port)/hook", events: [.checkIn], by: "test")
        let sender = try WebhookSender(desk, loop, log: Log())
        let stay = try checkedIn(desk)
        sender.take(.stay(stay.number))
        var turns = 0
        while try desk.webhooks().first?.waiting != 0, turns < 1_000 {
            turns += 1
            _ = try loop.runOnce(limit: .milliseconds(50))
            if try desk.webhooks().first?.failure != nil {
                hotel.now.withLock { $0 = TestHotel.noon + .minutes(1) }
            }
            sender.tick()
        }
        sender.stop()
        server.stop()
        let failure = try desk.webhooks().first?.failure
        try #require(heard.count == 2, "\(failure ?? "nothing heard")")
        #expect(heard[0].id == heard[1].id && heard[0].body == heard[1].body)
        let last = try #require(heard.last)
        let signed = Array("\(last.id).\(last.time).".utf8) + last.body
        var code = [UInt8](repeating: 0, count: 32)
        _ = crypto_auth_hmacsha256(&code, signed, UInt64(signed.count), secret)
        #expect(last.signature == "v1," + WebhookSender.base64(code))
    }

    @Test("Every message that is queued is what the API's description says of it")
    func described() throws {
        let desk = try desk()
        try hotel.done(
            "door", "add", "spa", "--gateway", "corridor", "--index", "3", "--kind", "amenity")
        _ = try desk.setTariff(
            Tariff(name: "Spa", door: "spa", currency: "EUR", visitCents: 900), by: "test")
        _ = try desk.addWebhook(
            url: "https://pms.example/x", events: Set(Webhook.Event.allCases), by: "test")
        let stay = try checkedIn(desk)
        try desk.setConsent(
            .usageBilling, isGiven: true, stay: stay.number, source: "app", textVersion: "1",
            by: "test")
        try desk.database.run(
            """
            INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)
            VALUES (?, ?2, ?2, 1, 1, 1)
            """, .integer(stay.number), .milliseconds(TestHotel.noon))
        let pass = try desk.issuePhonePass(stay: stay.number).pass.id
        _ = try desk.changeStay(stay.number, doors: ["301", "spa"], by: "test")
        var journal = TestJournal()
        let lines = [journal.line("granted", index: 3, pass: pass)]
        let gateway = try desk.gateway("corridor").id
        _ = try desk.ingest([journal.batch(lines, after: 0, boot: 0, of: gateway)])
        _ = try desk.depart(stay.number, by: "test")
        try desk.queueWebhooks(stay: stay.number)
        let document = try #require(JSONValue(OpenAPI.document.utf8, depthMax: 20))
        let due = try desk.dueDeliveries(countMax: 10)
        var seen: Set<Webhook.Event> = []
        for delivery in due {
            let value = try #require(JSONValue(delivery.body.utf8))
            let event = try #require(value["type"]?.string.flatMap { Webhook.Event(rawValue: $0) })
            #expect(Schema.message(of: event).findings(in: value) == [], "\(delivery.body)")
            seen.insert(event)
            let said = document["webhooks"]?[event.rawValue]?["post"]
            let names = said?["parameters"]?.array?.compactMap { $0["name"]?.string } ?? []
            let sent = WebhookSender.headers(delivery, at: TestHotel.noon)
            #expect(names.count == 3)
            for name in names { #expect(sent.contains { $0.hasPrefix("\(name): ") }, "\(name)") }
        }
        #expect(seen == Set(Webhook.Event.allCases) && due.count == seen.count)
    }

    @Test(
        "Only https addresses, and this machine's own, are taken",
        arguments: [
            ("https://pms.example/lintel", true), ("http://127.0.0.1:9/x", true),
            ("http://pms.example/", false), ("file:///etc/passwd", false), ("https://", false),
            ("http://127.0.0.1.evil.example/", false), ("https://a b", false),
            ("http://127.0.0.1:80@evil.example/", false), ("http://[::1]:8080", true),
            ("https://pms.example@evil.example/", false), ("https://pms.example/a@b", true),
        ])
    func addresses(url: String, isTaken: Bool) {
        #expect(Webhook.accepts(url: url) == isTaken)
    }
}
