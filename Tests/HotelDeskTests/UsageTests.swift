// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

@Suite("Paying by use")
struct UsageTests {
    private var scene: TestDesk
    private static let spa = Tariff(
        name: "Spa", door: "spa", exitDoor: "spa-exit", currency: "EUR", visitCents: 500,
        minuteCents: 10, freeMinutes: 30, capCents: 1_500)

    init() throws { scene = try TestDesk() }

    /// A guest in house who may enter the spa.
    private mutating func guest(_ consent: Snapshot.Consent) throws -> (Int64, PassID) {
        let (stay, pass) = try scene.book(consent, doors: ["412", "spa", "spa-exit"])
        try scene.grant("entrance", pass)
        return (stay, pass)
    }

    private func records() throws -> [UsageRecord] {
        try scene.desk.usage(since: TestHotel.noon)
    }

    private static let prices: [(Int64, Int64)] = [
        (0, 500), (30 * 60, 500), (31 * 60 - 1, 500), (31 * 60, 510), (100 * 60, 1_200),
        (130 * 60, 1_500), (10_000 * 60, 1_500), (-60, 500),
    ]

    @Test(
        "A visit costs its price, minutes beyond the free ones, and no more than the cap",
        arguments: prices)
    func price(seconds: Int64, cents: Int64) {
        let left = TestHotel.noon + .seconds(seconds)
        #expect(Self.spa.cents(from: TestHotel.noon, to: left) == cents)
    }

    @Test("A price without bound does not overflow")
    func overflow() {
        var tariff = Self.spa
        tariff.capCents = nil
        tariff.minuteCents = .max
        let cents = tariff.cents(from: TestHotel.noon, to: TestHotel.noon + .hours(9_000))
        #expect(cents == .max)
    }

