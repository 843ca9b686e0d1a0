// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing
import Timebase

@Suite("From a pass on the command line to a gateway's decision")
struct PassToSnapshotTests {
    private let hotel: TestHotel
    private let issuer: IssuingPublicKey
    private var corridor = TestGateway(0xB0B1_B2B3)
    private var lobby = TestGateway(0xC0C1_C2C3)
    private var annexe = TestGateway(0xD0D1_D2D3, zone: 7)

    init() throws {
        hotel = try TestHotel()
        issuer = try hotel.initialise()
        try hotel.add(corridor, name: "corridor")
        try hotel.add(lobby, name: "lobby")
        try hotel.add(annexe, name: "annexe")
        try hotel.done("door", "add", "301", "--gateway", "corridor", "--index", "2")
        try hotel.done("door", "add", "lift", "--gateway", "b0b1b2b3", "--index=31", "--level=2")
        try hotel.done("door", "add", "main", "--gateway", "lobby", "--index", "0")
        try hotel.done("door", "add", "spa", "--gateway", "annexe", "--index", "5")
        try hotel.done(
            "stay", "add", "--room", "301", "--room", "lift", "--from",
            "2026-01-01T15:00:00+01:00", "--to", "2026-01-04T11:00:00+01:00", "--consent",
            "guidance", "--consent", "recogniseArrival")
    }

    private func issue(stay: Int = 1) throws -> TestPhone {
        try TestPhone.read(hotel.done("pass", "issue", "\(stay)"))
    }

    @Test("A snapshot holds what was issued, and the gateway's keys fit the phone's")
    mutating func issued() throws {
        let phone = try issue()
        let snapshot = try corridor.fetch(from: hotel, issuer: issuer)
        #expect(snapshot.epoch == 1 && snapshot.issued == TestHotel.noon)
        #expect(
            snapshot.doors == [.init(index: 2, raisedLevel: 0), .init(index: 31, raisedLevel: 2)])
        let credential = try #require(snapshot.credentials.first)
        #expect(snapshot.credentials.count == 1)
        #expect(Hexadecimal.decode(phone.pass)?.reduce(0) { $0 << 8 | UInt64($1) } == credential.id)
        #expect(credential.doors == 1 << 31 | 1 << 2 && credential.levelMax == 3)
        #expect(credential.kind == .guest && credential.generation == 1)
        #expect(credential.consent == [.guidance, .recogniseArrival])
        #expect(credential.notBefore == UnixTime(text: phone.from))
        #expect(credential.expires == UnixTime(text: "2026-01-04T10:00:00Z"))

