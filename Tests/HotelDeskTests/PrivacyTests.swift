// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import SQLite
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Keeping, handing out and erasing what is known of a guest")
struct PrivacyTests {
    private var scene: TestDesk
    private static let everything: Snapshot.Consent = [
        .recogniseArrival, .greetByName, .guidance, .journeyAnalytics, .usageBilling,
    ]

    init() throws { scene = try TestDesk() }

    /// Stores an event as the server's intake does, and reacts to it.
    private func store(_ kind: String, _ pass: PassID, sequence: UInt64) throws {
        let now = scene.hotel.now.withLock { $0 }
        let line =
            "{\"sequence\":\(sequence),\"event\":\"\(kind)\",\"credential\":\"\(pass)\","
            + "\"level\":2,\"state\":\"atDoor\",\"wall\":\"\(now.text)\"}"
        let event = DeskEvent(
            gateway: TestDesk.lobby, boot: 1, sequence: sequence, wall: now, kind: kind, door: 0,
            pass: pass, line: line)
        try scene.desk.database.transaction {
            try scene.desk.database.run(
                """
                INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)
                VALUES (?, 1, ?, ?, ?, 0, ?, ?)
                """, .number(event.gateway.rawValue), .number(sequence), .milliseconds(now),
                .text(kind), .bits(pass.rawValue), .text(line))
            _ = try scene.desk.react(to: event)
        }
    }

    private func lines() throws -> [String] {
        try scene.desk.database.rows("SELECT line FROM event ORDER BY sequence") {
            row throws(DatabaseError) in try row.text(0)
        }
    }

    private func named() throws -> Int64? { try scene.count("event WHERE pass IS NOT NULL") }

