// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import SQLite
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The API")
struct APITests {
    private static let json = "Content-Type: application/json"

    @Test("The description in the tree is the one that is served")
    func description() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let kept = try String(
            contentsOf: root.appendingPathComponent("Sources/HotelDesk/Web/openapi.json"),
            encoding: .utf8)
        #expect(
            kept == OpenAPI.document,
            "run: .build/debug/lintel-hotel openapi > Sources/HotelDesk/Web/openapi.json")
        #expect(JSONValue(OpenAPI.document.utf8, depthMax: 20) != nil)
        let scene = try WebScene()
        #expect(try scene.ask("GET", "/api/openapi.json").body == kept)
    }

    @Test("Operations have names and addresses of their own")
    func operations() {
        let all = APIOperation.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map { "\($0.method) \($0.path.text)" }).count == all.count)
    }

    @Test("Who has no token, or not the scope, is told so and nothing else")
    func scopes() throws {
        let scene = try WebScene()
        let reader = try scene.bearer([.staysRead])
        for operation in APIOperation.all {
            guard case .token(let scope) = operation.access else { continue }
            let path = operation.path.text.replacing("{", with: "").replacing("}", with: "")
            let nobody = try scene.ask(operation.method, path)
            #expect(nobody.status == 401 && nobody.header("WWW-Authenticate") == "Bearer")
            guard scope != .staysRead else { continue }
            #expect(try scene.ask(operation.method, path, headers: [reader]).status == 403)
        }
        _ = try scene.desk().endToken("pms", by: "test")
        #expect(try scene.ask("GET", "/api/v1/stays", headers: [reader]).status == 401)
    }

    @Test("Every mistake of a body is found at once, with its place")
    func mistakes() throws {
        let scene = try WebScene()
        let token = try scene.bearer()
        let answer = try scene.ask(
            "POST", "/api/v1/guests", headers: [token, Self.json],
            body: #"{"nam":"X","language":"fr"}"#)
        #expect(answer.status == 422)
        #expect(answer.header("Content-Type") == "application/problem+json")
        let problem = try #require(JSONValue(answer.body.utf8))
        #expect(
            problem["errors"]?.array?.compactMap { $0["pointer"]?.string } == [
                "/name", "/language", "/nam",
            ])
        #expect(
            try scene.ask("POST", "/api/v1/guests", headers: [token, Self.json], body: "{").status
                == 400)
        #expect(
            try scene.ask("POST", "/api/v1/guests", headers: [token], body: "a=b").status == 415)
        let odd = try scene.ask(
            "POST", "/api/v1/guests", headers: [token, Self.json],
            body: #"{"name":"X","language":"de","a/b~\u0017":1}"#)
        #expect(
            JSONValue(odd.body.utf8)?["errors"]?.array?.first?["pointer"]?.string == "/a~1b~0?")
        #expect(try scene.desk().guests().isEmpty)
    }

    @Test("The same Idempotency-Key gets the same answer and does nothing twice")
    func repeats() throws {
        let scene = try WebScene()
        let headers = [try scene.bearer(), Self.json, "Idempotency-Key: a1"]
        let body = #"{"name":"Jan Müller","language":"de"}"#
        let first = try scene.ask("POST", "/api/v1/guests", headers: headers, body: body)
        let second = try scene.ask("POST", "/api/v1/guests", headers: headers, body: body)
        #expect(first.status == 201 && second.status == 201 && first.body == second.body)
        let other = try scene.ask(
            "POST", "/api/v1/guests", headers: headers,
            body: #"{"name":"Jan Maier","language":"de"}"#)
        #expect(other.status == 422)
        #expect(try scene.desk().guests().count == 1)
        let kept = try scene.desk().database.rows("SELECT body FROM answered") {
            row throws(DatabaseError) in try row.blob(0)
        }
        #expect(kept.count == 1)
        #expect(!String(decoding: kept[0], as: UTF8.self).contains("Jan"))
    }

    @Test("Pages neither repeat nor skip")
    func pages() throws {
        let scene = try WebScene()
        let token = try scene.bearer()
        let desk = try scene.desk()
        for number in 1...7 {
            _ = try desk.addGuest(name: "G\(number)", language: .german, address: "", by: "test")
        }
        var seen: [String] = []
        var after: String? = "0"
        while let from = after {
            let answer = try scene.ask(
                "GET", "/api/v1/guests?limit=3&after=\(from)", headers: [token])
            let page = try #require(JSONValue(answer.body.utf8))
            seen += page["items"]?.array?.compactMap { $0["name"]?.string } ?? []
            after = page["next"]?.string
        }
        #expect(seen == (1...7).map { "G\($0)" })
        #expect(
            try scene.ask("GET", "/api/v1/guests?limit=0", headers: [token]).status == 400)
    }

    @Test("Reservations come as CSV; a bad row says why and keeps no other back")
    func reservations() throws {
        let scene = try WebScene()
        let headers = [try scene.bearer(), "Content-Type: text/csv"]
        let table = """
            reference;name;language;address;room;from;to;consent\r
            R1;"Müller; Jan";de;Herr;301;2026-01-01T15:00Z;2026-01-03T11:00Z;greetByName\r
            R2;Jane Doe;en;Ms;999;2026-01-01T15:00Z;2026-01-03T11:00Z\r
            R3;;en;;301;soon;later\r
            R4;Ada Stumm;en;;301;2026-01-01T15:00Z;2026-01-03T11:00Z;\r
            R5;Jane Doe;en;;301;2026-01-01T15:00Z;2026-01-03T11:00Z;everything\r

            """
        func take(_ table: String) throws -> JSONValue {
            let answer = try scene.ask(
                "POST", "/api/v1/imports/reservations", headers: headers, body: table)
            #expect(answer.status == 200)
            return try #require(JSONValue(answer.body.utf8))
        }
        let first = try take(table)
        let rows = try #require(first["rows"]?.array)
        #expect(
            rows.compactMap { $0["outcome"]?.string } == [
                "added", "refused", "refused", "added", "refused",
            ])
        #expect(rows.compactMap { $0["line"]?.number(as: Int.self) } == [2, 3, 4, 5, 6])
        #expect(rows[1]["detail"]?.string?.contains("no door is called '999'") == true)
        #expect(rows[2]["detail"]?.string == "name '' must be one line of 1 to 64 characters")
        #expect(rows[4]["detail"]?.string == "consent 'everything' is no purpose")
        #expect(try scene.desk().guests().map(\.name) == ["Müller; Jan", ""])
        let again = try #require(take(table)["rows"]?.array)
        #expect(again[0]["outcome"]?.string == "unchanged")
        #expect(again[3]["outcome"]?.string == "unchanged")
        let moved = table.replacing("2026-01-03T11:00", with: "2026-01-04T11:00")
        #expect(try take(moved)["rows"]?.array?.first?["outcome"]?.string == "changed")
        #expect(try scene.desk().stays().count == 2)
        let headless = try scene.ask(
            "POST", "/api/v1/imports/reservations", headers: headers, body: "a,b\n1,2\n")
        #expect(headless.status == 422)
    }
}
