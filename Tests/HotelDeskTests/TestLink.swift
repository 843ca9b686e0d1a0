// SPDX-License-Identifier: Apache-2.0
// A hotel with a real broker, the real server and gateways that speak its protocol, all on one
// loop that turns on the test's own thread.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import MQTT
import Platform
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The broker that `lintel-hotel broker init` configured.
final class TestBroker {
    let hotel: TestHotel
    let port: UInt16
    private var program: ChildProgram?

    init(_ hotel: TestHotel) throws {
        self.hotel = hotel
        port = try LoopbackPort.free()
        let user = geteuid() == 0 ? "root" : "mosquitto"
        try hotel.done(
            "broker", "init", "--host", "localhost", "--port", "\(port)", "--listen", "127.0.0.1",
            "--user", user)
    }

    var folder: String { hotel.directory + "/desk/broker" }

    /// Starts it; it ends itself, should the tests crash.
    func start() throws {
        let log = try FileDescriptor.open(
            hotel.file("broker.log"), flags: O_WRONLY | O_CREAT | O_APPEND)
        program = try ChildProgram(
            [
                "timeout", "--kill-after=5", "900", "/usr/sbin/mosquitto", "-c",
                folder + "/broker/mosquitto.conf",
            ], output: log)
    }

    /// As a power cut would.
    func kill() {
        program = nil
        LoopbackPort.wait(for: port, isAnswering: false)
    }

    /// From the next start on, anybody it lets in may write in everybody's name.
    func forgetRights() throws {
        let file = folder + "/broker/acl"
        let rights = try StateFile.read(file, bytesMax: 1 << 16)
        try StateFile.replace(file, with: rights + Array("pattern write #\n".utf8))
    }

    func stop() {
        program?.terminate()
        program?.wait()
        program = nil
    }
}

/// A gateway as far as the broker and the server can see.
final class TestPeer {
    let keys: TestGateway
    let client: MQTTClient
    private let issuer: IssuingPublicKey
    var snapshots: [Snapshot] = []
    var acknowledged: [Acknowledgement] = []
    var commands: [SignedCommand] = []
    var ends: [MQTTError] = []
    /// What could not be believed.
    var refusals: [any Error] = []

    init(
        _ keys: TestGateway, _ issuer: IssuingPublicKey, _ loop: EventLoop, port: UInt16,
        tls: MQTTSettings.TLS
    ) throws {
        self.keys = keys
        self.issuer = issuer
        var settings = MQTTSettings(
            host: "localhost", port: port, clientID: keys.id.description, tls: tls)
        settings.will = MQTTMessage(
            "\(Topic(.status, of: keys.id, at: TestHotel.site))", GatewayStatus.offline.utf8,
            isRetained: true)
        client = try MQTTClient(settings, loop)
        client.onConnected = { [unowned self] _ in
            let topics = TopicKind.forGateway.map { "\(topic($0))" }
            do { try client.subscribe(to: topics) } catch { refusals.append(error) }
        }
        client.onClosed = { [unowned self] in
            ends.append($0)
            client.connect()
        }
        client.onMessage = { [unowned self] message in
            do { try take(message) } catch { refusals.append(error) }
        }
        client.connect()
    }

    func topic(_ kind: TopicKind) -> Topic { Topic(kind, of: keys.id, at: TestHotel.site) }

    private func take(_ message: MQTTMessage) throws {
        guard !message.payload.isEmpty else { return }
        let recipient = MessageRecipient(site: TestHotel.site, gateway: keys.id, issuer: issuer)
        switch Topic(message.topic)?.kind {
        case .snapshot:
            snapshots.append(
                try Snapshot(
                    message.payload,
                    for: SnapshotRecipient(
                        site: TestHotel.site, zone: keys.zone, gateway: keys.id,
                        boxKey: keys.boxKey, issuer: issuer, epochFloor: 0)))
        case .ack: acknowledged.append(try Acknowledgement(message.payload, for: recipient))
        case .command: commands.append(try SignedCommand(message.payload, for: recipient))
        default: Issue.record("unasked: \(message.topic)")
        }
    }

    /// What it says of itself.
    func tell(epoch: UInt64) throws {
        var status = GatewayStatus()
        status.boot = 1
        status.epoch = epoch
        status.clock = "trusted"
        status.doors = [
            .init(
                index: 2, name: "301", mode: "normal", level: 3, lock: "locked", leaf: "closed",
                isPrivate: nil, alarms: [])
        ]
        try send(.status, status.text)
    }

    func send(_ kind: TopicKind, _ text: String) throws {
        try client.publish(
            MQTTMessage("\(topic(kind))", text.utf8, isRetained: kind.isRetained))
    }
}

