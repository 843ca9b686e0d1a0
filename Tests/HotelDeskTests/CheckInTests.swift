// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing
import Timebase

@testable import HotelDesk

@Suite("Walking in and checking in")
struct CheckInTests {
    private var scene: TestDesk

    init() throws { scene = try TestDesk() }

    private func status(_ stay: Int64) throws -> StayStatus {
        try scene.desk.stay(stay).status(at: scene.desk.clock())
    }

    @Test("A guest who opens the lobby door is checked in, and only then may open the room")
    mutating func walkIn() throws {
        let (stay, pass) = try scene.book()
        #expect(try status(stay) == .due)
        #expect(try scene.doors(at: TestDesk.lobby) == 1 << 0)
        #expect(try scene.doors(at: TestDesk.corridor) == 0)
        _ = scene.changes()
        let changes = try scene.grant("entrance", pass)
        #expect(changes.contains(.stay(stay)))
        #expect(TestDesk.grants.allSatisfy(changes.contains))
        #expect(try status(stay) == .inHouse)
        #expect(try scene.doors(at: TestDesk.lobby) == 1 << 0 | 1 << 1)
        #expect(try scene.doors(at: TestDesk.corridor) == 1 << 2)
        let trail = try scene.desk.auditTrail(of: "stay \(stay)", countMax: 1)
        #expect(trail.map(\.action) == ["checkedIn"] && trail.map(\.actor) == ["gateway lobby"])
    }

    @Test("Coming through the lobby again checks nobody in twice")
    mutating func idempotent() throws {
        let (stay, pass) = try scene.book()
        try scene.grant("entrance", pass)
        let first = try scene.desk.stay(stay).progress.checkedIn
        scene.wait(.minutes(5))
        let changes = try scene.grant("entrance", pass)
        #expect(!changes.contains(.grants(TestDesk.corridor)))
        #expect(try scene.desk.stay(stay).progress.checkedIn == first)
        #expect(try scene.desk.checkIn(stay, by: "test").progress.checkedIn == first)
    }

    @Test(
        "What proves no presence in the lobby checks nobody in",
        arguments: [
            ("granted", ",\"level\":1", "entrance"), ("granted", "", "entrance"),
            ("granted", ",\"level\":3", "spa"), ("denied", ",\"level\":2", "entrance"),
            ("presence", ",\"state\":\"atDoor\"", "entrance"), ("granted", " broken", "entrance"),
        ])
    mutating func unproven(kind: String, details: String, door: String) throws {
        let (stay, pass) = try scene.book([.recogniseArrival])
        try scene.hear(kind, details, door: door, pass: pass)
        #expect(try status(stay) == .due)
    }

    @Test("A guest who waits in the lobby is checked in when the last condition is met")
    mutating func waiting() throws {
        let (stay, pass) = try scene.book(isReady: false)
        try scene.grant("entrance", pass)
        #expect(try scene.desk.arrivals(since: TestHotel.noon)[0].missing.count == 3)
        for condition in CheckInCondition.allCases {
            #expect(try status(stay) == .due)
            scene.wait(.minutes(10))
            _ = try scene.desk.setCondition(condition, isMet: true, stay: stay, by: "staff anna")
        }
        #expect(try status(stay) == .inHouse)
        #expect(try scene.desk.arrivals(since: TestHotel.noon)[0].missing == [])
    }

    @Test("Conditions met before anybody came check nobody in")
    mutating func absent() throws {
        let (stay, _) = try scene.book()
        #expect(try status(stay) == .due)
    }

    @Test("Staff check in by hand only what is due and lacks nothing")
    mutating func byHand() throws {
        let (stay, _) = try scene.book(isReady: false)
        _ = try scene.desk.setCondition(.paid, isMet: true, stay: stay, by: "test")
        #expect(
            throws: DeskError.checkInMissing(stay, conditions: ["roomReady", "registered"])
        ) { try scene.desk.checkIn(stay, by: "staff anna") }
        scene.hotel.now.withLock { $0 = TestDesk.begins - .hours(12) - .seconds(1) }
        #expect(throws: DeskError.checkInNotDue(stay, status: "booked")) {
            try scene.desk.checkIn(stay, by: "staff anna")
        }
        scene.hotel.now.withLock { $0 = TestDesk.begins + .hours(68) }
        #expect(throws: DeskError.checkInNotDue(stay, status: "departed")) {
            try scene.desk.checkIn(stay, by: "staff anna")
        }
    }

    @Test(
        "A check-in taken back closes the room, and the next step into the lobby does not open it")
    mutating func undone() throws {
        let (stay, pass) = try scene.book([.journeyAnalytics])
        try scene.grant("entrance", pass)
        _ = scene.changes()
        _ = try scene.desk.undoCheckIn(stay, by: "staff anna")
        #expect(scene.changes() == [.stay(stay)] + TestDesk.grants)
        #expect(try scene.doors(at: TestDesk.corridor) == 0)
        try scene.grant("entrance", pass)
        #expect(try status(stay) == .due)
        #expect(try scene.desk.timeline(stay: stay).map(\.kind) == [.arrival])
        _ = try scene.desk.undoCheckIn(stay, by: "staff anna")
        #expect(scene.changes().isEmpty)
    }

    @Test("Checking out closes every door at once and can be taken back")
    mutating func departure() throws {
        let (stay, pass) = try scene.book()
        try scene.grant("entrance", pass)
        _ = try scene.desk.depart(stay, by: "staff anna")
        #expect(try status(stay) == .departed)
        #expect(try scene.doors(at: TestDesk.lobby) == nil)
        #expect(throws: DeskError.self) { try scene.desk.issuePhonePass(stay: stay) }
        _ = try scene.desk.undoDeparture(stay, by: "staff anna")
        #expect(try scene.doors(at: TestDesk.corridor) == 1 << 2)
    }

    @Test("A phone's pass and the gateways' grants begin when the guest may first come")
    mutating func earliest() throws {
        let (stay, _) = try scene.book()
        let (snapshot, _) = try scene.desk.makeSnapshot(for: "lobby")
        #expect(snapshot.credentials[0].notBefore == TestDesk.begins - .hours(12))
        let json = try scene.desk.issuePhonePass(stay: stay).json
        #expect(json.contains("\"from\":\"2026-01-01T02:00:00.000Z\""))
        #expect(json.contains("\"name\":\"entrance\"") && json.contains("\"name\":\"lift\""))
    }

    @Test("A plain grant has nobody to check in and opens as it always did")
    mutating func plain() throws {
        let made = try scene.desk.addStay(
            NewStay(doors: ["411"], begins: TestHotel.noon, ends: TestHotel.noon + .hours(8)),
            by: "test")
        _ = try scene.desk.issuePhonePass(stay: made.number)
        #expect(try status(made.number) == .inHouse)
        #expect(try scene.doors(at: TestDesk.corridor) == 1 << 1)
        #expect(try scene.doors(at: TestDesk.lobby) == 0)
        #expect(throws: DeskError.noCheckIn(made.number)) {
            try scene.desk.checkIn(made.number, by: "test")
        }
    }

    @Test("A stay moved to another room takes its grants with it")
    mutating func moved() throws {
        let (stay, pass) = try scene.book()
        try scene.grant("entrance", pass)
        _ = scene.changes()
        let moved = try scene.desk.changeStay(stay, doors: ["411", "spa"], by: "staff anna")
        #expect(moved.room == "411" && moved.doors == ["411", "spa"])
        #expect(scene.changes() == [.stay(stay)] + TestDesk.grants)
        #expect(try scene.doors(at: TestDesk.corridor) == 1 << 1)
    }
}
