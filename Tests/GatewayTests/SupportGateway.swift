// SPDX-License-Identifier: Apache-2.0
// A hotel of one gateway with two doors, in a folder that lives as long as the test.
import CommandLineKit
import DoorCore
import Glibc
import GuestPass
import HotelWire
import Locks
import Platform
import Rig
import Synchronization
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where the tests' files are.
enum Fixtures {
    static let repository =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    static let folder = repository + "/Tests/Fixtures"

    /// Compares with a golden text; with LINTEL_GOLDEN=write it is written anew, to be read
    /// before it is committed.
    static func expect(
        _ text: String, isGolden name: String,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let path = "\(folder)/\(name)"
        if getenv("LINTEL_GOLDEN").map({ String(cString: $0) }) == "write" {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == golden, sourceLocation: location)
    }
}

/// One phone's pass as the hotel's records and the phone itself have it.
struct Guest {
    let name: String
    let number: UInt8

    init(_ name: String, _ number: UInt8) {
        self.name = name
        self.number = number
    }

    private var keyBytes: [UInt8] { [UInt8](repeating: number, count: 32) }

    func key() throws -> DeviceKey { try #require(DeviceKey(bytes: keyBytes)) }

    var issued: IssuedPass {
        IssuedPass(
            pass: CredentialID(UInt64(number)).text, deviceKey: Hexadecimal.encode(keyBytes),
            site: Hotel.identifier, epoch: Hotel.epoch.rawValue,
            beaconKeys: [.init(key: Hexadecimal.encode(Hotel.beaconKeyBytes))],
            gateways: [.init(gateway: "\(Hotel.gateway)", zone: Hotel.identifier)])
    }

    func encoder() throws -> PassEncoder {
        PassEncoder(deviceKey: try key(), site: Hotel.site, zone: Hotel.zone, epoch: Hotel.epoch)
    }
}

/// The hotel server's side, and the folder of its one gateway.
final class Hotel: Sendable {
    static let identifier = "a0a1a2a3a4a5a6a7"
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    static let epoch = KeyEpoch(rawValue: 7)
    static let beaconKeyBytes = [UInt8](repeating: 0xBC, count: 32)
    /// Every guest may pass door 2; door 3 is somebody else's.
    static let guestDoors: UInt32 = 1 << 2

    let folder: String
    let issuer: IssuingSecretKey
    let configuration: String

