// SPDX-License-Identifier: Apache-2.0
// Snapshots come in verified or not at all; what was in force stays through every refusal, every
// torn file and every moment at which power may go.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("The snapshot in force")
struct SnapshotStoreTests {
    private let hotel: Hotel
    private let store: SnapshotStore
    private let issued = UnixTime(seconds: 1_767_225_600)
    private let guest = Guest("ada", 1)

    init() throws {
        hotel = try Hotel()
        store = try hotel.store()
    }

    private var current: String { hotel.file("state/snapshot.current") }
    private var previous: String { hotel.file("state/snapshot.previous") }

    private func sealed(_ epoch: UInt64) throws -> [UInt8] {
        try hotel.sealed(hotel.snapshot(epoch: epoch, of: [guest], issued: issued))
    }

    private func accept(_ epoch: UInt64) throws {
        _ = try store.accept(sealed(epoch), subject: "snapshot \(epoch)")
    }

    private func read(_ path: String) throws -> [UInt8] {
        try StateFile.read(path, bytesMax: 1 << 20)
    }

    private func take(_ bytes: [UInt8]) throws -> CommandRun {
        let file = hotel.file("given.snapshot")
        try StateFile.replace(file, with: bytes)
        return CommandRun.lintel("snapshot", "--config", hotel.configuration, file)
    }

    enum Wrong: CaseIterable {
        case empty, somethingElse, cut, overlong, altered, otherKey, otherIssuer, otherSite
        case otherGateway, older

        var words: String {
            switch self {
            case .empty, .cut, .overlong: "the snapshot does not end where it should"
            case .somethingElse: "not a snapshot"
            case .altered, .otherIssuer:
                "the snapshot was altered or is not signed by this hotel's issuing key"
            case .otherKey: "the snapshot is sealed to another gateway's box key"
            case .otherSite: "the snapshot is for site 0000000000000001"
            case .otherGateway: "the snapshot is for gateway 00000001"
            case .older: "the snapshot's epoch 1 is older than 2, which was already accepted"
            }
        }
    }

