// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Platform
import SQLite
import Testing
import Timebase

@testable import HotelDesk

@Suite("Journeys and figures")
struct JourneyTests {
    private var scene: TestDesk
    private static let day = (from: TestHotel.noon - .hours(12), to: TestHotel.noon + .hours(36))

    init() throws { scene = try TestDesk() }

    /// A guest comes, waits, goes to the room and to the spa, and leaves.
    private mutating func travel(
        _ consent: Snapshot.Consent, minutes: Int64 = 4
    ) throws -> Int64 {
        let (stay, pass) = try scene.book(
            consent, doors: ["412", "spa", "spa-exit"], isReady: false)
        try scene.grant("entrance", pass)
        scene.wait(.minutes(minutes))
        for condition in CheckInCondition.allCases {
            _ = try scene.desk.setCondition(condition, isMet: true, stay: stay, by: "test")
        }
        scene.wait(.minutes(2))
        try scene.grant("412", pass)
        try scene.grant("spa", pass)
        scene.wait(.minutes(30))
        try scene.grant("spa-exit", pass)
        _ = try scene.desk.depart(stay, by: "test")
        return stay
    }

    private func figures() throws -> JourneyFigures {
        try scene.desk.figures(from: Self.day.from, to: Self.day.to, offset: .hours(1))
    }

    private mutating func priceSpa() throws {
        let tariff = Tariff(
            name: "Spa", door: "spa", exitDoor: "spa-exit", currency: "EUR", visitCents: 0)
        _ = try scene.desk.setTariff(tariff, by: "test")
    }

    @Test("A stay's moments are noted in their order, with consent alone")
    mutating func timeline() throws {
        try priceSpa()
        let stay = try travel([.journeyAnalytics])
        let silent = try travel([.recogniseArrival, .guidance, .usageBilling])
        let points = try scene.desk.timeline(stay: stay)
        #expect(
            points.map(\.kind) == [
                .arrival, .checkIn, .roomEntry, .amenityEntry, .amenityExit, .departure,
            ])
        #expect(points.map(\.door) == ["entrance", nil, "412", "spa", "spa-exit", nil])
        #expect(try scene.desk.timeline(stay: silent).isEmpty)
        #expect(try scene.count("touchpoint") == 6)
        let file = scene.hotel.file("stay.svg")
        let lines = try scene.hotel.done(
            "journeys", "timeline", "\(stay)", "--svg", file, "--language", "de")
        #expect(lines.split(separator: "\n").count == 6)
        #expect(lines.contains("\"moment\":\"roomEntry\",\"at\":\"2026-01-01T12:06:00.000Z\""))
        let drawing = try drawing(file)
        for text in ["Aufenthalt \(stay)", "Zimmer betreten", "+0,5 h", "ab 1.1. "] {
            #expect(drawing.contains(text), "\(text)")
        }
        for word in ["Stay", "from", "roomEntry", "T12:06"] { #expect(!drawing.contains(word)) }
    }

    private func drawing(_ file: String) throws -> String {
        String(decoding: try StateFile.read(file, bytesMax: 1 << 20), as: UTF8.self)
    }

    private static let locales: [([String: String], GuestLanguage)] = [
        (["LANG": "de_AT.UTF-8"], .german), (["LANG": "de", "LC_ALL": ""], .german),
        (["LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"], .english),
        (["LC_ALL": "C", "LANG": "de_DE.UTF-8"], .english), ([:], .english),
        (["LANG": "den_XX"], .english),
    ]

    @Test("A drawing speaks the terminal's language where none is asked for", arguments: locales)
    func terminal(variables: [String: String], language: GuestLanguage) {
        #expect(Words.terminal { variables[$0] } == language)
    }

    @Test("Funnel and times count those who agreed; half and nine in ten by nearest rank")
    mutating func funnel() throws {
        try priceSpa()
        for minutes in 1...10 as ClosedRange<Int64> {
            _ = try travel([.journeyAnalytics], minutes: minutes)
        }
        _ = try scene.book([.journeyAnalytics])
        let figures = try figures()
        #expect(figures.funnel.map(\.stays) == [11, 10, 10, 10, 10])
        #expect(figures.arrivalToCheckIn?.median == .minutes(5))
        #expect(figures.arrivalToCheckIn?.p90 == .minutes(9))
        #expect(figures.checkInToRoom?.p90 == .minutes(2))
        #expect(figures.amenityDwell?.median == .minutes(30))
        #expect(figures.otherStays == nil)
    }