/// Hotel, broker, server and peers.
final class TestLink {
    let hotel: TestHotel
    let issuer: IssuingPublicKey
    let broker: TestBroker
    private(set) var service: HotelService
    private let log: FileDescriptor
    private var program: ChildProgram?

    init() throws {
        hotel = try TestHotel()
        hotel.now.withLock { $0 = WallClock.now() }
        issuer = try hotel.initialise()
        broker = try TestBroker(hotel)
        try broker.start()
        log = try .open(hotel.file("serve.log"), flags: O_WRONLY | O_CREAT | O_APPEND)
        service = try Self.serve(hotel, log)
    }

    private static func serve(
        _ hotel: TestHotel, _ log: borrowing FileDescriptor
    ) throws -> HotelService {
        let text = "[hotel]\ndatabase = \(hotel.database)\n"
        let report = HotelSettings.read([(path: "hotel.conf", bytes: Array(text.utf8))])
        let settings = try #require(report.settings)
        let service = try HotelService(
            settings, log: Log(.text(descriptor: log.rawValue)),
            notifier: ServiceNotifier(socket: hotel.file("notify")))
        try service.start()
        return service
    }

    /// Goes on with the server as a program of its own: the loop turns the gateways alone.
    func startProgram() throws {
        service.end()
        try StateFile.replace(
            hotel.file("hotel.conf"), with: Array("[hotel]\ndatabase = \(hotel.database)\n".utf8))
        program = try ChildProgram(
            [
                "timeout", "900", "\(Self.programs())/lintel-hotel", "serve", "--config",
                hotel.file("hotel.conf"),
            ], output: log)
    }

    /// The folder the programs were built in.
    static func programs() throws -> String {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/")
    }

    /// The program is killed, and started again.
    func killProgram() throws {
        program?.destroy()
        program?.wait()
        try startProgram()
    }

    func stopProgram() { program = nil }

    var logged: String {
        let bytes = try? StateFile.read(hotel.file("serve.log"), bytesMax: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// Turns the loop until something holds; beyond the longest wait between two attempts to
    /// connect, a minute.
    func until(
        _ what: String, within limit: Interval = .minutes(3), _ isSo: () throws -> Bool
    ) throws {
        let end = MonotonicClock.now() + limit
        while try !isSo() {
            try #require(MonotonicClock.now() < end, "\(what): not in time; \(logged)")
            _ = try service.loop.runOnce(limit: .milliseconds(20))
        }
    }

    /// Turns the loop until the server has heard that the gateway is there, and decides by its
    /// first snapshot.
    func untilOnline(_ peer: TestPeer?) throws {
        let peer = try #require(peer)
        try until("it has a snapshot") { !peer.snapshots.isEmpty }
        try until("it is online") {
            if peer.client.state == .connected {
                try peer.tell(epoch: peer.snapshots.last?.epoch ?? 0)
            }
            return try service.desk.link(of: peer.keys.id).isOnline
        }
    }

    /// A gateway that was enrolled as a person would, and connects.
    func enrol(_ name: String, id: UInt32, door: String) throws -> TestPeer {
        let keys = TestGateway(id)
        let tls = try approve(name, keys)
        try hotel.done("door", "add", door, "--gateway", name, "--index", "2")
        return try peer(keys, tls)
    }

    func peer(_ keys: TestGateway, _ tls: MQTTSettings.TLS) throws -> TestPeer {
        try TestPeer(keys, issuer, service.loop, port: broker.port, tls: tls)
    }

    /// Makes keys and a request as `lintel enroll` does, and has them approved.
    func approve(
        _ name: String, _ keys: TestGateway, _ options: String...
    ) throws -> MQTTSettings.TLS {
        let key = hotel.file("\(name).key")
        let request = try CertificateAuthority(folder: hotel.directory).makeKey(key)
        let file = Array(
            EnrolmentRequest(boxKey: keys.boxKey.publicKey, certificateRequest: request).text.utf8)
        try StateFile.replace(hotel.file("\(name).enroll"), with: file)
        let run = hotel.run(
            [
                "gateway", "approve", hotel.file("\(name).enroll"), "--name", name, "--code",
                "\(EnrolmentCode(of: file))", "--id", "\(keys.id)", "--zone", "\(keys.zone)",
                "--out", hotel.file("\(name).approved"),
            ] + options)
        try #require(run.status == .done, "\(run.errors)")
        let bytes = try StateFile.read(
            hotel.file("\(name).approved"), bytesMax: EnrolmentAnswer.bytesMax)
        let answer = try EnrolmentAnswer(bytes)
        try StateFile.replace(hotel.file("\(name).crt"), with: Array(answer.certificate.utf8))
        try StateFile.replace(hotel.file("ca.crt"), with: Array(answer.authority.utf8))
        return .init(
            authorityFile: hotel.file("ca.crt"), certificateFile: hotel.file("\(name).crt"),
            keyFile: key)
    }
}
