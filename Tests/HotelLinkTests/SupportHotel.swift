// SPDX-License-Identifier: Apache-2.0
// Both ends of a link on one loop: a gateway's journal behind the real link, and a hotel that keeps
// events as a server must. Between them stands a real broker.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Journal
import MQTT
import Platform
import Rig
import Testing
import Timebase

@testable import HotelLink

let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
let gateway = GatewayID(rawValue: 0xB0B1_B2B3)

/// A gateway without doors: journal and link.
final class Gatehouse: HotelLinkOwner {
    let path: String
    let journal: Journal
    let link: HotelLink
    private let issuer: IssuingPublicKey
    private let boot: UInt32
    private var chain: EventChain
    private(set) var sequence: UInt64 = 0
    private(set) var received: [(kind: TopicKind, payload: [UInt8])] = []
    private(set) var results: [CommandID: String] = [:]
    private(set) var waits: [MQTTError] = []
    var epoch: UInt64 = 0

    init(
        _ folder: String, port: UInt16, _ identity: BrokerIdentity?, _ issuer: IssuingPublicKey,
        _ loop: EventLoop, boot: UInt32 = 1
    ) throws {
        path = folder + "/journal"
        journal = Journal(path: path)
        chain = EventChain(head: journal.head)
        self.boot = boot
        self.issuer = issuer
        link = try HotelLink(
            MQTTSettings(
                host: "127.0.0.1", port: port, clientID: "\(gateway)",
                tls: identity.map {
                    .init(
                        authorityFile: $0.authorityFile, certificateFile: $0.certificateFile,
                        keyFile: $0.keyFile)
                }),
            site: site, gateway: gateway, loop, chance: { 0 })
        link.owner = self
        link.start(at: MonotonicClock.now())
    }

    func write(_ count: Int) {
        for _ in 0..<count {
            sequence += 1
            var line = JSONLine()
            line.add("boot", boot)
            line.add("sequence", sequence)
            line.add("event", "granted")
            journal.append(
                EventPosition(boot: boot, sequence: sequence), chain.tie(line),
                isDispensable: false, at: .origin)
        }
        _ = journal.commit(at: .origin)
        link.eventsChanged(at: MonotonicClock.now())
    }

    func finish(_ id: CommandID, _ result: String) {
        results[id] = result
        link.resultsChanged()
    }

    var acknowledged: EventPosition { journal.acknowledged }

    func events(after position: EventPosition) -> [(position: EventPosition, line: String)] {
        (try? journal.events(
            after: position, countMax: EventBatch.eventsMax,
            bytesMax: EventBatch.linesBytesMax)) ?? []
    }

    func unsentResults() -> [(id: CommandID, result: String)] {
        results.map { (id: $0.key, result: $0.value) }
    }

    func sent(_ id: CommandID) { results[id] = nil }

    func status() -> GatewayStatus {
        var status = GatewayStatus()
        status.boot = boot
        status.epoch = epoch
        return status
    }

    func receive(_ kind: TopicKind, _ payload: [UInt8]) {
        received.append((kind, payload))
        let recipient = MessageRecipient(site: site, gateway: gateway, issuer: issuer)
        guard kind == .ack, let found = try? Acknowledgement(payload, for: recipient) else {
            return
        }
        journal.acknowledge(found.position, at: .origin)
        link.eventsChanged(at: MonotonicClock.now())
    }

    func linkChanged() {
        if case .waiting(let error) = link.state { waits.append(error) }
    }
}

/// The hotel's end: takes each event once, in order, and says so.
final class TestHotel {
    private let client: MQTTClient
    private let issuer: IssuingSecretKey
    private(set) var lines: [String] = []
    private(set) var position = EventPosition.beginning
    private(set) var batches = 0
    /// Batches that came before what they follow.
    private(set) var gaps = 0
    private(set) var statuses: [GatewayStatus] = []
    private(set) var results: [String] = []
    private(set) var problems: [String] = []
    /// Drops batches and holds acknowledgements back, as asked for.
    var loses: () -> Bool = { false }
    private var time: Int64 = 1_767_225_600