    @Test("Others are counted from ten stays on, never below", arguments: [9, 10])
    mutating func smallestGroup(stays: Int) throws {
        for _ in 0..<stays { _ = try scene.book() }
        #expect(try figures().otherStays == (stays < 10 ? nil : 10))
        #expect(try figures().funnel[0].stays == 0)
    }

    /// Stores events as the server's intake does.
    private func store(
        _ count: Int, passes: [PassID], kind: String, hour: Int64, since: Int = 0
    ) throws {
        for number in 0..<count {
            let at = Self.day.from + .hours(hour) + .seconds(Int64(number))
            let event = DeskEvent(
                gateway: TestDesk.lobby, boot: 1,
                sequence: UInt64(number + since) + UInt64(hour) * 1_000
                    + (kind == "denied" ? 500 : 0),
                wall: at, kind: kind, door: 0, pass: passes[number % passes.count], line: "{}")
            try scene.desk.database.transaction {
                try scene.desk.database.run(
                    """
                    INSERT INTO event (gateway, boot, sequence, wall, kind, door, pass, line)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """, .number(event.gateway.rawValue), .number(event.boot),
                    .number(event.sequence), .milliseconds(at), .text(kind), 0,
                    .bits(passes[number % passes.count].rawValue), "{}")
                _ = try scene.desk.react(to: event)
            }
        }
    }

    @Test("An hour shows how busy it was only where ten stays share it, in local time")
    mutating func busyHours() throws {
        let passes = try (0..<10).map { _ in try scene.book().pass }
        try store(20, passes: passes, kind: "granted", hour: 9)
        try store(9, passes: Array(passes.prefix(9)), kind: "granted", hour: 11)
        try store(10, passes: passes, kind: "denied", hour: 9)
        var figures = try figures()
        #expect(figures.busyHours.enumerated().filter { $0.element != nil }.map(\.offset) == [10])
        #expect(figures.busyHours[10] == 20)
        #expect(figures.denialPerMille == 256)
        // A gateway that was offline tells more of the same hour.
        try store(1, passes: [passes[9]], kind: "granted", hour: 11, since: 100)
        figures = try self.figures()
        #expect(figures.busyHours[12] == 10)
    }

    @Test("The rate of false alarms is over those that staff judged")
    mutating func falseAlarms() throws {
        #expect(try figures().falseAlarmPerMille == nil)
        for kind in ["forced", "held", "tamper", "lockFault"] { try scene.hear(kind) }
        try scene.hear("heldCleared")
        let alarms = try scene.desk.openAlarms()
        #expect(alarms.count == 4 && alarms.filter { $0.cleared != nil }.map(\.kind) == ["held"])
        for (alarm, wasFalse) in zip(alarms, [true, false, false] as [Bool?]) {
            _ = try scene.desk.acknowledgeAlarm(alarm.number, wasFalse: wasFalse, by: "anna")
        }
        #expect(try scene.desk.openAlarms().count == 1)
        #expect(try figures().falseAlarmPerMille == 333)
        #expect(throws: DeskError.unknownAlarm(99)) {
            try scene.desk.acknowledgeAlarm(99, wasFalse: nil, by: "anna")
        }
    }

    @Test("Journeys are exported without names, as CSV and as JSON")
    mutating func export() throws {
        let stay = try travel([.journeyAnalytics])
        _ = try travel([])
        let period = ["--from", Self.day.from.text, "--to", Self.day.to.text]
        let csv = scene.hotel.run(["journeys", "export"] + period).output
        #expect(csv.split(separator: "\r\n").count == 2 && !csv.contains("Adler"))
        #expect(csv.hasPrefix("stay,room,begins,arrival,checkIn,roomEntry,"))
        let json = scene.hotel.run(["journeys", "export", "--format", "json"] + period).output
        #expect(json.hasPrefix("{\"stay\":\(stay),\"room\":\"412\","))
        let file = scene.hotel.file("figures.svg")
        let german = ["--svg", file, "--language", "de"]
        let figures = scene.hotel.run(["journeys", "figures"] + german + period)
        #expect(figures.output.contains("\"funnel\":{\"booked\":1,\"arrival\":1,\"checkIn\":1"))
        #expect(try drawing(file).contains("Geöffnete Türen nach Tageszeit"))
    }
}