    @Test("Entering and leaving make a record that rests on both events")
    mutating func visit() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (stay, pass) = try guest([.usageBilling])
        #expect(try scene.grant("spa", pass).contains(.usage(stay: stay)))
        #expect(try records().map(\.state) == [.open] && records().map(\.isBillable) == [false])
        scene.wait(.minutes(100))
        try scene.grant("spa-exit", pass)
        let record = try #require(try records().first)
        #expect(record.state == .complete && record.cents == 1_200 && record.isBillable)
        #expect(record.evidence.map(\.description) == ["c0c1c2c3/1/2", "c0c1c2c3/1/3"])
        #expect(record.left == TestHotel.noon + .minutes(100))
    }

    @Test("Without consent the door works by its rule and nothing is recorded")
    mutating func withoutConsent() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.journeyAnalytics, .recogniseArrival])
        #expect(try scene.doors(at: TestDesk.lobby) == 0b1111)
        try scene.grant("spa", pass)
        try scene.grant("spa-exit", pass)
        #expect(try records().isEmpty)
    }

    @Test("A refused entry, or another door, costs nothing")
    mutating func refused() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.usageBilling])
        try scene.hear("denied", ",\"reason\":\"notNear\"", door: "spa", pass: pass)
        try scene.hear("unlocked", door: "spa", pass: pass)
        try scene.grant("spa-exit", pass)
        try scene.grant("lift", pass)
        #expect(try records().isEmpty)
    }

    @Test("A second try at the door is the same visit; coming back later is another")
    mutating func tries() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.usageBilling])
        try scene.grant("spa", pass)
        scene.wait(.minutes(2))
        try scene.grant("spa", pass)
        #expect(try records().count == 1)
        scene.wait(.hours(5))
        try scene.grant("spa", pass)
        #expect(try records().map(\.state) == [.incomplete, .open])
        #expect(try records()[0].cents == 500, "minutes nobody can show are not charged")
        scene.wait(.minutes(40))
        try scene.grant("spa-exit", pass)
        #expect(try records().map(\.cents) == [500, 600])
    }

    @Test("Where nothing tells the leaving, a visit is charged once in two hours")
    mutating func visitsOnly() throws {
        var tariff = Self.spa
        (tariff.exitDoor, tariff.minuteCents) = (nil, 0)
        _ = try scene.desk.setTariff(tariff, by: "test")
        let (_, pass) = try guest([.usageBilling])
        for _ in 0..<5 {
            try scene.grant("spa", pass)
            scene.wait(.minutes(50))
        }
        #expect(try records().map(\.state) == [.complete, .complete])
    }

    @Test("A new price leaves visits begun at the old one")
    mutating func newPrice() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.usageBilling])
        try scene.grant("spa", pass)
        var dearer = Self.spa
        (dearer.name, dearer.visitCents) = ("Spa in season", 1_000)
        let set = try scene.desk.setTariff(dearer, by: "test")
        #expect(try scene.desk.tariffs() == [set])
        scene.wait(.minutes(5))
        try scene.grant("spa-exit", pass)
        #expect(try records().map(\.cents) == [500] && records().map(\.tariff) == ["Spa"])
        #expect(try scene.desk.tariffs().map(\.name) == ["Spa in season"])
    }

    @Test("Checking out ends a visit whose end nobody saw, without minutes")
    mutating func departure() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (stay, pass) = try guest([.usageBilling])
        try scene.grant("spa", pass)
        scene.wait(.hours(9))
        _ = try scene.desk.depart(stay, by: "staff anna")
        #expect(try records().map(\.state) == [.incomplete] && records().map(\.cents) == [500])
    }

    @Test("A disputed visit is off the bill until decided, and each is exported once")
    mutating func disputes() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.usageBilling])
        for _ in 0..<3 {
            try scene.grant("spa", pass)
            scene.wait(.minutes(40))
            try scene.grant("spa-exit", pass)
            scene.wait(.minutes(40))
        }
        let numbers = try records().map(\.number)
        for number in numbers.dropFirst() {
            _ = try scene.desk.disputeUsage(number, reason: "closed, =1+1", by: "app")
        }
        let file = scene.hotel.file("usage.csv")
        #expect(try scene.hotel.done("usage", "export", "--out", file).contains("\"records\":1"))
        _ = try scene.desk.decideUsage(
            numbers[1], .waived, grounds: "sauna was cold", by: "staff anna")
        _ = try scene.desk.decideUsage(
            numbers[2], .upheld, grounds: "door opened", by: "staff anna")
        let output = try scene.hotel.done(
            "usage", "export", "--format", "json", "--out", file)
        #expect(output.contains("\"records\":1"))
        #expect(try records().filter { $0.exported == nil }.map(\.number) == [numbers[1]])
        #expect(try scene.desk.exportUsage(by: "test") { _ in }.isEmpty)
    }

    /// A guest who agreed to it comes and goes.
    private mutating func visitSpa() throws {
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        let (_, pass) = try guest([.usageBilling])
        try scene.grant("spa", pass)
        try scene.grant("spa-exit", pass)
    }

    @Test("A decision is made once, with its reason; only another objection opens it again")
    mutating func decisions() throws {
        try visitSpa()
        let number = try #require(try records().first).number
        let desk = scene.desk
        #expect(throws: DeskError.notDisputed(number)) {
            try desk.decideUsage(number, .waived, grounds: "kind", by: "staff anna")
        }
        func object(_ reason: String) throws -> UsageRecord {
            try desk.disputeUsage(number, reason: reason, by: "app")
        }
        #expect(try object("not me").isDisputed && desk.disputedUsage().map(\.number) == [number])
        for grounds in ["door says so", "sent twice"] {
            let decided = try desk.decideUsage(number, .upheld, grounds: grounds, by: "staff anna")
            #expect(decided.grounds == "door says so" && decided.decided == desk.clock())
        }
        #expect(throws: DeskError.usageDecided(number, decision: "upheld")) {
            try desk.decideUsage(number, .waived, grounds: "kind", by: "staff anna")
        }
        #expect(try object("not me").decision == .upheld, "a message that comes again")
        #expect(try object("my brother").grounds == nil)
        #expect(scene.hotel.run(["usage", "decide", "\(number)", "waived"]).status == .misused)
        try scene.hotel.done("usage", "decide", "\(number)", "waived", "--reason", "kind")
        #expect(try records().first?.grounds == "kind" && desk.disputedUsage().isEmpty)
        let trail = try desk.auditTrail(countMax: 20).filter { $0.action.hasPrefix("usage") }
        #expect(
            trail.map { "\($0.action) \($0.detail)" } == [
                "usageWaived usage \(number): kind", "usageDisputed usage \(number)",
                "usageUpheld usage \(number): door says so", "usageDisputed usage \(number)",
            ])
    }

    @Test("What could not be written is exported again")
    mutating func failedExport() throws {
        try visitSpa()
        let run = scene.hotel.run(["usage", "export", "--out", "/nowhere/x"])
        #expect(run.status == .failed && run.errors.contains("/nowhere/x"))
        #expect(try scene.desk.exportUsage(by: "test") { _ in }.count == 1)
    }

    @Test("A tariff that could not be charged is refused")
    func refusedTariffs() throws {
        var tariff = Self.spa
        tariff.exitDoor = nil
        #expect(throws: DeskError.minutesWithoutExit("spa")) {
            try scene.desk.setTariff(tariff, by: "test")
        }
        tariff = Self.spa
        tariff.door = "412"
        #expect(throws: DeskError.notAnAmenity("412")) {
            try scene.desk.setTariff(tariff, by: "test")
        }
        tariff.door = "sap"
        #expect(throws: DeskError.self) { try scene.desk.setTariff(tariff, by: "test") }
    }

    private static let amounts: [(String, Int64?)] = [
        ("12.50", 1_250), ("12", 1_200), ("0.05", 5), ("999999999", 99_999_999_900),
        ("12.5", nil), ("12.505", nil), ("-1", nil), ("1,50", nil), ("", nil), (".50", nil),
        ("1.", nil), ("1e3", nil), ("9999999999", nil),
    ]

    @Test("Money is whole cents", arguments: amounts)
    func money(text: String, cents: Int64?) {
        #expect(Money.cents(text) == cents)
        if let cents { #expect(Money.cents(Money.text(cents)) == cents) }
    }

    @Test("A field that a spreadsheet would run, or that holds a comma, is made text")
    func csv() {
        var csv = CSV(["a", "b"])
        csv.add(["=1+1", "a,\"b\"\nc"])
        csv.add([nil, "plain"])
        #expect(csv.text == "a,b\r\n'=1+1,\"a,\"\"b\"\"\nc\"\r\n,plain\r\n")
    }
}
