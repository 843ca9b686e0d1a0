// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import HotelDesk

@Suite("Visits on the board")
struct VisitsPanelTests {
    private let scene: WebScene
    private let desk: Desk
    private let stay: Int64
    private var path: String { "/stays/\(stay)" }

    /// A stay with a visit that may be billed.
    init() throws {
        scene = try WebScene(staff: [("ida", .it), ("dora", .desk)])
        desk = try scene.desk()
        try scene.hotel.done(
            "door", "add", "spa", "--gateway", "corridor", "--index", "3", "--kind", "amenity")
        _ = try desk.setTariff(
            Tariff(name: "Spa", door: "spa", currency: "EUR", visitCents: 900), by: "test")
        stay = try scene.addStay(consent: false).number
        _ = try desk.changeStay(stay, doors: ["301", "spa"], by: "test")
        try desk.setConsent(
            .usageBilling, isGiven: true, stay: stay, source: "app", textVersion: "1", by: "test")
        let pass = try desk.issuePhonePass(stay: stay).pass.id
        var journal = TestJournal()
        let lines = [journal.line("granted", index: 3, pass: pass)]
        let gateway = try desk.gateway("corridor").id
        _ = try desk.ingest([journal.batch(lines, after: 0, boot: 0, of: gateway)])
    }

    private func page(_ cookie: String, _ language: String = "en") throws -> String {
        try scene.ask("GET", path, headers: [cookie, "Accept-Language: \(language)"]).body
    }

    private func send(
        _ step: String, _ form: String, _ cookie: String, language: String = "en"
    ) throws -> WebAnswer {
        let token = try scene.token(cookie, on: path)
        return try scene.ask(
            "POST", "\(path)/visits/1/\(step)",
            headers: [cookie, "Accept-Language: \(language)"], body: "\(form)&token=\(token)")
    }

    @Test("A visit is shown with what it rests on, and the guest's objection noted with a reason")
    func objection() throws {
        let cookie = try scene.login("dora")
        let text = try page(cookie)
        #expect(text.contains("<b>Spa</b> 9.00 EUR") && text.contains("pass accepted"))
        #expect(text.contains("<code>b0b1b2b3/1/1</code>"))
        #expect(!text.contains("/decision"), "nobody objects, so there is nothing to decide")
        let refused = try send("dispute", "reason=no", cookie)
        #expect(refused.status == 422 && refused.body.contains("at least three characters"))
        #expect(try desk.usageRecord(1).disputed == nil)
        let taken = try send("dispute", "reason=door+was+<locked>", cookie)
        #expect(taken.status == 303 && taken.header("Location") == "\(path)#visit-1")
        let disputed = try page(cookie)
        #expect(disputed.contains("Disputed") && disputed.contains("“door was &lt;locked&gt;”"))
        #expect(!disputed.contains("/visits/1/dispute") && disputed.contains("/visits/1/decision"))
        let list = try scene.ask("GET", "/stays", headers: [cookie, "Accept-Language: de"]).body
        #expect(list.contains("Offene Beanstandungen") && list.contains("301: Spa 9,00 EUR"))
        #expect(list.contains("href=\"\(path)#visit-1\""))
    }

    @Test("Staff decide once, with a reason that is audited; a second click changes nothing")
    func decision() throws {
        _ = try desk.disputeUsage(1, reason: "door was locked", by: "app")
        let cookie = try scene.login("dora")
        #expect(try page(cookie, "de").contains("Erlassen: kommt nicht auf die Rechnung"))
        for form in ["decision=waived&reason=", "decision=free&reason=door+broken", "reason=why"] {
            let answer = try send("decision", form, cookie)
            #expect(answer.status == 422 && answer.body.contains("role=\"alert\""), "\(form)")
        }
        #expect(try desk.usageRecord(1).isDisputed)
        let token = try scene.token(cookie, on: path)
        for _ in 0..<2 {
            let answer = try scene.ask(
                "POST", "\(path)/visits/1/decision", headers: [cookie],
                body: "decision=waived&reason=door+was+broken&token=\(token)")
            #expect(answer.status == 303 && answer.header("Location") == "\(path)#visit-1")
        }
        let record = try desk.usageRecord(1)
        #expect(record.decision == .waived && record.grounds == "door was broken")
        let trail = try desk.auditTrail(of: "stay \(stay)", countMax: 20)
            .filter { $0.action == "usageWaived" }
        #expect(trail.map(\.actor) == ["staff dora"])
        #expect(trail.map(\.detail) == ["usage 1: door was broken"])
        let late = try send("decision", "decision=upheld&reason=no+way", cookie, language: "de")
        #expect(late.status == 409)
        #expect(late.body.contains("Darüber ist schon entschieden: Erlassen."))
        #expect(try desk.usageRecord(1).decision == .waived)
        #expect(try page(cookie).contains("“door was broken”"))
        let list = try scene.ask("GET", "/stays", headers: [cookie, "Accept-Language: en"]).body
        #expect(!list.contains("Open disputes"))
    }

    @Test("Nobody decides from another page, another role, or on another stay's visit")
    func refused() throws {
        _ = try desk.disputeUsage(1, reason: "door was locked", by: "app")
        let it = try scene.login("ida")
        let form = "decision=waived&reason=door+broken"
        let token = try scene.token(it, on: "/doors")
        let decide = "\(path)/visits/1/decision"
        let asIT = try scene.ask("POST", decide, headers: [it], body: form + "&token=\(token)")
        #expect(asIT.status == 403)
        let cookie = try scene.login("dora")
        #expect(try scene.ask("POST", decide, headers: [cookie], body: form).status == 403)
        let own = try scene.token(cookie, on: path)
        let other = try desk.addStay(
            NewStay(doors: ["301"], begins: TestHotel.noon, ends: TestHotel.noon + .hours(9)),
            by: "test"
        ).number
        let elsewhere = try scene.ask(
            "POST", "/stays/\(other)/visits/1/decision", headers: [cookie],
            body: form + "&token=\(own)")
        #expect(elsewhere.status == 409)
        #expect(try desk.usageRecord(1).isDisputed)
    }

    @Test("A visit that is on the bill says so where it is decided")
    func billed() throws {
        _ = try desk.exportUsage(by: "pms") { _ in }
        _ = try desk.disputeUsage(1, reason: "door was locked", by: "app")
        let text = try page(try scene.login("dora"))
        #expect(text.contains("On the bill") && text.contains("credit it there"))
    }
}
