// SPDX-License-Identifier: Apache-2.0
import SQLite
import Testing
import Timebase

@testable import HotelDesk

@Suite("The board")
struct BoardTests {
    @Test("Without a login there is nothing to see but the way in")
    func locked() throws {
        let scene = try WebScene()
        for path in ["/", "/stays", "/doors", "/audit", "/stored", "/live/arrivals", "/nothing"] {
            let answer = try scene.ask("GET", path)
            #expect(answer.status == 303 && answer.header("Location") == "/login", "\(path)")
        }
        let page = try scene.ask("GET", "/login")
        #expect(page.status == 200 && page.body.contains("type=\"password\""))
        let policy = try #require(page.header("Content-Security-Policy"))
        #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
        #expect(!page.body.contains("style=") && !page.body.contains("onclick"))
    }

    @Test("A session's cookie is for this server alone; after logging out it opens nothing")
    func session() throws {
        let scene = try WebScene()
        let answer = try scene.ask(
            "POST", "/login", body: "name=anna&password=correct+horse+battery")
        let set = try #require(answer.header("Set-Cookie"))
        #expect(set.contains("; HttpOnly") && set.contains("; SameSite=Strict"))
        let cookie = try scene.login()
        #expect(try scene.ask("GET", "/", headers: [cookie]).status == 200)
        let token = try scene.token(cookie, on: "/")
        let out = try scene.ask("POST", "/logout", headers: [cookie], body: "token=\(token)")
        #expect(out.status == 303)
        #expect(try scene.ask("GET", "/", headers: [cookie]).status == 303)
        let actions = try scene.desk().auditTrail(countMax: 10).map(\.action)
        #expect(actions.contains("loggedIn") && actions.contains("loggedOut"))
        let rows = try scene.desk().database.rows("SELECT digest FROM session") {
            row throws(DatabaseError) in
            try row.blob(0)
        }
        let secret = cookie.split(separator: "=").last.map(String.init) ?? ""
        #expect(!rows.contains(Array(secret.utf8)))
    }

    @Test("After five wrong passwords from one place even the right one must wait")
    func guessing() throws {
        let scene = try WebScene()
        for _ in 0..<WebLimits.loginFailuresByNameMax {
            let answer = try scene.ask("POST", "/login", body: "name=anna&password=wrong")
            #expect(answer.status == 401)
        }
        let answer = try scene.ask(
            "POST", "/login", body: "name=anna&password=correct+horse+battery")
        #expect(answer.status == 429 && answer.header("Set-Cookie") == nil)
        let failed = try scene.desk().auditTrail(countMax: 20)
            .filter { $0.action == "loginFailed" }
        #expect(failed.count == 5 && failed.allSatisfy { $0.actor == "somebody at 127.0.0.1" })
    }