    /// Whether any file of the database holds these bytes.
    private func stands(_ words: String) throws -> Bool {
        let folder = scene.hotel.directory + "/desk"
        return try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            return bytes.firstRange(of: Array(words.utf8)) != nil
        }
    }

    @Test("After ninety days an event tells what happened and no longer to whom")
    mutating func retention() throws {
        let (_, pass) = try scene.book(Self.everything)
        try store("granted", pass, sequence: 1)
        scene.wait(.hours(90 * 24) - .seconds(1))
        // The stay is over: neither its key nor the last sighting is of use.
        #expect(try scene.desk.retain() == Retention(records: 2))
        #expect(try named() == 1)
        scene.wait(.seconds(2))
        let done = try scene.desk.retain()
        #expect(done == Retention(events: 1, records: 3), "an arrival and two moments")
        #expect(try named() == 0)
        #expect(
            try lines() == [
                "{\"sequence\":1,\"event\":\"granted\",\"level\":2,\"state\":\"atDoor\","
                    + "\"wall\":\"2026-01-01T12:00:00.000Z\"}"
            ])
        #expect(try !stands(pass.description))
        #expect(try scene.desk.retain() == Retention())
    }

    @Test("A held stay keeps its movements until it is released")
    mutating func held() throws {
        let (stay, pass) = try scene.book(Self.everything)
        let (_, other) = try scene.book()
        try store("granted", pass, sequence: 1)
        try store("granted", other, sequence: 2)
        try scene.hotel.done("stay", "hold", "\(stay)", "--reason", "case 12/26")
        scene.wait(.hours(91 * 24))
        #expect(try scene.desk.retain().events == 1)
        #expect(try scene.count("arrival") == 1)
        try scene.hotel.done("stay", "release", "\(stay)")
        let output = try scene.hotel.done("retention", "run")
        #expect(
            output == "{\"eventsAnonymised\":1,\"recordsDeleted\":4,\"guestsErased\":0}\n")
        let trail = try scene.desk.auditTrail(of: "stay \(stay)", countMax: 2)
        #expect(trail.map(\.action) == ["released", "held"] && trail[1].detail == "case 12/26")
    }

    @Test("Where a guest was is kept a day after the stay, unless for journeys")
    mutating func presence() throws {
        let (led, pass) = try scene.book([.guidance])
        let (counted, other) = try scene.book([.journeyAnalytics])
        for (number, pass) in [pass, other].enumerated() {
            try store("granted", pass, sequence: UInt64(number) * 2 + 1)
            try store("presence", pass, sequence: UInt64(number) * 2 + 2)
        }
        for stay in [led, counted] { _ = try scene.desk.depart(stay, by: "test") }
        scene.wait(.hours(25))
        #expect(try scene.desk.retain().events == 1)
        #expect(try named() == 3)
        #expect(try !lines()[1].contains(pass.description))
    }

    @Test("A run is bounded and says that more is due")
    mutating func batches() throws {
        let (_, pass) = try scene.book()
        try scene.desk.database.run(
            """
            WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ?)
            INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)
            SELECT ?, 1, n, n, 'granted', 0, ?, '{}' FROM number
            """, .number(DeskLimits.retentionEventsMax + 1),
            .number(TestDesk.lobby.rawValue), .bits(pass.rawValue))
        let first = try scene.desk.retain()
        #expect(first.events == Int64(DeskLimits.retentionEventsMax) && !first.isComplete)
        let second = try scene.desk.retain()
        #expect(second.events == 1 && second.isComplete)
    }

    @Test("A name nobody may say is in no file of the database")
    mutating func unnamed() throws {
        let (stay, _) = try scene.book([.recogniseArrival], name: "Wilhelmine Sonnenschein")
        #expect(try !stands("Sonnenschein"))
        let (named, pass) = try scene.book(Self.everything, name: "Wilhelm Mondschein")
        try scene.grant("entrance", pass)
        #expect(try stands("Mondschein"))
        try scene.hotel.done(
            "consent", "withdraw", "\(named)", "greetByName", "--source", "app", "--text", "1")
        #expect(try !stands("Mondschein"))
        let guest = try #require(try scene.desk.stay(stay).guest)
        try scene.hotel.done("guest", "change", "\(guest)", "Wilhelmine Sonnenschein")
        #expect(try !stands("Sonnenschein"))
        #expect(try scene.desk.arrivals(since: TestHotel.noon)[0].name == nil)
    }

    @Test("An erased guest's name, wishes and passes are in no file of the database")
    mutating func erased() throws {
        let (stay, pass) = try scene.book(Self.everything, name: "Wilhelmine Sonnenschein")
        let guest = try #require(try scene.desk.stay(stay).guest)
        _ = try scene.desk.addPreference(
            of: guest, kind: .drink, wish: "Quittenschorle", isSensitive: false, by: "test")
        try store("granted", pass, sequence: 1)
        try store("presence", pass, sequence: 2)
        #expect(try stands("Sonnenschein") && stands("Quittenschorle"))
        let refused = scene.hotel.run(["guest", "erase", "\(guest)"])
        #expect(refused.status == .failed)
        #expect(refused.errors.contains("stay \(stay) is inHouse; check it out first"))
        _ = try scene.desk.depart(stay, by: "test")
        let output = try scene.hotel.done("guest", "erase", "\(guest)")
        #expect(
            output == "{\"guest\":\(guest),\"stays\":[\(stay)],\"eventsAnonymised\":2,"
                + "\"nameStillIn\":[]}\n")
        for words in ["Sonnenschein", "Quittenschorle", pass.description] {
            #expect(try !stands(words), "\(words)")
        }
        #expect(throws: DeskError.unknownGuest(guest)) { try scene.desk.guest(guest) }
        let left = try scene.desk.stay(stay)
        #expect(left.guest == nil && left.consent == [] && left.room == "412")
        #expect(left.status(at: TestHotel.noon) == .departed)
        for table in ["arrival", "touchpoint", "sighting", "consent", "pass", "preference"] {
            #expect(try scene.count(table) == 0, "\(table)")
        }
        let trail = try scene.desk.auditTrail(of: "guest \(guest)", countMax: 1)
        #expect(trail.map(\.action) == ["guestErased"])
    }

    @Test("What is held or not billed yet is not erased, and where the name still stands is said")
    mutating func refusals() throws {
        let tariff = Tariff(name: "Spa", door: "spa", currency: "EUR", visitCents: 900)
        _ = try scene.desk.setTariff(tariff, by: "test")
        let (stay, pass) = try scene.book(
            [.usageBilling, .greetByName], doors: ["412", "spa"])
        let guest = try #require(try scene.desk.stay(stay).guest)
        try scene.grant("spa", pass)
        _ = try scene.desk.depart(stay, by: "test")
        #expect(
            throws: DeskError.erasureRefused(guest, "visits of stay \(stay) are not billed yet")
        ) { try scene.desk.eraseGuest(guest, by: "test") }
        _ = try scene.desk.exportUsage(by: "test") { _ in }
        _ = try scene.desk.hold(stay, reason: "theft", by: "test")
        #expect(throws: DeskError.erasureRefused(guest, "stay \(stay) is held: theft")) {
            try scene.desk.eraseGuest(guest, by: "test")
        }
        _ = try scene.desk.hold(stay, reason: nil, by: "test")
        _ = try scene.desk.addGuest(
            name: "Lena Adler", language: .german, address: "", by: "test")
        #expect(try scene.desk.eraseGuest(guest, by: "test").leftovers == ["guest.name"])
        #expect(try scene.desk.usage(stay: stay, since: UnixTime(seconds: 0)).map(\.cents) == [900])
    }

    @Test("A guest's data are handed out whole, readable by the owner alone, and that is audited")
    mutating func exported() throws {
        let (stay, pass) = try scene.book(Self.everything)
        _ = try scene.book(name: "Somebody Else")
        let guest = try #require(try scene.desk.stay(stay).guest)
        _ = try scene.desk.addPreference(
            of: guest, kind: .allergy, wish: "nuts", isSensitive: true, by: "test")
        try store("granted", pass, sequence: 1)
        let file = scene.hotel.file("guest.json")
        try scene.hotel.done("guest", "export", "\(guest)", "--out", file)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        let text = String(decoding: bytes, as: UTF8.self)
        let object = try JSONDecoder().decode(Exported.self, from: bytes)
        #expect(object.guest.name == "Lena Adler" && object.preferences.map(\.wish) == ["nuts"])
        #expect(object.stays.count == 1)
        #expect(object.stays[0].consent.count == 5 && object.stays[0].events.count == 1)
        #expect(object.stays[0].arrivals.count == 1 && object.stays[0].moments.count == 2)
        #expect(!text.contains("Somebody Else") && !text.contains("deviceKey"))
        let trail = try scene.desk.auditTrail(of: "guest \(guest)", countMax: 1)
        #expect(trail.map(\.action) == ["exported"])
    }

    private struct Exported: Decodable {
        struct Guest: Decodable { let name: String }
        struct Preference: Decodable { let wish: String }
        struct Thing: Decodable {}
        struct Stay: Decodable {
            let consent: [Thing]
            let events: [Thing]
            let arrivals: [Thing]
            let moments: [Thing]
        }
        let guest: Guest
        let preferences: [Preference]
        let stays: [Stay]
    }
}
