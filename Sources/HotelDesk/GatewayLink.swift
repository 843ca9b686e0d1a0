// SPDX-License-Identifier: Apache-2.0
// The server's session with the broker: what gateways send becomes records, what the records say
// goes to the gateways. Nothing that comes in is believed before it was read whole, and what cannot
// be stored is not acknowledged: the gateway keeps it and sends it again.
import CommandLineKit
import GuestPass
import HotelWire
import MQTT
import Platform
import Timebase

/// The part of the hotel server that speaks with the gateways.
final class GatewayLink: HotelPart {
    private let desk: Desk
    private let loop: EventLoop
    private let log: Log
    private let address: BrokerAddress?
    private let site: SiteID
    private var client: MQTTClient?
    private var retry: TimerSource?
    private var attempts = 0
    private var hasToldFailure = false
    private var hasToldNoBroker = false
    private let publisher: SnapshotPublisher
    private var inbox: [EventBatch] = []
    private var drain: TimerSource?
    /// Commands sent on this connection.
    private var sentCommands: [GatewayID: Set<CommandID>] = [:]
    /// Messages nobody could use, by gateway. Those of gateways the hotel does not have are counted
    /// together, under `nil`: there may be as many as anybody likes to make up.
    private var refused: [GatewayID?: Int] = [:]

    /// - Parameter address: where the broker is; `nil`: where gateways are told it is.
    init(_ desk: Desk, _ loop: EventLoop, _ log: Log, address: BrokerAddress?) throws {
        self.desk = desk
        self.loop = loop
        self.log = log
        self.address = address
        site = try desk.site().id
        publisher = try SnapshotPublisher(desk, loop, log)
        publisher.send = { [unowned self] topic, bytes in publish(topic, bytes) }
        retry = try TimerSource(loop) { [unowned self] _ in connect() }
        drain = try TimerSource(loop) { [unowned self] _ in ingest() }
        try desk.noteBrokerLost()
        publisher.checkAll()
        connect()
    }

    // MARK: - What the server tells

    func take(_ change: DeskChange) {
        switch change {
        case .grants(let gateway): publisher.check(gateway)
        case .gateway: sendCommands()
        case .records:
            publisher.checkAll()
            sendCommands()
            if client == nil { connect() }
        case .door, .stay, .guidance, .usage: break
        }
    }

    func tick(_ now: Instant) { publisher.tick() }

    func stop() {
        ingest()
        client?.disconnect()
    }

    // MARK: - The connection

    private func connect() {
        do {
            if client == nil { client = try makeClient() }
            guard let client, client.state == .idle else { return }
            client.connect()
        } catch {
            closed("\(error)")
        }
    }

    private func makeClient() throws -> MQTTClient? {
        guard let broker = try desk.broker() else {
            if !hasToldNoBroker {
                log.warning(
                    "no broker yet: 'lintel-hotel broker init' makes one; nothing "
                        + "reaches the gateways until then")
            }
            hasToldNoBroker = true
            return nil
        }
        let client = try MQTTClient(broker.settings(at: address), loop)
        client.onConnected = { [unowned self] _ in connected() }
        client.onClosed = { [unowned self] error in closed("\(error)") }
        client.onMessage = { [unowned self] message in take(message) }
        return client
    }

    private func connected() {
        log.notice("connected to the broker")
        attempts = 0
        hasToldFailure = false
        sentCommands.removeAll()
        do {
            let filters = TopicKind.fromGateway.map { Topic.filter($0, at: site) }
            try client?.subscribe(to: filters)
        } catch {
            client?.disconnect()
            return closed("\(error)")
        }
        publisher.isConnected = true
        sendCommands()
    }

