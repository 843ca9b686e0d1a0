// SPDX-License-Identifier: Apache-2.0
import SQLite
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What the web server is held to, whatever is asked")
struct WebSecurityTests {
    /// A route's path with something in its braces.
    private func path(_ pattern: WebPattern) -> String {
        pattern.names.reduce(pattern.text) { $0.replacing("{\($1)}", with: "1") }
    }

    @Test("No form is taken without the session's token, or from another site")
    func forms() throws {
        let scene = try WebScene()
        _ = try scene.addStay(consent: true)
        let cookie = try scene.login()
        let token = try scene.token(cookie, on: "/stored")
        let posts = BoardRoute.all.filter { $0.method == "POST" }
        #expect(posts.count >= 10)
        for route in posts {
            let path = path(route.pattern)
            let bare = try scene.ask("POST", path, headers: [cookie], body: "x=1")
            #expect(bare.status == 403, "\(path)")
            for site in ["cross-site", "same-site"] {
                let foreign = try scene.ask(
                    "POST", path, headers: [cookie, "Sec-Fetch-Site: \(site)"],
                    body: "token=\(token)")
                #expect(foreign.status == 403, "\(path) from \(site)")
            }
            let nobody = try scene.ask("POST", path, body: "token=\(token)")
            #expect(nobody.header("Location") == "/login", "\(path)")
        }
        let actions = try scene.desk().auditTrail(countMax: 100).map(\.action)
        #expect(Set(actions).isDisjoint(with: ["openingOrdered", "checkedIn", "loggedOut"]))
    }

    @Test("A page is there for the roles that may see it, and for no other")
    func roles() throws {
        let staff = StaffRole.allCases.map { ($0.rawValue, $0) }
        let scene = try WebScene(staff: staff)
        let cookies = try staff.map { ($0.1, try scene.login($0.0)) }
        for route in BoardRoute.all where route.method == "GET" && route.pattern.names.isEmpty {
            guard let permission = route.permission, route.pattern.text != "/" else { continue }
            for (role, cookie) in cookies {
                let answer = try scene.ask("GET", route.pattern.text, headers: [cookie])
                let isLetIn = role.permissions.contains(permission)
                #expect((answer.status == 403) != isLetIn, "\(role) at \(route.pattern.text)")
            }
        }
    }

