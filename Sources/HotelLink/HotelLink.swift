// SPDX-License-Identifier: Apache-2.0
// The session of a gateway with its hotel: connects and stays connected, sends what the journal has
// until the hotel acknowledges it, and hands over what comes. It believes nothing: whatever comes
// is only bytes until its owner has verified it.
//
// Events go out in order and several batches ahead of the hotel's acknowledgement. After any break,
// or when no acknowledgement comes, sending begins again behind the last acknowledged event; the
// hotel takes each event once.
import GuestPass
import HotelWire
import MQTT
import Platform
import Timebase

/// Whoever has the state behind a link.
public protocol HotelLinkOwner: AnyObject {
    /// The last event the hotel has for good.
    var acknowledged: EventPosition { get }
    /// Events after a position, oldest first, all of one start of the service and few enough for
    /// one batch.
    func events(after position: EventPosition) -> [(position: EventPosition, line: String)]
    /// Results of commands that the broker has not taken yet.
    func unsentResults() -> [(id: CommandID, result: String)]
    /// The broker has taken a result.
    func sent(_ id: CommandID)
    func status() -> GatewayStatus
    /// Something came on one of the gateway's own topics.
    func receive(_ kind: TopicKind, _ payload: [UInt8])
    /// The link came up, or is down and why.
    func linkChanged()
}

/// What the link has done since it was made.
public struct HotelLinkCounters: Hashable, Sendable {
    public init() {}

    public internal(set) var connections: UInt64 = 0
    public internal(set) var failures: UInt64 = 0
    public internal(set) var eventsSent: UInt64 = 0
    /// Times sending began again for want of an acknowledgement.
    public internal(set) var resends: UInt64 = 0
    public internal(set) var messagesReceived: UInt64 = 0
    /// Messages on topics that are not this gateway's.
    public internal(set) var messagesForeign: UInt64 = 0
}

/// One gateway's end.
public final class HotelLink {
    public enum State: Hashable, Sendable {
        case connected
        case connecting
        /// Waiting to try again, and why the last attempt or connection ended.
        case waiting(MQTTError)
        case stopped
    }

    public private(set) var state = State.stopped
    public private(set) var counters = HotelLinkCounters()
    public weak var owner: HotelLinkOwner?

    private let site: SiteID
    private let gateway: GatewayID
    private let chance: () -> Double
    private let client: MQTTClient
    private var ticker: TimerSource?
    private var backoff = Backoff()
    private var connectedAt: Instant?
    private var retryAt: Instant?

    /// The last event handed to the broker in this connection.
    private var cursor = EventPosition.beginning
    /// The last events of batches the hotel has not acknowledged.
    private var inFlight: [EventPosition] = []
    private var lastAcknowledged = EventPosition.beginning
    private var resendAt = Instant.never
    /// What was last told, without its time.
    private var toldStatus: GatewayStatus?
    private var statusDueAt = Instant.origin
    private var resultsInFlight: Set<CommandID> = []

    /// - Parameter chance: uniform in 0…1, drawn anew at each call.
    public init(
        _ settings: MQTTSettings, site: SiteID, gateway: GatewayID, _ loop: EventLoop,
        chance: @escaping () -> Double = { Double.random(in: 0...1) }
    ) throws(SystemError) {
        self.site = site
        self.gateway = gateway
        self.chance = chance
        var settings = settings
        settings.will = MQTTMessage(
            "\(Topic(.status, of: gateway, at: site))", GatewayStatus.offline.utf8,
            isRetained: true)
        client = try MQTTClient(settings, loop)
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
        client.onConnected = { [unowned self] _ in connected() }
        client.onClosed = { [unowned self] error in closed(error) }
        client.onMessage = { [unowned self] message in received(message) }
    }

    /// Begins to connect, at a moment of its own within the first second.
    public func start(at now: Instant) {
        precondition(state == .stopped)
        state = .connecting
        retryAt = now + .milliseconds(Int64(chance() * 1_000))
        arm(now)
    }

    /// Says goodbye: the hotel knows at once that the gateway is off.
    public func stop() {
        state = .stopped
        if client.state == .connected {
            publish(.status, Array(GatewayStatus.offline.utf8))
        }
        client.disconnect()
    }

    /// Connects anew: the files that prove who the gateway is have new contents.
    public func renew(at now: Instant) {
        guard state != .stopped else { return }
        client.disconnect()
        forgetConnection()
        state = .connecting
        retryAt = now
        arm(now)
        owner?.linkChanged()
    }

    /// New events are on the disk, or some were acknowledged.
    public func eventsChanged(at now: Instant) {
        guard state == .connected else { return }
        let acknowledged = owner?.acknowledged ?? .beginning
        let before = inFlight.count
        inFlight.removeAll { $0 <= acknowledged }
        if inFlight.count < before { resendAt = now + Limits.resendAfter }
        // The hotel may have been set back to an earlier state of its records.
        if acknowledged < lastAcknowledged { inFlight.removeAll() }
        if inFlight.isEmpty {
            cursor = acknowledged
            resendAt = .never
        }
        cursor = max(cursor, acknowledged)
        lastAcknowledged = acknowledged
        sendEvents(now)
    }

