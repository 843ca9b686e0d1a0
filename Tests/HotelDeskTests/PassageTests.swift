// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

@Suite("Going through a door that tells when it opens")
struct PassageTests {
    private var scene: TestDesk
    private var journal = TestJournal()
    private var stay: Int64 = 0
    private var pass = PassID(rawValue: 0)
    private static let spa = Tariff(
        name: "Spa", door: "spa", exitDoor: "spa-exit", currency: "EUR", visitCents: 500,
        minuteCents: 10, freeMinutes: 30)

    init() throws {
        scene = try TestDesk()
        _ = try scene.desk.setTariff(Self.spa, by: "test")
        var status = GatewayStatus()
        status.doors = [(2, "closed"), (3, nil)].map { index, leaf in
            GatewayStatus.Door(
                index: index, name: "\(index)", mode: "normal", level: 2, lock: "locked",
                leaf: leaf, isPrivate: nil, alarms: [])
        }
        try scene.desk.note(status, of: TestDesk.lobby)
        (stay, pass) = try scene.book(
            [.usageBilling, .journeyAnalytics], doors: ["412", "spa", "spa-exit"])
        _ = try scene.desk.checkIn(stay, by: "test")
    }

    private mutating func hear(_ kind: String, _ index: UInt8, by pass: PassID? = nil) throws {
        let before = journal.sequence
        let wall = scene.hotel.now.withLock { $0 }
        let line = journal.line(kind, index: index, pass: pass, wall: wall)
        _ = try scene.desk.ingest([
            journal.batch(
                [line], after: before, boot: before == 0 ? 0 : nil, of: TestDesk.lobby)
        ])
    }

    private func records() throws -> [UsageRecord] {
        try scene.desk.usage(since: UnixTime(seconds: 0))
    }

    @Test("A visit begins when the door opens, and rests on the pass and the opening")
    mutating func opened() throws {
        try hear("granted", 2, by: pass)
        #expect(try records().isEmpty, "who only tapped is not charged")
        scene.wait(.seconds(20))
        try hear("opened", 2)
        let entered = scene.hotel.now.withLock { $0 }
        #expect(try records().map(\.entered) == [entered])
        try hear("closed", 2)
        scene.wait(.minutes(40))
        // The way out has no contact: the pass has to do.
        try hear("granted", 3, by: pass)
        let record = try #require(try records().first)
        #expect(record.state == .complete && record.cents == 600)
        #expect(
            record.evidence.map(\.description) == [
                "c0c1c2c3/1/1", "c0c1c2c3/1/2", "c0c1c2c3/1/4",
            ])
        let kinds = try scene.desk.timeline(stay: stay).map(\.kind)
        #expect(kinds == [.checkIn, .amenityEntry, .amenityExit])
    }

    @Test("Who taps and goes away pays nothing, also when the door is opened for another later")
    mutating func wentAway() throws {
        try hear("granted", 2, by: pass)
        scene.wait(DeskLimits.openingAfterGrant + .seconds(1))
        try hear("opened", 2)
        #expect(try records().isEmpty)
        #expect(try scene.count("admitted") == 0)
    }

    @Test("Two who are let in go through one opening; one let in at an open door goes through it")
    mutating func together() throws {
        let (other, second) = try scene.book([.usageBilling], doors: ["411", "spa"])
        let (late, third) = try scene.book([.usageBilling], doors: ["411", "spa"])
        for stay in [other, late] { _ = try scene.desk.checkIn(stay, by: "test") }
        try hear("granted", 2, by: pass)
        scene.wait(.seconds(2))
        try hear("granted", 2, by: second)
        try hear("opened", 2)
        scene.wait(.seconds(3))
        try hear("granted", 2, by: third)
        #expect(try records().map(\.stay) == [stay, other, late])
        #expect(try records().allSatisfy { $0.evidence.count == 2 })
        try hear("closed", 2)
        #expect(try scene.count("opening") == 0)
    }

    @Test("Nothing is kept of who stands at a door without agreeing to anything it is for")
    mutating func unasked() throws {
        let (other, second) = try scene.book([.recogniseArrival], doors: ["411", "spa"])
        _ = try scene.desk.checkIn(other, by: "test")
        try hear("granted", 2, by: second)
        #expect(try scene.count("admitted") == 0)
        try hear("opened", 2)
        #expect(try records().isEmpty)
    }

    @Test("A visit is printed with the gateway's own words, for whoever disputes it")
    mutating func printed() throws {
        try hear("granted", 2, by: pass)
        try hear("opened", 2)
        let number = try #require(try records().first?.number)
        let output = try scene.hotel.done("usage", "evidence", "\(number)")
        let value = try #require(JSONValue(output.dropLast().utf8, depthMax: 6))
        let events = try #require(value["events"]?.array)
        #expect(events.map { $0["event"]?.string } == ["c0c1c2c3/1/1", "c0c1c2c3/1/2"])
        #expect(events.map { $0["said"]?["event"]?.string } == ["granted", "opened"])
        #expect(events[0]["said"]?["credential"]?.string == "\(pass)")
        #expect(value["usage"]?["cents"]?.number(as: Int.self) == 500)
        let unknown = scene.hotel.run(["usage", "evidence", "99"])
        #expect(unknown.status == .failed && unknown.errors.contains("no usage record 99"))
        let trail = try scene.desk.auditTrail(of: "stay \(stay)", countMax: 1)
        #expect(trail.first?.action == "viewed" && trail.first?.detail == "usage \(number)")
    }

    @Test("After ninety days a visit has its day and its price, and no moment")
    mutating func forgotten() throws {
        try hear("granted", 2, by: pass)
        try hear("opened", 2)
        scene.wait(.minutes(100))
        try hear("granted", 3, by: pass)
        let before = try #require(try records().first)
        scene.wait(.hours(91 * 24))
        _ = try scene.desk.retain()
        let after = try #require(try records().first)
        #expect(after.cents == before.cents && after.state == .complete && after.left == nil)
        #expect(after.entered == UnixTime(seconds: 1_767_225_600) && after.evidence.isEmpty)
    }
}