    init(_ broker: Broker, _ issuer: IssuingSecretKey, _ loop: EventLoop) throws {
        self.issuer = issuer
        let identity = try broker.authority.issue(Broker.hotel)
        client = try MQTTClient(
            MQTTSettings(
                host: "127.0.0.1", port: broker.port, clientID: Broker.hotel,
                tls: .init(
                    authorityFile: identity.authorityFile,
                    certificateFile: identity.certificateFile, keyFile: identity.keyFile)), loop)
        client.onConnected = { [unowned self] _ in
            try? client.subscribe(
                to: TopicKind.fromGateway.map { Topic.filter($0, at: site) })
            acknowledge()
        }
        client.onClosed = { [unowned self] _ in client.connect() }
        client.onMessage = { [unowned self] in take($0) }
        client.connect()
    }

    var isConnected: Bool { client.state == .connected }

    func stop() { client.disconnect() }

    func publish(_ kind: TopicKind, _ payload: [UInt8]) throws {
        try client.publish(
            MQTTMessage(
                "\(Topic(kind, of: gateway, at: site))", payload, isRetained: kind.isRetained))
    }

    func acknowledge() {
        time += 1
        let found = Acknowledgement(position: position, time: UnixTime(seconds: time))
        try? publish(.ack, found.signed(for: gateway, of: site, by: issuer))
    }

    private func take(_ message: MQTTMessage) {
        switch Topic(message.topic)?.kind {
        case .event: takeBatch(message.payload)
        case .status:
            if let status = try? GatewayStatus(message.payload) { statuses.append(status) }
        case .result: results.append(String(decoding: message.payload, as: UTF8.self))
        default: problems.append(message.topic)
        }
    }

    private func takeBatch(_ payload: [UInt8]) {
        batches += 1
        guard !loses() else { return }
        do {
            let batch = try EventBatch(payload, from: gateway)
            guard batch.after <= position else {
                gaps += 1
                return
            }
            for event in batch.events {
                let place = EventPosition(boot: batch.boot, sequence: event.sequence)
                guard place > position else { continue }
                lines.append(event.line)
                position = place
            }
            acknowledge()
        } catch {
            problems.append("\(error)")
        }
    }

    /// Whether it has every event of one start exactly once, tied together.
    func hasAll(_ count: Int) -> Bool {
        lines.count == count
            && zip(lines, lines.dropFirst()).allSatisfy { earlier, later in
                later.hasSuffix("\"previous\":\"\(EventChain.hash(earlier))\"}")
            }
    }
}

/// A folder, a broker, a loop that turns on the test's own thread.
final class Scene {
    let folder: String
    let broker: Broker
    let loop: EventLoop
    let issuer: IssuingSecretKey
    let identity: BrokerIdentity

    init() throws {
        var name = Array("/tmp/lintel-link-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        folder = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        broker = try Broker(settings: ["max_queued_messages 10000"])
        loop = try EventLoop()
        var random = SystemRandomNumberGenerator()
        issuer = .random(using: &random)
        identity = try broker.authority.issue("\(gateway)")
    }

    deinit { _ = try? ChildProgram.run(["rm", "-r", "--", folder]) }

    func gatehouse(_ identity: BrokerIdentity? = nil, boot: UInt32 = 1) throws -> Gatehouse {
        try Gatehouse(
            folder, port: broker.port, identity ?? self.identity, issuer.publicKey, loop,
            boot: boot)
    }

    /// At a broker in the clear.
    func gatehouse(at broker: SilentBroker) throws -> Gatehouse {
        try Gatehouse(folder, port: broker.port, nil, issuer.publicKey, loop)
    }

    func hotel() throws -> TestHotel { try TestHotel(broker, issuer, loop) }

    func until(
        _ what: String, within limit: Interval = .minutes(3), _ isSo: () -> Bool
    ) throws {
        let end = MonotonicClock.now() + limit
        while !isSo() {
            try #require(MonotonicClock.now() < end, "\(what): not in time")
            _ = try loop.runOnce(limit: .milliseconds(20))
        }
    }
}
