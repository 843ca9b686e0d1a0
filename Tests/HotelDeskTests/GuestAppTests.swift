// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("What a guest's own app may ask")
struct GuestAppTests {
    private static let json = "Content-Type: application/json"
    private static let corridor = GatewayID(rawValue: 0xB0B1_B2B3)
    private let scene: WebScene
    private var journal = TestJournal()

    init() throws {
        scene = try WebScene()
        let path = scene.hotel.file("routes.ini")
        try """
        [place entry]
        gateway = corridor
        [place room]
        door = 301
        [way a]
        from = entry
        to = room
        metres = 7
        direction = left
        """.write(toFile: path, atomically: true, encoding: .utf8)
        try scene.hotel.done("route", "import", path)
    }

    /// A guest in house who agreed to these purposes, and the app.
    private func guest(_ consent: Snapshot.Consent) throws -> (stay: Int64, app: TestGuestApp) {
        let desk = try scene.desk()
        let stay = try scene.addStay(consent: false).number
        for (_, purpose) in Snapshot.Consent.names where consent.contains(purpose) {
            try desk.setConsent(
                purpose, isGiven: true, stay: stay, source: "app", textVersion: "1", by: "test")
        }
        for condition in CheckInCondition.allCases {
            _ = try desk.setCondition(condition, isMet: true, stay: stay, by: "test")
        }
        _ = try desk.checkIn(stay, by: "test")
        return (stay, try TestGuestApp(desk, stay: stay))
    }

    private mutating func hear(
        _ kind: String, index: UInt8, _ pass: PassID?, at wall: UnixTime = TestHotel.noon
    ) throws {
        let before = journal.sequence
        let lines = [journal.line(kind, index: index, pass: pass, wall: wall)]
        let batch = try journal.batch(
            lines, after: before, boot: before == 0 ? 0 : nil, of: Self.corridor)
        _ = try scene.desk().ingest([batch])
    }

    private func object(_ answer: WebAnswer) throws -> JSONValue {
        try #require(answer.status == 200, "\(answer.status) \(answer.body)")
        return try #require(JSONValue(answer.body.utf8, depthMax: 8))
    }

    @Test("The next step is told once the guest was seen, and none before or without consent")
    mutating func step() throws {
        let (_, app) = try guest([.guidance])
        let early = try object(scene.ask("GET", "/guest/step", headers: [app.proof()]))
        #expect(early["step"] == .literal("null"))
        try hear("granted", index: 1, app.pass)
        let step = try object(scene.ask("GET", "/guest/step", headers: [app.proof()]))["step"]
        #expect(step?["at"]?.string == "entry" && step?["next"]?.string == "room")
        #expect(step?["direction"]?.string == "left" && step?["goal"]?.string == "301")
        let no = try scene.ask(
            "PUT", "/guest/consents/guidance", headers: [app.proof(), Self.json],
            body: #"{"given":false,"textVersion":"1"}"#)
        #expect(no.status == 200)
        let after = try object(scene.ask("GET", "/guest/step", headers: [app.proof()]))
        #expect(after["step"] == .literal("null"))
    }

    @Test("Steps are followed as they change", .timeLimit(.minutes(2)))
    mutating func steps() throws {
        let (_, app) = try guest([.guidance])
        try hear("granted", index: 1, app.pass)
        let stream = try WebAnswer.ask(
            scene.port, "GET", "/guest/steps", headers: [app.proof()], until: "\"goal\":\"301\"")
        #expect(stream.status == 200 && stream.header("Content-Type") == "text/event-stream")
        #expect(stream.body.contains("event: step"))
    }

    @Test("A pass that has ended hears no more steps", .timeLimit(.minutes(2)))
    mutating func ended() throws {
        let (_, app) = try guest([.guidance])
        try hear("granted", index: 1, app.pass)
        let connection = try OpenStream(scene.port, "/guest/steps", headers: [app.proof()])
        try connection.read(until: "\"goal\":\"301\"")
        _ = try scene.desk().revoke(app.pass)
        #expect(connection.readToEnd(), "the server ends the stream")
        #expect(try scene.ask("GET", "/guest/steps", headers: [app.proof()]).status == 401)
    }

    @Test("One phone listens once: listening anew ends what it listened to before")
    func once() throws {
        let (_, app) = try guest([.guidance])
        let first = try OpenStream(scene.port, "/guest/steps", headers: [app.proof()])
        try first.read(until: "event: ")
        let second = try OpenStream(scene.port, "/guest/steps", headers: [app.proof()])
        try second.read(until: "event: ")
        #expect(first.readToEnd())
    }

    @Test("A guest sees the own visits with what they rest on, and can object to no other's")
    mutating func visits() throws {
        let desk = try scene.desk()
        try scene.hotel.done(
            "door", "add", "spa", "--gateway", "corridor", "--index", "3", "--kind", "amenity")
        _ = try desk.setTariff(
            Tariff(name: "Spa", door: "spa", currency: "EUR", visitCents: 900), by: "test")
        let (stay, app) = try guest([.usageBilling])
        _ = try desk.changeStay(stay, doors: ["301", "spa"], by: "test")
        try hear("granted", index: 3, app.pass)
        let other = try TestGuestApp(
            desk,
            stay: desk.addStay(
                NewStay(doors: ["301"], begins: TestHotel.noon, ends: TestHotel.noon + .hours(9)),
                by: "test"
            ).number)
        let items = try object(scene.ask("GET", "/guest/visits", headers: [app.proof()]))["items"]
        let visit = try #require(items?.array?.first)
        let number = try #require(visit["usage"]?["usage"]?.number(as: Int64.self))
        #expect(visit["usage"]?["cents"]?.number(as: Int.self) == 900)
        #expect(visit["events"]?.array?.first?["said"]?["event"]?.string == "granted")
        let path = "/guest/visits/\(number)/dispute"
        let body = #"{"reason":"the door was locked"}"#
        let foreign = try scene.ask(
            "PUT", path, headers: [other.proof(), Self.json], body: body)
        #expect(foreign.status == 404)
        #expect(
            try object(scene.ask("GET", "/guest/visits", headers: [other.proof()]))["items"]
                == .array([]))
        let own = try object(
            scene.ask("PUT", path, headers: [app.proof(), Self.json], body: body))
        #expect(own["billable"]?.bool == false && own["dispute"]?.string == "the door was locked")
    }

    @Test("A phone proves its pass without sending the key, and says yes and no itself")
    func proof() throws {
        let stay = try scene.addStay(consent: false)
        let app = try TestGuestApp(scene.desk(), stay: stay.number)
        let own = app.proof()
        #expect(try scene.ask("GET", "/guest/stay", headers: [own]).status == 200)
        let reversed = String("\(app.pass)".reversed())
        for wrong in [
            app.proof(at: TestHotel.noon + .minutes(10)), app.proof(as: reversed),
            own.dropLast() + "x", "Authorization: Bearer x",
        ] {
            #expect(try scene.ask("GET", "/guest/stay", headers: [wrong]).status == 401)
        }
        let said = try scene.ask(
            "PUT", "/guest/consents/greetByName", headers: [own, Self.json],
            body: #"{"given":true,"textVersion":"2026-01"}"#)
        #expect(said.status == 200)
        let record = try #require(scene.desk().consentRecords(stay: stay.number).last)
        #expect(record.isGiven && record.source == "app" && record.textVersion == "2026-01")
        _ = try scene.desk().revoke(app.pass)
        #expect(try scene.ask("GET", "/guest/stay", headers: [own]).status == 401)
    }
}
