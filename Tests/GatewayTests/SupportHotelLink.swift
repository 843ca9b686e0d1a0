// SPDX-License-Identifier: Apache-2.0
// A whole gateway linked to a hotel through a real broker; the test holds the hotel's end.
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

@testable import Gateway

/// Broker, gateway and the hotel's client on a loop that turns on the test's own thread.
final class LinkedGateway {
    let hotel: Hotel
    let broker: Broker
    /// The gateway's certificate and key.
    let ours: BrokerIdentity
    private(set) var gateway: RunningGateway
    private let loop: EventLoop
    private let client: MQTTClient
    private(set) var events: [JSONValue] = []
    private(set) var lines: [String] = []
    private(set) var position = EventPosition.beginning
    private(set) var results: [CommandResult] = []
    private(set) var status: GatewayStatus?
    private(set) var reports: [String] = []
    /// False while the hotel says nothing of what it stored; then it says so at once.
    var acknowledges = true { didSet { if acknowledges { acknowledge() } } }

    init() throws {
        broker = try Broker()
        ours = try broker.authority.issue("\(Hotel.gateway)")
        hotel = try Hotel(adapter: "h4:unix:/nonexistent/lintel-radio")
        let text = String(
            decoding: try StateFile.read(hotel.configuration, bytesMax: 1 << 20), as: UTF8.self)
        let linked = text.replacing(
            "[hotel]\n",
            with: """
                [hotel]
                broker = mqtts://127.0.0.1:\(broker.port)
                authority = \(ours.authorityFile)
                certificate = \(ours.certificateFile)
                key = \(ours.keyFile)

                """)
        try StateFile.replace(hotel.configuration, with: Array(linked.utf8))
        try broker.start()
        loop = try EventLoop()
        let identity = try broker.authority.issue(Broker.hotel)
        client = try MQTTClient(
            MQTTSettings(
                host: "127.0.0.1", port: broker.port, clientID: Broker.hotel,
                tls: .init(
                    authorityFile: identity.authorityFile,
                    certificateFile: identity.certificateFile, keyFile: identity.keyFile)), loop)
        gateway = try RunningGateway(hotel)
        client.onConnected = { [unowned self] _ in
            try? client.subscribe(
                to: TopicKind.fromGateway.map { Topic.filter($0, at: Hotel.site) })
        }
        client.onClosed = { [unowned self] _ in client.connect() }
        client.onMessage = { [unowned self] in take($0) }
        client.connect()
        try until("the hotel is connected") { client.state == .connected }
        try settle()
    }

    func restart() throws {
        gateway.stop()
        try start()
        try settle()
    }

    /// Starts it again, with a clock it does not know.
    func start() throws {
        status = nil
        gateway = try RunningGateway(hotel)
        try until("the gateway is online again") { status?.isOnline == true && status?.at != nil }
    }

    /// Cuts the gateway off, gives its journal so many events that the hotel has not heard, and
    /// starts it again.
    ///
    /// - Returns: the start those events are of.
    func waitsWithEvents(_ count: Int) throws -> UInt32 {
        gateway.stop()
        broker.kill()
        let journal = Journal(path: hotel.file("state/journal"))
        let boot = journal.last.boot + 1
        var chain = EventChain(head: journal.head)
        for sequence in 1...UInt64(count) {
            var line = JSONLine()
            line.add("boot", boot)
            line.add("sequence", sequence)
            line.add("event", "granted")
            journal.append(
                EventPosition(boot: boot, sequence: sequence), chain.tie(line),
                isDispensable: false, at: .origin)
            if sequence % 1_000 == 0 { #expect(journal.commit(at: .origin).isEmpty) }
        }
        #expect(journal.commit(at: .origin).isEmpty && journal.failure == nil)
        gateway = try RunningGateway(hotel)
        try until("it runs") { gateway.scene.contains("\"boot\"") }
        return boot
    }

    /// Machines of tests have no clock that the kernel vouches for: the hotel says it is right.
    private func settle() throws {
        try until("the gateway is online") { status?.isOnline == true && status?.at != nil }
        let confirmation = command(.confirmTime(boot: status?.boot ?? 0))
        try send(confirmation)
        #expect(try result(of: confirmation).outcome == .done)
        try until("the clock is believed") { status.map { $0.clock != "untrusted" } ?? false }
    }

    /// Turns the loop until something holds; beyond the longest wait between two attempts to
    /// connect, a minute.
    func until(
        _ what: String, within limit: Interval = .minutes(3), _ isSo: () -> Bool
    ) throws {
        let end = MonotonicClock.now() + limit
        while !isSo() {
            try #require(MonotonicClock.now() < end, "\(what): not in time\n\(gateway.scene)")
            _ = try loop.runOnce(limit: .milliseconds(20))
        }
    }

    /// Lets what might come come.
    func pass(_ time: Interval) throws {
        let end = MonotonicClock.now() + time
        try until("time passes") { MonotonicClock.now() > end }
    }

    func publish(_ kind: TopicKind, _ payload: [UInt8]) throws {
        try until("the hotel is connected") { client.state == .connected }
        try client.publish(
            MQTTMessage(
                "\(Topic(kind, of: Hotel.gateway, at: Hotel.site))", payload,
                isRetained: kind.isRetained))
    }

    func command(
        _ order: HotelOrder, issued: UnixTime = WallClock.now(), lasts: Interval = .minutes(1)
    ) -> SignedCommand {
        var random = SystemRandomNumberGenerator()
        return SignedCommand(
            id: CommandID(using: &random), issued: issued, expires: issued + lasts, order: order,
            reason: "test")
    }

    func send(_ command: SignedCommand) throws {
        try publish(
            .command,
            command.signed(for: Hotel.gateway, of: Hotel.site, by: hotel.issuer))
    }

    func result(of command: SignedCommand) throws -> CommandResult {
        try until("a result") { results.contains { $0.command == command.id } }
        return try #require(results.first { $0.command == command.id })
    }

    func count(_ event: String) -> Int {
        events.filter { $0["event"]?.string == event }.count
    }

    private func take(_ message: MQTTMessage) {
        switch Topic(message.topic)?.kind {
        case .event:
            guard let batch = try? EventBatch(message.payload, from: Hotel.gateway) else { return }
            for event in batch.events {
                let place = EventPosition(boot: batch.boot, sequence: event.sequence)
                guard place > position else { continue }
                position = place
                events.append(event.members)
                lines.append(event.line)
            }
            if acknowledges { acknowledge() }
        case .status: status = try? GatewayStatus(message.payload)
        case .result:
            if let result = try? CommandResult(message.payload) { results.append(result) }
        case .report: reports.append(String(decoding: message.payload, as: UTF8.self))
        default: break
        }
    }

    private func acknowledge() {
        let found = Acknowledgement(position: position, time: WallClock.now())
        try? publish(.ack, found.signed(for: Hotel.gateway, of: Hotel.site, by: hotel.issuer))
    }
}