    @Test("Every answer says what it may not be used for")
    func headers() throws {
        let scene = try WebScene()
        let cookie = try scene.login()
        let token = try scene.bearer()
        for (path, header) in [
            ("/login", ""), ("/static/icon.svg", ""), ("/", cookie), ("/figures.svg", cookie),
            ("/figures.csv", cookie), ("/nothing", cookie), ("/api/v1/stays", token),
            ("/api/v1/stays", ""), ("/api/nothing", ""), ("/api/openapi.json", ""),
        ] {
            let answer = try scene.ask("GET", path, headers: header.isEmpty ? [] : [header])
            #expect(answer.header("X-Content-Type-Options") == "nosniff", "\(path)")
            let policy = answer.header("Content-Security-Policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'"), "\(path)")
            #expect(policy.contains("frame-ancestors 'none'"), "\(path)")
            #expect(answer.header("Strict-Transport-Security") == nil, "\(path): no TLS here")
            let isKept = path.hasPrefix("/static/")
            #expect((answer.header("Cache-Control") == "no-store") != isKept, "\(path)")
        }
        let secure = try WebScene(web: "origin = https://desk.hotel.example")
        for path in ["/login", "/api/v1/stays", "/static/board.css"] {
            #expect(try secure.ask("GET", path).header("Strict-Transport-Security") != nil)
        }
        let set = try secure.ask(
            "POST", "/login", body: "name=anna&password=correct+horse+battery"
        ).header("Set-Cookie")
        #expect(set?.hasPrefix("__Host-lintel=") == true && set?.contains("; Secure") == true)
    }

    @Test("Logging in begins a session of its own and ends the one before")
    func sessions() throws {
        let scene = try WebScene()
        let first = try scene.login()
        let again = try scene.ask(
            "POST", "/login", headers: [first], body: "name=anna&password=correct+horse+battery")
        let second = "Cookie: \((again.header("Set-Cookie") ?? "").prefix { $0 != ";" })"
        #expect(again.status == 303 && second != first)
        #expect(try scene.ask("GET", "/stored", headers: [first]).status == 303)
        #expect(try scene.ask("GET", "/stored", headers: [second]).status == 200)
        let chosen = "Cookie: lintel=\(String(repeating: "a", count: 64))"
        let fixed = try scene.ask(
            "POST", "/login", headers: [chosen], body: "name=anna&password=correct+horse+battery")
        #expect(fixed.status == 303 && fixed.header("Set-Cookie")?.contains("aaaaaaaa") == false)
        #expect(try scene.ask("GET", "/stored", headers: [chosen]).status == 303)
    }

    @Test("A password typed where the name belongs is written down nowhere")
    func mistyped() throws {
        let scene = try WebScene()
        _ = try scene.ask("POST", "/login", body: "name=correct+horse+battery&password=anna")
        _ = try scene.ask("POST", "/login", body: "name=anna&password=wrong")
        let failed = try scene.desk().auditTrail(countMax: 10)
            .filter { $0.action == "loginFailed" }.map(\.subject)
        #expect(failed == ["staff anna", "staff unknown"])
    }

    @Test("Only a proxy on this machine is believed who it speaks for")
    func proxies() throws {
        func actor(_ scene: WebScene) throws -> String? {
            _ = try scene.ask(
                "POST", "/login", headers: ["X-Forwarded-For: 203.0.113.9, 198.51.100.7"],
                body: "name=anna&password=wrong")
            return try scene.desk().auditTrail(countMax: 1).first?.actor
        }
        #expect(try actor(WebScene()) == "somebody at 127.0.0.1")
        #expect(
            try actor(WebScene(web: "origin = https://desk.hotel.example"))
                == "somebody at 198.51.100.7")
    }

    @Test("A long body is taken of who may import, and of nobody else")
    func bodies() throws {
        let scene = try WebScene()
        let rows = String(
            repeating: "R;X;en;999;2026-01-01T15:00Z;2026-01-03T11:00Z\n", count: 1_900)
        let table = "reference;name;language;room;from;to\n" + rows
        #expect(table.utf8.count > WebLimits.bodyBytesMax)
        func send(_ token: String) throws -> Int {
            try scene.ask(
                "POST", "/api/v1/imports/reservations", headers: [token, "Content-Type: text/csv"],
                body: table
            ).status
        }
        #expect(try send(scene.bearer([.staysWrite], name: "importer")) == 200)
        #expect(try send(scene.bearer([.staysRead], name: "reader")) == 403)
        #expect(try send("Authorization: Bearer nobody") == 401)
        let form = try scene.ask(
            "POST", "/login", body: "name=anna&password=" + String(repeating: "x", count: 70_000))
        #expect(form.status == 400)
    }

    @Test("A name nobody may say stays in no file, however it came in")
    func unnamed() throws {
        let scene = try WebScene()
        let token = try scene.bearer()
        let json = "Content-Type: application/json"
        let table = """
            reference,name,language,room,from,to,consent
            R1,Kunigunde Sperling,en,301,2026-01-01T15:00Z,2026-01-03T11:00Z,recogniseArrival

            """
        let taken = try scene.ask(
            "POST", "/api/v1/imports/reservations", headers: [token, "Content-Type: text/csv"],
            body: table)
        #expect(taken.body.contains("\"taken\":1"))
        let made = try scene.ask(
            "POST", "/api/v1/guests", headers: [token, json, "Idempotency-Key: k"],
            body: #"{"name":"Kunibert Sperling","language":"de"}"#)
        #expect(made.status == 201)
        let booked = try scene.ask(
            "POST", "/api/v1/stays", headers: [token, json],
            body: """
                {"guest":2,"doors":["301"],"from":"2026-01-01T15:00Z","to":"2026-01-03T11:00Z"}
                """)
        #expect(booked.status == 201)
        let changed = try scene.ask(
            "PUT", "/api/v1/guests/2", headers: [token, json],
            body: #"{"name":"Kunibert Sperling","language":"de"}"#)
        #expect(changed.status == 200 && !changed.body.contains("Sperling"))
        #expect(try !scene.ask("GET", "/api/v1/guests", headers: [token]).body.contains("Sperling"))
        let folder = scene.hotel.directory + "/desk"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            #expect(bytes.firstRange(of: Array("Sperling".utf8)) == nil, "\(name)")
        }
    }
}