    private func bytes(_ wrong: Wrong) throws -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        var snapshot = try hotel.snapshot(epoch: 3, of: [guest], issued: issued)
        let key = try store.enrolledKey().publicKey
        switch wrong {
        case .empty: return []
        case .somethingElse: return Array("lintel-box-public-1:00 and so on".utf8)
        case .cut: return try sealed(3).dropLast()
        case .overlong: return try sealed(3) + [0]
        case .altered:
            var bytes = try sealed(3)
            bytes[bytes.count / 2] ^= 0x10
            return bytes
        case .otherKey:
            return try hotel.sealed(snapshot, to: BoxSecretKey.random(using: &random).publicKey)
        case .otherIssuer:
            return try snapshot.sealed(to: key, signedBy: .random(using: &random))
        case .otherSite: snapshot.site = SiteID(rawValue: 1)
        case .otherGateway: snapshot.gateway = GatewayID(rawValue: 1)
        case .older: snapshot.epoch = 1
        }
        return try hotel.sealed(snapshot)
    }

    @Test(
        "What is refused is refused with its reason, and changes nothing", arguments: Wrong.allCases
    )
    func refusal(wrong: Wrong) throws {
        try accept(1)
        try accept(2)
        let before = try read(current)
        let run = try take(bytes(wrong))
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(
            run.complaints
                == "lintel: '\(hotel.file("given.snapshot"))' is refused: \(wrong.words); "
                + "the snapshot in force stays\n")
        #expect(try read(current) == before)
        #expect(try store.current()?.epoch == 2)
    }

    @Test("No flipped bit and no cut of a snapshot is taken")
    func forged() throws {
        try accept(1)
        let good = try sealed(2)
        for index in good.indices {
            var bytes = good
            bytes[index] ^= 1 << UInt8(index % 8)
            #expect(throws: SnapshotRefusal.self) { try store.accept(bytes, subject: "forged") }
            #expect(throws: SnapshotRefusal.self) {
                try store.accept(Array(good[..<index]), subject: "cut")
            }
        }
        #expect(try store.current()?.epoch == 1)
        #expect(try store.accept(good, subject: "good").epoch == 2)
    }

    @Test("An accepted snapshot is told in one line")
    func accepted() throws {
        let run = try take(sealed(4))
        #expect(run.status == .done && run.complaints.isEmpty)
        #expect(
            run.output == "{\"epoch\":4,\"issued\":\"2026-01-01T00:00:00.000Z\",\"doors\":2,"
                + "\"credentials\":1}\n")
        #expect(try store.current()?.credentials.map(\.id) == [1])
    }

    @Test("Files that cannot be read are named")
    func unreadable() throws {
        let run = CommandRun.lintel("snapshot", "--config", hotel.configuration, "/nonexistent")
        #expect(run.status == .misused)
        #expect(
            run.complaints
                == "lintel: cannot open '/nonexistent': No such file or directory (ENOENT); "
                + "the snapshot in force stays\n")
        try StateFile.replace(hotel.file("issuer"), with: Array("lintel-issuing".utf8))
        #expect(
            try take(sealed(1)).complaints == "lintel: key file '\(hotel.file("issuer"))' does not "
                + "begin with 'lintel-issuing-public-1:'; the snapshot in force stays\n")
    }

    @Test("Power may go at any step of taking a snapshot: the old one or the new one is in force")
    func crashes() throws {
        try accept(1)
        let first = try read(current)
        let second = try sealed(2)
        // A draft of the previous one, of the current one, of the epoch: each torn at its middle.
        for name in ["snapshot.previous", "snapshot.current", "epoch"] {
            try StateFile.replace(hotel.file("state/\(name).new"), with: Array(second.prefix(99)))
            #expect(try store.current()?.epoch == 1)
        }
        try StateFile.replace(previous, with: first)
        #expect(try store.current()?.epoch == 1)
        // The new one is in place, its epoch not yet written: the old one stays out all the same.
        try StateFile.replace(current, with: second)
        #expect(try store.current()?.epoch == 2)
        #expect(try take(first).status == .misused)
        try accept(3)
        #expect(try store.current()?.epoch == 3)
    }

    @Test("A torn current snapshot gives way to the one before it, and that one is not lost")
    func torn() throws {
        try accept(1)
        try accept(2)
        try StateFile.replace(current, with: Array(read(current).prefix(80)))
        var passedOver: [String] = []
        #expect(try store.current { passedOver.append("\($0)") }?.epoch == 1)
        #expect(passedOver.count == 1 && passedOver[0].hasPrefix("'\(current)' is refused: "))
        #expect(try take(sealed(1)).errors.contains("epoch 1 is older than 2"))
        try accept(3)
        #expect(try read(previous).count > 80, "the torn file did not push out the good one")
        try StateFile.replace(current, with: [])
        #expect(try store.current()?.epoch == 1)
        try StateFile.replace(previous, with: [])
        #expect(throws: SnapshotRefusal.self) { try store.current() }
    }

    @Test("Enrolling again prints the same key; the secret half is the owner's alone")
    func enrolment() throws {
        let runs = (0..<2).map { _ in
            CommandRun.lintel("enroll", "--key", "--config", hotel.configuration)
        }
        #expect(runs[0].status == .done && runs[0].output == runs[1].output)
        #expect(runs[0].output.hasPrefix("lintel-box-public-1:"))
        var status = stat()
        #expect(stat(store.boxKeyPath, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test("A running gateway keeps what it has when the file is damaged under its feet")
    func running() async throws {
        try hotel.grant(guest)
        try hotel.grant(epoch: 2, guest)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.waits(for: "epoch 2 is in force") {
            !gateway.events.lines(with: "\"snapshot\"", "\"epoch\":2").isEmpty
        }
        try StateFile.replace(current, with: Array(read(current).prefix(80)))
        try await gateway.waits(for: "the damage is told") {
            gateway.logged.contains("the gateway goes on with the snapshot of epoch 2")
        }
        try hotel.grant(epoch: 3, guest)
        try await gateway.waits(for: "epoch 3 is in force") {
            !gateway.events.lines(with: "\"snapshot\"", "\"epoch\":3").isEmpty
        }
        #expect(gateway.events.lines(with: "\"snapshot\"").count == 2)
        #expect(gateway.chip.edges.isEmpty)
    }
}
