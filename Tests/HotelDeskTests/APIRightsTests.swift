// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import HotelWire
import SQLite
import Testing
import Timebase

@testable import HotelDesk

@Suite("The API's rights of guests, figures and evidence")
struct APIRightsTests {
    private let scene: WebScene
    private let token: String

    init() throws {
        scene = try WebScene()
        token = try scene.bearer()
    }

    private func object(_ method: String, _ path: String) throws -> JSONValue {
        let answer = try scene.ask(method, path, headers: [token])
        try #require(answer.status == 200, "\(path): \(answer.status) \(answer.body)")
        #expect(answer.header("Content-Type") == "application/json")
        return try #require(JSONValue(answer.body.utf8, depthMax: 8))
    }

    @Test("A guest's data come whole, as one object, and that is audited")
    func export() throws {
        let stay = try scene.addStay(consent: true)
        let guest = try #require(stay.guest)
        let data = try object("GET", "/api/v1/guests/\(guest)/export")
        #expect(data["guest"]?["name"]?.string == "Lena <b>Adler</b>")
        #expect(data["preferences"]?.array?.first?["wish"]?.string == "Nüsse")
        #expect(data["stays"]?.array?.first?["stay"]?["reference"]?.string == "R-1")
        #expect(data["stays"]?.array?.first?["consent"]?.array?.count == 2)
        let trail = try scene.desk().auditTrail(of: "guest \(guest)", countMax: 1)
        #expect(trail.map(\.action) == ["exported"] && trail[0].actor == "token pms")
        #expect(
            try scene.ask("GET", "/api/v1/guests/99/export", headers: [token]).status == 404)
    }

    @Test("A guest is erased once the stay is over, and not before")
    func erase() throws {
        let stay = try scene.addStay(consent: true)
        let guest = try #require(stay.guest)
        let path = "/api/v1/guests/\(guest)"
        let early = try scene.ask("DELETE", path, headers: [token])
        #expect(early.status == 409 && early.body.contains("check it out first"))
        #expect(
            try scene.ask("PUT", "/api/v1/stays/\(stay.number)/departure", headers: [token])
                .status == 200)
        let done = try scene.ask("DELETE", path, headers: [token])
        #expect(done.status == 204 && done.body.isEmpty)
        #expect(try scene.ask("GET", path, headers: [token]).status == 404)
        #expect(try object("GET", "/api/v1/stays/\(stay.number)")["guest"] == .literal("null"))
    }

    @Test("Figures come for a period, and a period that is none is refused")
    func figures() throws {
        let stay = try scene.addStay(consent: false)
        let desk = try scene.desk()
        try desk.setConsent(
            .journeyAnalytics, isGiven: true, stay: stay.number, source: "app", textVersion: "1",
            by: "test")
        for condition in CheckInCondition.allCases {
            _ = try desk.setCondition(condition, isMet: true, stay: stay.number, by: "test")
        }
        _ = try desk.checkIn(stay.number, by: "test")
        let period = "?from=2026-01-01T00:00Z&to=2026-01-02T00:00Z"
        let figures = try object("GET", "/api/v1/figures\(period)")
        #expect(figures["funnel"]?["booked"]?.number(as: Int.self) == 1)
        #expect(figures["funnel"]?["checkIn"]?.number(as: Int.self) == 1)
        #expect(figures["otherStays"] == .literal("null"), "a group of one names somebody")
        #expect(figures["busyHours"]?.array?.count == 24)
        for wrong in [
            "", "?from=2026-01-01T00:00Z", "?from=2026-01-02T00:00Z&to=2026-01-01T00:00Z",
            "?from=soon&to=later",
        ] {
            #expect(
                try scene.ask("GET", "/api/v1/figures\(wrong)", headers: [token]).status == 400)
        }
    }

    @Test("Who may see stays and not guests sees no name, wish or language of an arrival")
    func unnamed() throws {
        let stay = try scene.addStay(consent: true)
        try scene.desk().database.run(
            """
            INSERT INTO arrival (stay, began_ms, seen_ms, gateway, door, is_proven)
            VALUES (?, ?, ?, ?, 1, 1)
            """, .integer(stay.number), .integer(TestHotel.noon.milliseconds),
            .integer(TestHotel.noon.milliseconds), .integer(0xB0B1_B2B3))
        let narrow = try scene.bearer([.staysRead, .staysWrite], name: "narrow")
        for (method, path) in [
            ("GET", "/api/v1/arrivals"), ("PUT", "/api/v1/arrivals/1/greeted"),
        ] {
            let answer = try scene.ask(method, path, headers: [narrow])
            #expect(answer.status == 200 && answer.body.contains("\"name\":null"))
            #expect(!answer.body.contains("Adler") && !answer.body.contains("Nüsse"))
            #expect(try scene.ask(method, path, headers: [token]).body.contains("Adler"))
        }
    }

    @Test("Every look at a guest's data is audited, once an hour for each program")
    func views() throws {
        let stay = try scene.addStay(consent: true)
        let guest = try #require(stay.guest)
        for _ in 0..<2 {
            for path in [
                "stays", "stays/\(stay.number)", "stays/\(stay.number)/passes",
                "stays/\(stay.number)/timeline", "stays/\(stay.number)/consents", "guests",
                "guests/\(guest)", "guests/\(guest)/preferences",
            ] { _ = try object("GET", "/api/v1/\(path)") }
        }
        for subject in ["stay \(stay.number)", "guest \(guest)"] {
            let views = try scene.desk().auditTrail(of: subject, countMax: 50)
                .filter { $0.action == "viewed" && $0.actor == "token pms" }
            #expect(views.count == 1, "\(subject)")
        }
    }
}