    @Test("A form that is not the session's own changes nothing")
    func forged() throws {
        let scene = try WebScene()
        let stay = try scene.addStay(consent: false)
        let cookie = try scene.login()
        let path = "/stays/\(stay.number)/conditions"
        let body = "condition=paid&met=yes"
        #expect(try scene.ask("POST", path, headers: [cookie], body: body).status == 403)
        #expect(
            try scene.ask("POST", path, headers: [cookie], body: body + "&token=00").status == 403)
        let token = try scene.token(cookie, on: "/stays/\(stay.number)")
        let foreign = try scene.ask(
            "POST", path, headers: [cookie, "Sec-Fetch-Site: cross-site"],
            body: body + "&token=\(token)")
        #expect(foreign.status == 403)
        #expect(try scene.desk().stay(stay.number).progress.conditions.isEmpty)
        let own = try scene.ask("POST", path, headers: [cookie], body: body + "&token=\(token)")
        #expect(own.status == 303)
        #expect(try scene.desk().stay(stay.number).progress.conditions == [.paid])
    }

    @Test("IT sees doors and the audit, and no guest")
    func roles() throws {
        let scene = try WebScene(staff: [("ida", .it), ("dora", .desk)])
        let it = try scene.login("ida")
        let stay = try scene.addStay(consent: true)
        #expect(try scene.ask("GET", "/", headers: [it]).header("Location") == "/doors")
        for path in ["/stays", "/stays/\(stay.number)", "/open?door=301"] {
            let answer = try scene.ask("GET", path, headers: [it])
            #expect(answer.status == 403 && !answer.body.contains("Adler"), "\(path)")
        }
        #expect(try scene.ask("GET", "/live/arrivals", headers: [it]).status == 503)
        #expect(try scene.ask("GET", "/audit", headers: [it]).status == 200)
        let desk = try scene.login("dora")
        #expect(try scene.ask("GET", "/audit", headers: [desk]).status == 403)
    }

    @Test("A guest is checked in by hand only when nothing is missing, and the page says what is")
    func checkIn() throws {
        let scene = try WebScene()
        let stay = try scene.addStay(consent: false)
        let cookie = try scene.login()
        let path = "/stays/\(stay.number)"
        let token = try scene.token(cookie, on: path)
        let refused = try scene.ask(
            "POST", path + "/check-in", headers: [cookie, "Accept-Language: de"],
            body: "token=\(token)")
        #expect(refused.status == 409 && refused.body.contains("Nicht eingecheckt"))
        for condition in CheckInCondition.allCases {
            _ = try scene.ask(
                "POST", path + "/conditions", headers: [cookie],
                body: "condition=\(condition.rawValue)&met=yes&token=\(token)")
        }
        let done = try scene.ask(
            "POST", path + "/check-in", headers: [cookie], body: "token=\(token)")
        #expect(done.status == 303)
        #expect(try scene.desk().stay(stay.number).progress.checkedIn != nil)
        let audit = try scene.desk().auditTrail(of: "stay \(stay.number)", countMax: 20)
        #expect(audit.contains { $0.action == "checkedIn" && $0.actor == "staff anna" })
    }

    @Test("Seeing a guest's data is audited once an hour, whoever renews the page")
    func views() throws {
        let scene = try WebScene()
        let stay = try scene.addStay(consent: true)
        let cookie = try scene.login()
        func count() throws -> Int {
            try scene.desk().auditTrail(of: "stay \(stay.number)", countMax: 50)
                .count { $0.action == "viewed" && $0.actor == "staff anna" }
        }
        for _ in 0..<3 {
            let page = try scene.ask("GET", "/stays/\(stay.number)", headers: [cookie])
            #expect(page.status == 200 && page.body.contains("Lena &lt;b&gt;Adler&lt;/b&gt;"))
        }
        #expect(try count() == 1)
        scene.hotel.now.withLock { $0 = TestHotel.noon + .minutes(61) }
        _ = try scene.ask("GET", "/stays/\(stay.number)", headers: [try scene.login()])
        #expect(try count() == 2)
    }

    @Test("A live page hears of an arrival by itself, by name only where the guest agreed")
    func live() throws {
        for consent in [true, false] {
            let scene = try WebScene()
            let stay = try scene.addStay(consent: consent)
            let cookie = try scene.login()
            try scene.desk().database.run(
                """
                INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)
                VALUES (?, ?, ?, ?, 1, 1)
                """, .integer(stay.number), .integer(TestHotel.noon.milliseconds),
                .integer(TestHotel.noon.milliseconds), .integer(0xB0B1_B2B3))
            let stream = try WebAnswer.ask(
                scene.port, "GET", "/live/arrivals", headers: [cookie, "Accept-Language: en"],
                until: "event: expected")
            #expect(stream.header("Content-Type") == "text/event-stream")
            #expect(stream.body.contains("data-arrival=\"1\""))
            #expect(stream.body.contains("Adler") == consent)
            #expect(stream.body.contains("Nüsse") == consent)
            #expect(stream.body.contains("A guest with a reservation for 301") != consent)
        }
    }

    @Test("Both languages are there, by the browser's wish or by choice")
    func languages() throws {
        let scene = try WebScene()
        let german = try scene.ask("GET", "/login", headers: ["Accept-Language: de-AT,en;q=0.5"])
        #expect(german.body.contains("<html lang=\"de\">") && german.body.contains("Anmelden"))
        let english = try scene.ask("GET", "/login", headers: ["Accept-Language: fr"])
        #expect(english.body.contains("<html lang=\"en\">") && english.body.contains("Log in"))
        let chosen = try scene.ask("GET", "/language/de?back=/login")
        #expect(chosen.header("Location") == "/login")
        let cookies = try #require(chosen.header("Set-Cookie"))
        let cookie = cookies.prefix { $0 != ";" }
        #expect(
            try scene.ask("GET", "/login", headers: ["Cookie: \(cookie)"]).body
                .contains("Anmelden"))
        for back in ["//evil.example", "https://evil.example", "/%5Cevil"] {
            let answer = try scene.ask("GET", "/language/de?back=\(back)")
            let target = try #require(answer.header("Location"))
            #expect(target.hasPrefix("/") && !target.hasPrefix("//"), "\(back)")
        }
    }
}
