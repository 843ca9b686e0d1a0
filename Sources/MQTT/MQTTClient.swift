// SPDX-License-Identifier: Apache-2.0
// One MQTT 3.1.1 session over libmosquitto, driven by our own loop: no thread of the library's, and
// no reconnecting of its own. Each connection gets a new library handle, so nothing of an old one
// can surprise it; what was not acknowledged when a connection ended is the caller's to send again.
// The session itself is the broker's to keep (`clean_session` false): messages at QoS 1 wait there.
import CMosquitto
import Glibc
import Platform
import Timebase

/// A client of one broker, used on its loop's thread.
public final class MQTTClient {
    public enum State: Sendable {
        case idle
        case connecting
        case connected
    }

    public let settings: MQTTSettings
    public private(set) var state = State.idle
    /// The broker took the session up; whether it had kept one.
    public var onConnected: (_ hadSession: Bool) -> Void = { _ in }
    /// The connection is over, or never came about. `connect()` may be called from here.
    public var onClosed: (MQTTError) -> Void = { _ in }
    public var onMessage: (MQTTMessage) -> Void = { _ in }

    private let loop: EventLoop
    private var connection: MQTTConnection?
    private var ticker: TimerSource?
    private var connectBy = Instant.never
    private var addresses = AddressChoice()
    /// Why the attempt was over before it began.
    private var failure: MQTTError?
    private var acknowledged: [Int32: () -> Void] = [:]
    private var subscribing: [Int32: [String]] = [:]

    public init(_ settings: MQTTSettings, _ loop: EventLoop) throws(SystemError) {
        self.settings = settings
        self.loop = loop
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
    }

    /// Messages that were published and not acknowledged yet.
    public var unacknowledged: Int { acknowledged.count }

    /// Begins to connect; `onConnected` or `onClosed` follows, never from within. Names are looked
    /// up here, which may block for seconds.
    public func connect() {
        precondition(state == .idle, "there is a connection already")
        state = .connecting
        connectBy = MonotonicClock.now() + settings.connectWithin
        do throws(MQTTError) {
            let connection = try MQTTConnection(settings)
            self.connection = connection
            connection.owner = self
            try connection.start(settings, overIPv4: addresses.overIPv4)
            try follow(connection)
            arm(MonotonicClock.now() + Limits.tickPeriod)
        } catch {
            failure = error
            arm(MonotonicClock.now())
        }
    }

    /// Ends the connection in good order, without the will; `onClosed` is not called. What is not
    /// acknowledged yet may or may not arrive.
    public func disconnect() {
        connection?.sayGoodbye()
        close()
    }

    /// Subscribes at QoS 1; the connection is closed with `subscriptionDenied` where the broker
    /// does not allow it.
    public func subscribe(to filters: [String]) throws(MQTTError) {
        guard let connection, state == .connected else { throw .lost("not connected") }
        subscribing[try connection.subscribe(to: filters)] = filters
        try follow(connection)
    }

    /// Publishes at QoS 1; `acknowledged` is called when the broker has it (PUBACK), and never if
    /// the connection ends before.
    public func publish(
        _ message: MQTTMessage, acknowledged done: @escaping () -> Void = {}
    ) throws(MQTTError) {
        guard let connection, state == .connected else { throw .lost("not connected") }
        acknowledged[try connection.publish(message)] = done
        try follow(connection)
    }

    // MARK: - The library's turn

    func connected(_ code: Int32, hadSession: Bool) {
        guard code == 0 else {
            return end(.refused(String(cString: mosquitto_connack_string(code))))
        }
        state = .connected
        addresses.succeeded()
        connectBy = .never
        onConnected(hadSession)
    }

    func published(_ identifier: Int32) {
        acknowledged.removeValue(forKey: identifier)?()
    }

    func subscribed(_ identifier: Int32, granted: [Int32]) {
        guard let filters = subscribing.removeValue(forKey: identifier) else { return }
        // 3.1.1 says 128 for a refusal.
        let denied = zip(filters, granted).filter { $0.1 > 2 }.map(\.0)
        if !denied.isEmpty { end(.subscriptionDenied(denied)) }
    }

    func received(_ topic: String, _ payload: UnsafeRawBufferPointer, isRetained: Bool) {
        guard payload.count <= Limits.messageBytesMax else {
            return end(.lost("a message of \(payload.count) bytes is longer than any we take"))
        }
        onMessage(MQTTMessage(topic, payload, isRetained: isRetained))
    }

    /// The descriptor is ready.
    func turn(_ connection: MQTTConnection, _ events: IOEvents) {
        guard connection === self.connection else { return }
        do throws(MQTTError) {
            try connection.turn(events)
            // A handler may have ended it meanwhile.
            guard connection === self.connection else { return }
            // The library goes on trying to shake hands with a host that has hung up.
            let isOver = !events.isDisjoint(with: [.failed, .hungUp])
            if state == .connecting, isOver { return end(.lost("the host refuses or hung up")) }
            try follow(connection)
        } catch {
            if connection === self.connection { end(error) }
        }
    }

    private func tick(_ now: Instant) {
        if let failure { return end(failure) }
        guard let connection else { return }
        guard now < connectBy else { return end(.timedOut) }
        arm(now + Limits.tickPeriod)
        do throws(MQTTError) {
            try connection.lookAfterItself()
            if connection === self.connection { try follow(connection) }
        } catch {
            if connection === self.connection { end(error) }
        }
    }

    /// Watches the connection for what it waits for now.
    private func follow(_ connection: MQTTConnection) throws(MQTTError) {
        do throws(SystemError) {
            try connection.watch(loop) { [unowned self] events in turn(connection, events) }
        } catch {
            throw .failed(doing: "watch the connection to the broker", words: error.reason)
        }
    }

    private func arm(_ deadline: Instant) {
        do throws(SystemError) { try ticker?.arm(deadline) } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    private func end(_ error: MQTTError) {
        guard state != .idle else { return }
        if state == .connecting { addresses.failed() }
        close()
        onClosed(error)
    }

    private func close() {
        state = .idle
        failure = nil
        acknowledged.removeAll()
        subscribing.removeAll()
        guard let connection else { return }
        self.connection = nil
        connection.owner = nil
        connection.unwatch()
        // It may be the library that is calling; it must have returned before it is let go of.
        try? loop.post { withExtendedLifetime(connection) {} }
    }

    deinit {
        connection?.owner = nil
        connection?.unwatch()
    }
}