    /// Commands have results.
    public func resultsChanged() {
        guard state == .connected else { return }
        for (id, result) in owner?.unsentResults() ?? [] where !resultsInFlight.contains(id) {
            guard resultsInFlight.count < Limits.resultsInFlightMax else { return }
            let isOut = publish(.result, Array(result.utf8)) { [unowned self] in
                resultsInFlight.remove(id)
                owner?.sent(id)
                resultsChanged()
            }
            guard isOut else { return }
            resultsInFlight.insert(id)
        }
    }

    /// Sends a bundle somebody asked for.
    public func send(report: [UInt8]) {
        guard state == .connected else { return }
        publish(.report, report)
    }

    // MARK: - The connection

    private func connected() {
        let now = MonotonicClock.now()
        counters.connections += 1
        connectedAt = now
        state = .connected
        let topics = TopicKind.forGateway.map { "\(Topic($0, of: gateway, at: site))" }
        do throws(MQTTError) { try client.subscribe(to: topics) } catch { return giveUp(error) }
        cursor = owner?.acknowledged ?? .beginning
        toldStatus = nil
        statusDueAt = now
        sendStatus(now)
        resultsChanged()
        sendEvents(now)
        owner?.linkChanged()
    }

    private func closed(_ error: MQTTError) {
        let now = MonotonicClock.now()
        counters.failures += 1
        if let connectedAt, now - connectedAt > Limits.steadyAfter { backoff.reset() }
        forgetConnection()
        state = .waiting(error)
        retryAt = now + backoff.next(chance: chance())
        arm(now)
        owner?.linkChanged()
    }

    private func forgetConnection() {
        connectedAt = nil
        inFlight.removeAll()
        resultsInFlight.removeAll()
        resendAt = .never
    }

    /// A connection that cannot be used is ended like one that broke, once.
    private func giveUp(_ error: MQTTError) {
        guard state == .connected else { return }
        client.disconnect()
        closed(error)
    }

    private func tick(_ now: Instant) {
        guard state != .stopped else { return }
        if let due = retryAt, due <= now {
            retryAt = nil
            if case .waiting = state { state = .connecting }
            client.connect()
        }
        if state == .connected {
            if now >= resendAt {
                counters.resends += 1
                cursor = owner?.acknowledged ?? .beginning
                inFlight.removeAll()
                sendEvents(now)
            }
            sendStatus(now)
        }
        arm(now)
    }

    private func arm(_ now: Instant) {
        let due = Instant.earlier(retryAt, now + Limits.statusPeriod)
        do throws(SystemError) { try ticker?.arm(due) } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    // MARK: - Out

    private func sendEvents(_ now: Instant) {
        while state == .connected, inFlight.count < Limits.batchesInFlightMax {
            guard let batch = owner?.events(after: cursor), let last = batch.last else { return }
            let text = EventBatch.text(
                gateway: gateway, boot: last.position.boot, after: cursor,
                lines: batch.map(\.line))
            guard publish(.event, Array(text.utf8)) else { return }
            if inFlight.isEmpty { resendAt = now + Limits.resendAfter }
            inFlight.append(last.position)
            cursor = last.position
            counters.eventsSent += UInt64(batch.count)
        }
    }

    private func sendStatus(_ now: Instant) {
        guard now >= statusDueAt, let status = owner?.status() else { return }
        var timeless = status
        timeless.at = nil
        guard timeless != toldStatus, publish(.status, Array(status.text.utf8)) else { return }
        toldStatus = timeless
        statusDueAt = now + Limits.statusPeriod
    }

    @discardableResult
    private func publish(
        _ kind: TopicKind, _ payload: [UInt8], acknowledged: @escaping () -> Void = {}
    ) -> Bool {
        let topic = "\(Topic(kind, of: gateway, at: site))"
        let message = MQTTMessage(topic, payload, isRetained: kind.isRetained)
        do throws(MQTTError) {
            guard client.unacknowledged < Limits.unacknowledgedMax else {
                throw .lost("the broker takes nothing any more")
            }
            try client.publish(message, acknowledged: acknowledged)
            return true
        } catch {
            giveUp(error)
            return false
        }
    }

    // MARK: - In

    private func received(_ message: MQTTMessage) {
        counters.messagesReceived += 1
        guard let topic = Topic(message.topic), topic.site == site, topic.gateway == gateway,
            TopicKind.forGateway.contains(topic.kind)
        else {
            counters.messagesForeign += 1
            return
        }
        owner?.receive(topic.kind, message.payload)
    }
}
