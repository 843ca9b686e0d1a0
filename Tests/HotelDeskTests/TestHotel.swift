// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Glibc
import GuestPass
import HotelDesk
import HotelWire
import Platform
import Synchronization
import Testing
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A hotel in a directory of its own, driven only by `lintel-hotel`'s command line.
final class TestHotel: Sendable {
    /// 2026-01-01T12:00:00Z.
    static let noon = UnixTime(seconds: 1_767_268_800)
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)

    let directory: String
    let now = Mutex(TestHotel.noon)

    struct Run {
        let status: ExitCode
        let output: String
        let errors: String
    }

    init() throws {
        Signals.ignoreBrokenPipes()
        var name = Array("/tmp/lintel-hotel-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        directory = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var database: String { directory + "/desk/hotel.sqlite" }

    /// Runs a command on this hotel's database.
    func run(_ arguments: [String]) -> Run {
        program(arguments + ["--database", database])
    }

    /// Where a command looks that is not told where the records are.
    var settings: String { directory + "/hotel.conf" }

    /// Runs a command as it stands.
    func program(_ arguments: [String]) -> Run {
        let recorder = Recorder()
        let program = Program.hotel(
            clock: { self.now.withLock { $0 } }, settingsFile: settings)
        let status = program.run(arguments, console: recorder.console)
        return Run(status: status, output: recorder.output, errors: recorder.errors)
    }

    /// Runs a command that must succeed, and gives back what it printed.
    @discardableResult
    func done(_ arguments: String...) throws -> String {
        let run = run(arguments)
        try #require(run.status == .done, "\(arguments): \(run.errors)")
        return run.output
    }

    func file(_ name: String) -> String { "\(directory)/\(name)" }
}

private final class Recorder: Sendable {
    private let texts = Mutex((output: "", errors: ""))

    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }

    var console: Console {
        Console(
            output: { text in self.texts.withLock { $0.output += text } },
            errors: { text in self.texts.withLock { $0.errors += text } })
    }
}

/// A gateway's own keys and what it accepted last.
struct TestGateway {
    let id: GatewayID
    let zone: ZoneID
    let boxKey: BoxSecretKey
    var epochFloor: UInt64 = 0

    init(_ id: UInt32, zone: UInt64 = TestHotel.site.rawValue) {
        var generator = SystemRandomNumberGenerator()
        self.id = GatewayID(rawValue: id)
        self.zone = ZoneID(rawValue: zone)
        boxKey = .random(using: &generator)
    }

    /// Has a snapshot made and accepts it as a gateway does.
    mutating func fetch(from hotel: TestHotel, issuer: IssuingPublicKey) throws -> Snapshot {
        let file = hotel.file("\(id).snapshot")
        try hotel.done("snapshot", "--gateway", id.description, "--out", file)
        let snapshot = try open(file, issuer)
        epochFloor = snapshot.epoch
        return snapshot
    }

    func open(_ file: String, _ issuer: IssuingPublicKey) throws -> Snapshot {
        let recipient = SnapshotRecipient(
            site: TestHotel.site, zone: zone, gateway: id, boxKey: boxKey, issuer: issuer,
            epochFloor: epochFloor)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: file)))
        return try Snapshot(bytes, for: recipient)
    }
}

/// A phone that reads the JSON it is given.
struct TestPhone: Decodable {
    struct BeaconPeriod: Decodable {
        let from: String
        let key: String
    }
    struct Gateway: Decodable {
        let gateway: String
        let zone: String
        let doors: [Door]
    }
    struct Door: Decodable, Equatable {
        let name: String
        let index: UInt8
    }

    let format: Int
    let pass: String
    let deviceKey: String
    let site: String
    let epoch: UInt32
    let from: String
    let to: String
    let beaconKeys: [BeaconPeriod]
    let gateways: [Gateway]

    static func read(_ json: String) throws -> TestPhone {
        try JSONDecoder().decode(TestPhone.self, from: Data(json.utf8))
    }

    func encoder(for gateway: Gateway) throws -> PassEncoder {
        let bytes = try #require(Hexadecimal.decode(deviceKey))
        return try PassEncoder(
            deviceKey: #require(DeviceKey(bytes: bytes)), site: #require(SiteID(site)),
            zone: #require(ZoneID(gateway.zone)), epoch: KeyEpoch(rawValue: epoch))
    }
}

extension TestHotel {
    /// Makes the hotel and gives back its issuing key, as printed for the gateways.
    func initialise() throws -> IssuingPublicKey {
        let line = try done("init", Self.site.description)
        let key = try #require(line.split(separator: "\"").last { $0.hasPrefix("lintel-") })
        return try IssuingPublicKey(text: String(key))
    }

    func add(_ gateway: TestGateway, name: String) throws {
        let file = file("\(name).box")
        try gateway.boxKey.publicKey.exportedText().write(
            toFile: file, atomically: true, encoding: .utf8)
        try done(
            "gateway", "add", name, "--box-key", file, "--id", gateway.id.description, "--zone",
            gateway.zone.description)
    }
}
