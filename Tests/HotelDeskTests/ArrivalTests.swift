// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

@Suite("Arrivals say what the guest agreed to and no more")
struct ArrivalTests {
    private var scene: TestDesk

    init() throws { scene = try TestDesk() }

    private func arrivals() throws -> [Arrival] {
        try scene.desk.arrivals(since: TestHotel.noon)
    }

    private func preference(_ stay: Int64) throws {
        let guest = try #require(try scene.desk.stay(stay).guest)
        _ = try scene.desk.addPreference(
            of: guest, kind: .allergy, wish: "nuts", isSensitive: false, by: "test")
    }

    @Test("Without consent nobody is recognised; opening the door announces a reservation")
    mutating func silent() throws {
        let (stay, pass) = try scene.book()
        try preference(stay)
        try scene.hear("presence", ",\"state\":\"approaching\"", pass: pass)
        #expect(try arrivals().isEmpty)
        try scene.grant("entrance", pass)
        let arrival = try #require(try arrivals().first)
        #expect(arrival.title(.english) == "a guest with a reservation for 412")
        #expect(arrival.title(.german) == "ein Gast mit einer Reservierung für 412")
        #expect(arrival.name == nil && arrival.language == nil && arrival.preferences.isEmpty)
        #expect(arrival.isProven && arrival.door == "entrance" && arrival.status == .inHouse)
        let output = try scene.hotel.done("arrivals")
        #expect(!output.contains("Adler") && !output.contains("nuts"))
    }

    @Test("Without consent a guest in house comes and goes unannounced")
    mutating func inHouse() throws {
        let (_, pass) = try scene.book()
        try scene.grant("entrance", pass)
        scene.wait(.hours(3))
        try scene.grant("entrance", pass)
        #expect(try arrivals().count == 1)
    }

    @Test("A guest to be recognised is announced on the way, by name only if that was agreed to")
    mutating func recognised() throws {
        let (stay, pass) = try scene.book([.recogniseArrival])
        try preference(stay)
        let changes = try scene.hear("presence", ",\"state\":\"approaching\"", pass: pass)
        #expect(changes == [.stay(stay)])
        var arrival = try #require(try arrivals().first)
        #expect(arrival.title(.english) == "a guest with a reservation for 412")
        #expect(arrival.language == .english && arrival.preferences.map(\.wish) == ["nuts"])
        #expect(arrival.preferences[0].isSensitive && !arrival.isProven)
        try scene.desk.setConsent(
            .greetByName, isGiven: true, stay: stay, source: "app", textVersion: "2", by: "test")
        let guest = try #require(try scene.desk.stay(stay).guest)
        #expect(try scene.desk.guest(guest).greeting == "№ \(guest)")
        _ = try scene.desk.updateGuest(
            guest, name: "Lena Adler", language: .english, address: "Dr", by: "test")
        arrival = try #require(try arrivals().first)
        #expect(arrival.title(.english) == "Dr Lena Adler")
    }

    @Test("All that is seen within half an hour is one arrival; later it is another")
    mutating func visits() throws {
        let (_, pass) = try scene.book([.recogniseArrival])
        for _ in 0..<4 {
            try scene.hear("presence", ",\"state\":\"atDoor\"", pass: pass)
            scene.wait(.minutes(20))
        }
        try scene.grant("entrance", pass)
        #expect(try arrivals().count == 1)
        let first = try arrivals()[0]
        #expect(first.isProven && first.seen - first.began == .minutes(80))
        scene.wait(.minutes(31))
        try scene.grant("entrance", pass)
        #expect(try arrivals().count == 2)
    }

    @Test("The first mark of being greeted and served counts and is audited")
    mutating func marks() throws {
        let (stay, pass) = try scene.book()
        try scene.grant("entrance", pass)
        let number = try arrivals()[0].number
        let greeted = try scene.desk.markGreeted(number, by: "staff anna").greeted
        scene.wait(.minutes(1))
        #expect(try scene.desk.markGreeted(number, by: "staff ben").greeted == greeted)
        #expect(
            try scene.desk.markServed(number, by: "staff ben").served
                == greeted.map { $0 + .minutes(1) })
        let trail = try scene.desk.auditTrail(of: "stay \(stay)", countMax: 2)
        #expect(trail.map(\.action) == ["served", "greeted"])
        #expect(throws: DeskError.unknownArrival(99)) {
            try scene.desk.markGreeted(99, by: "staff anna")
        }
    }

    @Test("Every answer to a consent is kept, the last one counts, and withdrawing forgets")
    mutating func withdrawn() throws {
        let (stay, pass) = try scene.book([.recogniseArrival, .journeyAnalytics])
        try scene.hear("presence", ",\"state\":\"atDoor\"", pass: pass)
        #expect(try scene.desk.timeline(stay: stay).count == 1)
        _ = scene.changes()
        for purpose in [Snapshot.Consent.recogniseArrival, .journeyAnalytics] {
            try scene.desk.setConsent(
                purpose, isGiven: false, stay: stay, source: "app", textVersion: "2", by: "app")
        }
        #expect(scene.changes().filter { $0 == .grants(TestDesk.lobby) }.count == 2)
        #expect(try arrivals().isEmpty)
        #expect(try scene.count("touchpoint") == 0)
        let records = try scene.desk.consentRecords(stay: stay)
        #expect(records.map(\.isGiven) == [true, true, false, false])
        #expect(records[3].source == "app" && records[3].textVersion == "2")
        let (snapshot, _) = try scene.desk.makeSnapshot(for: "lobby")
        #expect(snapshot.credentials[0].consent == [])
    }
}