        let gateway = try #require(phone.gateways.first { $0.gateway == corridor.id.description })
        #expect(gateway.doors == [.init(name: "301", index: 2), .init(name: "lift", index: 31)])
        let window = PassWindow(TestHotel.noon)
        let challenge = Challenge(counter: 9, nonce: 0xFEED)
        let pass = try phone.encoder(for: gateway).challenge(
            challenge, of: corridor.id, window: window, door: 2, intent: [.moving, .tapped])
        let open = try OpenPass(pass, RollingID(credential.recognitionKey, window))
        #expect(open.answers(challenge, of: corridor.id, by: credential.gatewayKey))
    }

    @Test("A phone and the gateway hold the same beacon key on every day of the stay")
    mutating func beaconKeys() throws {
        let phone = try issue()
        let snapshot = try corridor.fetch(from: hotel, issuer: issuer)
        #expect(phone.beaconKeys.count == 4 && snapshot.beaconPeriods.count == 35)
        for period in phone.beaconKeys {
            let begins = try #require(UnixTime(text: period.from))
            let bytes = Hexadecimal.decode(period.key)
            #expect(snapshot.beaconKey(at: begins)?.withUnsafeBytes { Array($0) } == bytes)
        }
        #expect(Set(phone.beaconKeys.map(\.key)).count == 4)
    }

    @Test("A revoked pass is gone from the next snapshot, whose epoch is higher")
    mutating func revoked() throws {
        let phone = try issue()
        let kept = try issue()
        #expect(try corridor.fetch(from: hotel, issuer: issuer).credentials.count == 2)
        let before = hotel.file("before")
        try hotel.done("snapshot", "--gateway", "corridor", "--out", before)
        try hotel.done("pass", "revoke", phone.pass)
        let after = try corridor.fetch(from: hotel, issuer: issuer)
        #expect(after.epoch == 3)
        let left = try #require(after.credentials.first)
        #expect(after.credentials.count == 1)
        #expect(Hexadecimal.decode(kept.pass)?.reduce(0) { $0 << 8 | UInt64($1) } == left.id)
        #expect(throws: SnapshotError.epochBelowFloor(found: 2, floor: 3)) {
            try corridor.open(before, issuer)
        }
        let again = try hotel.done("pass", "revoke", phone.pass)
        #expect(again.contains("\"revoked\":\"2026-01-01T12:00:00.000Z\""))
    }

    @Test("Another gateway of the zone recognises the guest without a door; another zone does not")
    mutating func zones() throws {
        let phone = try issue()
        let near = try lobby.fetch(from: hotel, issuer: issuer)
        let home = try corridor.fetch(from: hotel, issuer: issuer)
        #expect(near.credentials.map(\.doors) == [0])
        #expect(near.credentials[0].recognitionKey == home.credentials[0].recognitionKey)
        #expect(near.credentials[0].gatewayKey != home.credentials[0].gatewayKey)
        #expect(try annexe.fetch(from: hotel, issuer: issuer).credentials.isEmpty)
        #expect(phone.gateways.map(\.gateway) == [corridor.id, lobby.id].map(\.description))
    }

    @Test("A stay over several zones gives each its own recognition key")
    mutating func severalZones() throws {
        try hotel.done(
            "stay", "add", "--room", "spa", "--room", "main", "--room", "spa", "--from",
            "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z", "--kind", "emergency",
            "--level", "4")
        let phone = try issue(stay: 2)
        #expect(phone.gateways.count == 3)
        let spa = try annexe.fetch(from: hotel, issuer: issuer).credentials
        let main = try lobby.fetch(from: hotel, issuer: issuer).credentials
        #expect(spa.map(\.doors) == [1 << 5] && main.map(\.doors) == [1])
        #expect(spa[0].kind == .emergency && spa[0].levelMax == 4 && spa[0].consent == [])
        #expect(spa[0].recognitionKey != main[0].recognitionKey)
    }

    @Test("Tomorrow's guests are in the snapshot already, yesterday's no longer")
    mutating func time() throws {
        _ = try issue()
        hotel.now.withLock { $0 = TestHotel.noon - .hours(24) }
        #expect(try corridor.fetch(from: hotel, issuer: issuer).credentials.count == 1)
        hotel.now.withLock { $0 = TestHotel.noon + .hours(70) - .seconds(1) }
        #expect(try corridor.fetch(from: hotel, issuer: issuer).credentials.count == 1)
        hotel.now.withLock { $0 = TestHotel.noon + .hours(70) }
        #expect(try corridor.fetch(from: hotel, issuer: issuer).credentials.isEmpty)
        let late = hotel.run(["pass", "issue", "1"])
        #expect(late.status == .failed)
        #expect(
            late.errors == "lintel-hotel: stay 1 ended at 2026-01-04T10:00:00.000Z; "
                + "its pass would open nothing\n")
    }

    @Test("A snapshot opens for its gateway and with the hotel's issuing key only")
    mutating func sealed() throws {
        _ = try issue()
        let file = hotel.file("snapshot")
        try hotel.done("snapshot", "--gateway", "corridor", "--out", file)
        #expect(throws: SnapshotError.sealedForAnother) { try lobby.open(file, issuer) }
        let other = try TestHotel().initialise()
        #expect(throws: SnapshotError.forged) { try corridor.open(file, other) }
    }
}
