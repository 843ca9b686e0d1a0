// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import SQLite
import Testing
import Timebase

@testable import HotelDesk

/// A small hotel with a lobby and a corridor, and a desk that hears what its gateways say.
struct TestDesk {
    static let lobby = GatewayID(rawValue: 0xC0C1_C2C3)
    static let corridor = GatewayID(rawValue: 0xB0B1_B2B3)
    /// 2026-01-01T15:00+01:00, two hours after the hotel's noon.
    static let begins = TestHotel.noon + .hours(2)

    let hotel: TestHotel
    let issuer: IssuingPublicKey
    let desk: Desk
    var lobbyGateway = TestGateway(Self.lobby.rawValue)
    var corridorGateway = TestGateway(Self.corridor.rawValue)
    private let told = Told()
    private var sequence: UInt64 = 0

    final class Told { var changes: [DeskChange] = [] }

    init() throws {
        hotel = try TestHotel()
        let hotel = hotel
        issuer = try hotel.initialise()
        try hotel.add(lobbyGateway, name: "lobby")
        try hotel.add(corridorGateway, name: "corridor-4")
        for (door, kind, gateway, index) in [
            ("entrance", "lobby", "lobby", "0"), ("lift", "shared", "lobby", "1"),
            ("spa", "amenity", "lobby", "2"), ("spa-exit", "amenity", "lobby", "3"),
            ("411", "guest-room", "corridor-4", "1"), ("412", "guest-room", "corridor-4", "2"),
        ] {
            try hotel.done(
                "door", "add", door, "--gateway", gateway, "--index", index, "--kind", kind)
        }
        desk = try Desk(path: hotel.database) { hotel.now.withLock { $0 } }
        let told = told
        desk.onChange = { told.changes.append($0) }
    }

    /// What was told since the last time this was asked.
    func changes() -> [DeskChange] {
        defer { told.changes = [] }
        return told.changes
    }

    /// Whoever was told of a change is told of the grants of both gateways.
    static let grants: [DeskChange] = [.grants(corridor), .grants(lobby)]

    /// A guest with a reservation for 412, two hours before its beginning.
    func book(
        _ consent: Snapshot.Consent = [], name: String = "Lena Adler", doors: [String] = ["412"],
        isReady: Bool = true
    ) throws -> (stay: Int64, pass: PassID) {
        let guest = try desk.addGuest(
            name: name, language: .english, address: "Dr", by: "test")
        var new = NewStay(
            doors: doors, begins: Self.begins, ends: Self.begins + .hours(68))
        new.guest = guest.number
        new.consent = consent
        let stay = try desk.addStay(new, by: "test")
        if isReady {
            for condition in CheckInCondition.allCases {
                _ = try desk.setCondition(condition, isMet: true, stay: stay.number, by: "test")
            }
        }
        return (stay.number, try desk.issuePhonePass(stay: stay.number).pass.id)
    }

    /// A gateway's event, now or at another time, heard and reacted to.
    @discardableResult
    mutating func hear(
        _ kind: String, _ details: String = "", door name: String? = "entrance",
        pass: PassID? = nil, at moment: UnixTime? = nil
    ) throws -> [DeskChange] {
        sequence += 1
        let door = try name.map { try desk.door($0) }
        let event = DeskEvent(
            gateway: door?.gateway ?? Self.lobby, boot: 1, sequence: sequence,
            wall: moment ?? hotel.now.withLock { $0 }, kind: kind, door: door?.number, pass: pass,
            line: "{\"event\":\"\(kind)\"\(details)}")
        return try desk.database.transaction { try desk.react(to: event) }
    }

    /// A challenge answer opens the door at level 2.
    @discardableResult
    mutating func grant(_ door: String, _ pass: PassID, at moment: UnixTime? = nil) throws
        -> [DeskChange]
    {
        try hear("granted", ",\"level\":2", door: door, pass: pass, at: moment)
    }

    func wait(_ interval: Interval) { hotel.now.withLock { $0 = $0 + interval } }

    /// The doors of the only credential in a gateway's next snapshot.
    func doors(at gateway: GatewayID) throws -> UInt32? {
        let (snapshot, _) = try desk.makeSnapshot(for: gateway.description)
        return snapshot.credentials.first?.doors
    }

    /// Rows of a table.
    func count(_ table: String) throws -> Int64? {
        try desk.database.row("SELECT count(*) FROM \(table)") { row throws(DatabaseError) in
            try row.integer(0)
        }
    }
}