    private func closed(_ reason: String) {
        publisher.isConnected = false
        attempt("gateways are shown as they last were") { try desk.noteBrokerLost() }
        let longest = min(
            DeskLimits.brokerRetryMax.nanoseconds,
            DeskLimits.brokerRetryMin.nanoseconds << Int64(min(attempts, 10)))
        attempts += 1
        let delay = Interval(nanoseconds: Int64.random(in: longest / 2...longest))
        if !hasToldFailure {
            log.error("\(reason); gateways go on with what they have, trying again")
            hasToldFailure = true
        }
        do throws(SystemError) { try retry?.arm(MonotonicClock.now() + delay) } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    private func publish(_ topic: Topic, _ payload: [UInt8]) {
        guard let client, client.state == .connected else { return }
        let message = MQTTMessage("\(topic)", payload, isRetained: topic.kind.isRetained)
        attempt("it is sent again when the connection is back") {
            try client.publish(message)
        }
    }

    // MARK: - What gateways send

    private func take(_ message: MQTTMessage) {
        guard let topic = Topic(message.topic), topic.site == site else {
            return log.warning("a message on a topic nobody asked for was dropped")
        }
        // A retained message that was cleared.
        if message.payload.isEmpty { return }
        var known: GatewayID?
        do {
            guard try desk.serves(topic.gateway) else {
                throw MessageError.wrongGateway(topic.gateway)
            }
            known = topic.gateway
            try take(message.payload, topic)
        } catch {
            let count = refused[known, default: 0] + 1
            refused[known] = count
            // Each doubling is worth a word; a flood is not.
            if count & (count - 1) == 0 {
                log.warning(
                    "gateway \(topic.gateway): \(topic.kind.rawValue) dropped: \(error) (\(count) "
                        + "\(known == nil ? "of unknown gateways " : "")so far)")
            }
        }
    }

    private func take(_ payload: [UInt8], _ topic: Topic) throws {
        switch topic.kind {
        case .event:
            inbox.append(try EventBatch(payload, from: topic.gateway))
            let isFull = inbox.count >= DeskLimits.ingestBatchesMax
            if isFull { ingest() } else if inbox.count == 1 { armDrain() }
        case .status:
            try take(GatewayStatus(payload), from: topic.gateway)
        case .result:
            let result = try CommandResult(payload)
            if try !desk.note(result, from: topic.gateway), result.outcome == .forged {
                log.error("gateway \(topic.gateway) was sent a command that was not the hotel's")
            }
        case .report:
            let header = payload.prefix { $0 != UInt8(ascii: "\n") }
            guard payload.count <= DeskLimits.reportBytesMax,
                let id = JSONValue(header)?["command"]?.string.flatMap({ CommandID($0) })
            else { throw MessageError.malformed("a report begins with its command") }
            try desk.keep(report: payload, for: id, from: topic.gateway)
        case .snapshot, .command, .ack:
            throw MessageError.notThisKind
        }
    }

    private func take(_ status: GatewayStatus, from gateway: GatewayID) throws {
        let before = try desk.link(of: gateway)
        try desk.note(status, of: gateway)
        guard status.isOnline, !before.isOnline || before.status?.boot != status.boot else {
            return
        }
        // It may have heard nothing of what it was sent while it was away.
        acknowledge(gateway, at: before.position)
        sentCommands.removeValue(forKey: gateway)
        sendCommands()
    }

    private func armDrain() {
        do throws(SystemError) {
            try drain?.arm(MonotonicClock.now() + DeskLimits.ingestDelay)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    /// Stores what came, then says so.
    private func ingest() {
        guard !inbox.isEmpty else { return }
        let batches = inbox
        inbox.removeAll(keepingCapacity: true)
        attempt("events are not acknowledged, and come again") {
            let ingest = try desk.ingest(batches)
            for warning in ingest.warnings { log.error(warning) }
            for (gateway, position) in ingest.positions {
                acknowledge(gateway, at: position)
            }
        }
    }

    private func acknowledge(_ gateway: GatewayID, at position: EventPosition) {
        attempt("its gateway sends them again") {
            let bytes = try desk.acknowledgement(for: gateway, at: position)
            publish(Topic(.ack, of: gateway, at: site), bytes)
        }
    }

    /// Sends commands that wait, each once a connection.
    private func sendCommands() {
        guard client?.state == .connected else { return }
        attempt("commands are late") {
            for (id, gateway, signed) in try desk.openCommands()
            where sentCommands[gateway, default: []].insert(id).inserted {
                publish(Topic(.command, of: gateway, at: site), signed)
            }
        }
    }

    private func attempt(_ consequence: String, _ body: () throws -> Void) {
        do { try body() } catch { log.error("\(error); \(consequence)") }
    }
}