    init(adapter: String = "hci0") throws {
        var name = Array("/tmp/lintel-gateway-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        var random = SystemRandomNumberGenerator()
        issuer = .random(using: &random)
        configuration = folder + "/lintel.conf"
        try issuer.publicKey.exportedText().write(
            toFile: folder + "/issuer", atomically: true, encoding: .utf8)
        var text = """
            [gateway]
            id = b0b1b2b3
            site = \(Self.identifier)
            zone = \(Self.identifier)
            state = \(folder)/state
            [radio corridor]
            adapter = \(adapter)
            [hotel]
            issuer = \(folder)/issuer
            [api]
            socket = \(folder)/api

            """
        for (room, index) in [("301", 2), ("302", 3)] {
            text += """
                [door \(room)]
                index = \(index)
                kind = guest-room
                radio = corridor
                lock = sim/lock-\(room)
                contact = sim/contact-\(room)
                pulse = 3s

                """
        }
        try text.write(toFile: configuration, atomically: true, encoding: .utf8)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func beaconKey() throws -> BeaconKey {
        try #require(BeaconKey(bytes: beaconKeyBytes))
    }

    func settings() throws -> Settings {
        let report = Settings.load(configuration)
        return try #require(report.settings, "\(report.findings.text)")
    }

    func store() throws -> SnapshotStore { try SnapshotStore(settings()) }

    func file(_ name: String) -> String { "\(folder)/\(name)" }

    func snapshot(
        epoch: UInt64 = 1, of guests: [Guest] = [],
        issued: UnixTime = UnixTime(seconds: WallClock.now().seconds)
    ) throws -> Snapshot {
        Snapshot(
            site: Self.site, zone: Self.zone, gateway: Self.gateway, epoch: epoch,
            issued: issued, lease: .hours(24),
            beaconPeriods: [
                .init(
                    begins: UnixTime(seconds: issued.seconds - 86_400),
                    key: try Self.beaconKey())
            ],
            doors: [.init(index: 2, raisedLevel: 0), .init(index: 3, raisedLevel: 0)],
            credentials: try guests.map { guest in
                .init(
                    id: UInt64(guest.number),
                    recognitionKey: try guest.key().recognitionKey(
                        zone: Self.zone, epoch: Self.epoch),
                    gatewayKey: try guest.key().gatewayKey(
                        site: Self.site, gateway: Self.gateway, epoch: Self.epoch),
                    notBefore: UnixTime(seconds: issued.seconds - 3_600),
                    expires: UnixTime(seconds: issued.seconds + 86_400), generation: 1,
                    kind: .guest, doors: Self.guestDoors, levelMax: 3,
                    consent: [.recogniseArrival])
            })
    }

    func sealed(_ snapshot: Snapshot, to key: BoxPublicKey? = nil) throws -> [UInt8] {
        try snapshot.sealed(to: key ?? store().enrolledKey().publicKey, signedBy: issuer)
    }

    /// Puts a new snapshot in force.
    func grant(epoch: UInt64 = 1, _ guests: Guest...) throws {
        _ = try store().accept(sealed(snapshot(epoch: epoch, of: guests)), subject: "a snapshot")
    }
}

/// A gateway as `lintel run` runs it, in this process and with a chip that can be looked at.
final class RunningGateway: Sendable {
    let chip = SimulatedChip()
    let events = LineStore()
    private let service: GatewayService
    private let thread: Thread
    private let logFile: FileDescriptor
    private let logPath: String
    private let socket: String
    private let hasStopped = Mutex(false)

    /// - Parameter listener: also told of every event, on the office's thread.
    init(_ hotel: Hotel, listener: @escaping @Sendable (String) -> Void = { _ in }) throws {
        Signals.ignoreBrokenPipes()
        logPath = hotel.file("gateway.log")
        socket = hotel.file("api")
        logFile = try .open(logPath, flags: O_RDWR | O_CREAT | O_APPEND)
        let events = events
        let configuration = hotel.configuration
        let service = try GatewayService(
            hotel.settings(), log: Log(.text(descriptor: logFile.rawValue)), simulated: chip,
            events: { line in
                events.append(line)
                listener(line)
            }, reloaded: { Settings.load(configuration) })
        self.service = service
        thread = try Thread(name: "gateway") { _ = try? service.run() }
    }

    deinit { stop() }

    /// Ends it, locks at rest; more than once does no harm.
    func stop() {
        let isFirst = hasStopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        service.stop()
        thread.join()
    }

    func reload() { service.reload() }

    var logged: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Changes of the guests' lock, and of the lock that nobody may open.
    var edges: [SimulatedChip.Edge] { chip.edges.filter { $0.line == "lock-301" } }
    var otherEdges: [SimulatedChip.Edge] { chip.edges.filter { $0.line == "lock-302" } }

    /// Log and events, for messages.
    var scene: String { logged + events.all.joined(separator: "\n") }

    func waits(for what: String, _ isSo: () -> Bool) async throws {
        try await eventually(what, scene: { scene }, isSo)
    }

    /// Returns once this many pulses of the lock are over.
    func hasPulsed(_ times: Int) async throws {
        try await waits(for: "pulse \(times) of the lock is over") { edges.count >= 2 * times }
    }

    func hears() async throws {
        try await waits(for: "the radio scans") { logged.contains("scanning on") }
        try Installer.confirmClock(Programs.lintel, socket: socket)
    }
}
