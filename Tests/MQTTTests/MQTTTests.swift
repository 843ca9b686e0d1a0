// SPDX-License-Identifier: Apache-2.0
// Against Debian's mosquitto: what the library promises of a broker is shown with a real one.
import Glibc
import MQTT
import Platform
import Rig
import Testing
import Timebase

/// A loop that turns on the test's own thread until something holds.
private final class Turning {
    let loop: EventLoop

    init() throws { loop = try EventLoop() }

    func until(_ what: String, _ isSo: () -> Bool) throws {
        let end = MonotonicClock.now() + .seconds(60)
        while !isSo() {
            try #require(MonotonicClock.now() < end, "\(what): not within 60 s")
            _ = try loop.runOnce(limit: .milliseconds(50))
        }
    }
}

/// A client that notes what happens to it.
private final class Noting {
    let client: MQTTClient
    var messages: [MQTTMessage] = []
    var ends: [MQTTError] = []
    var sessions: [Bool] = []

    init(
        _ turning: Turning, _ port: UInt16, _ identity: BrokerIdentity, _ name: String,
        host: String = "127.0.0.1", will: MQTTMessage? = nil
    ) throws {
        var settings = MQTTSettings(
            host: host, port: port, clientID: name,
            tls: .init(
                authorityFile: identity.authorityFile, certificateFile: identity.certificateFile,
                keyFile: identity.keyFile))
        settings.will = will
        client = try MQTTClient(settings, turning.loop)
        client.onConnected = { [unowned self] in sessions.append($0) }
        client.onClosed = { [unowned self] in ends.append($0) }
        client.onMessage = { [unowned self] in messages.append($0) }
    }
}

private let gateway = "b0b1b2b3"

private func topic(_ kind: String, _ gateway: String = gateway) -> String {
    "lintel/1/a0a1a2a3a4a5a6a7/\(gateway)/\(kind)"
}

/// Debian's installer gives it two, and the system prefers the one no broker of ours listens on.
private let localhostHasIPv6: Bool = {
    var hints = addrinfo()
    hints.ai_family = AF_INET6
    var found: UnsafeMutablePointer<addrinfo>?
    defer { freeaddrinfo(found) }
    return getaddrinfo("localhost", nil, &hints, &found) == 0
}()

@Suite("MQTT over a real broker")
struct MQTTTests {
    @Test("Messages arrive and are acknowledged; what waited for an absent client comes later")
    func delivery() throws {
        let broker = try Broker()
        try broker.start()
        let turning = try Turning()
        let hotel = try Noting(
            turning, broker.port, broker.authority.issue(Broker.hotel), Broker.hotel)
        let ours = try Noting(turning, broker.port, broker.authority.issue(gateway), gateway)
        ours.client.connect()
        hotel.client.connect()
        try turning.until("both are connected") {
            ours.client.state == .connected && hotel.client.state == .connected
        }
        try ours.client.subscribe(to: [topic("command"), topic("snapshot")])
        var acknowledged = 0
        try hotel.client.publish(MQTTMessage(topic("command"), [1, 0, 255])) { acknowledged += 1 }
        try turning.until("the command is there") { ours.messages.count == 1 && acknowledged == 1 }
        #expect(ours.messages == [MQTTMessage(topic("command"), [1, 0, 255])])
        ours.client.disconnect()
        #expect(ours.client.state == .idle)
        try hotel.client.publish(MQTTMessage(topic("command"), [2])) { acknowledged += 1 }
        try hotel.client.publish(MQTTMessage(topic("snapshot"), [3], isRetained: true)) {
            acknowledged += 1
        }
        try turning.until("the broker has both") { acknowledged == 3 }
        ours.client.connect()
        try turning.until("both came later") { ours.messages.count == 3 }
        #expect(ours.sessions == [false, true] && ours.ends.isEmpty)
        #expect(Set(ours.messages.dropFirst().map(\.payload)) == [[2], [3]])
        #expect(hotel.client.unacknowledged == 0)
    }

    @Test("A retained message of 1 MiB arrives whole, and is marked as kept")
    func large() throws {
        let broker = try Broker()
        try broker.start()
        let turning = try Turning()
        let hotel = try Noting(
            turning, broker.port, broker.authority.issue(Broker.hotel), Broker.hotel)
        hotel.client.connect()
        try turning.until("connected") { hotel.client.state == .connected }
        let payload = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        var isKept = false
        try hotel.client.publish(MQTTMessage(topic("snapshot"), payload, isRetained: true)) {
            isKept = true
        }
        try turning.until("the broker has it") { isKept }
        try hotel.client.subscribe(to: [topic("snapshot")])
        try turning.until("it came") { !hotel.messages.isEmpty }
        #expect(hotel.messages == [MQTTMessage(topic("snapshot"), payload, isRetained: true)])
    }

    @Test("A broker that is killed ends the connection, says the will, and takes the client back")
    func restart() throws {
        let broker = try Broker()
        try broker.start()
        let turning = try Turning()
        let hotel = try Noting(
            turning, broker.port, broker.authority.issue(Broker.hotel), Broker.hotel)
        let will = MQTTMessage(topic("status"), Array("gone".utf8), isRetained: true)
        var ours: Noting? = try Noting(
            turning, broker.port, broker.authority.issue(gateway), gateway, will: will)
        hotel.client.connect()
        ours?.client.connect()
        try turning.until("connected") {
            ours?.client.state == .connected && hotel.client.state == .connected
        }
        broker.kill()
        try turning.until("both notice") { ours?.ends.count == 1 && hotel.ends.count == 1 }
        ours?.client.connect()
        try turning.until("nobody listens") { ours?.ends.count == 2 }
        try broker.start()
        ours?.client.connect()
        hotel.client.connect()
        try turning.until("connected again") {
            ours?.client.state == .connected && hotel.client.state == .connected
        }
        try hotel.client.subscribe(to: ["lintel/1/a0a1a2a3a4a5a6a7/+/status"])
        ours = nil
        try turning.until("the will is said") { !hotel.messages.isEmpty }
        #expect(hotel.messages.map(\.payload) == [will.payload])
    }

    @Test(
        "A broker that answers on one of its name's addresses only is found",
        .enabled(if: localhostHasIPv6, "'localhost' has one address here"))
    func addresses() throws {
        let broker = try Broker()
        try broker.start()
        let turning = try Turning()
        let hotel = try Noting(
            turning, broker.port, broker.authority.issue(Broker.hotel), Broker.hotel,
            host: "localhost")
        for attempt in 0...2 where hotel.client.state == .idle {
            hotel.client.connect()
            try turning.until("attempt \(attempt) is over") { hotel.client.state != .connecting }
        }
        #expect(hotel.client.state == .connected)
    }

    @Test("Foreign authorities, revoked certificates and no certificate at all come to nothing")
    func strangers() throws {
        let broker = try Broker()
        let revoked = try broker.authority.issue("c0c1c2c3")
        try broker.authority.revoke(revoked)
        try broker.start()
        let elsewhere = try Broker()
        let stranger = try elsewhere.authority.issue(gateway)
        let turning = try Turning()
        // A certificate of theirs, but our trust: the broker refuses us.
        let theirs = BrokerIdentity(
            authorityFile: broker.authority.authorityFile,
            certificateFile: stranger.certificateFile, keyFile: stranger.keyFile)
        let missing = BrokerIdentity(
            authorityFile: "/nowhere", certificateFile: "/nowhere", keyFile: "/nowhere")
        for identity in [stranger, theirs, revoked, missing] {
            let client = try Noting(turning, broker.port, identity, gateway)
            client.client.connect()
            try turning.until("it is refused") { !client.ends.isEmpty }
            #expect(client.sessions.isEmpty && client.client.state == .idle)
        }
        let nameless = try MQTTClient(
            MQTTSettings(host: "127.0.0.1", port: broker.port, clientID: gateway, tls: nil),
            turning.loop)
        var end: MQTTError?
        nameless.onClosed = { end = $0 }
        nameless.connect()
        try turning.until("it is refused") { end != nil }
    }

    @Test("A gateway may neither read another's topics nor write the hotel's")
    func confinement() throws {
        let broker = try Broker()
        try broker.start()
        let turning = try Turning()
        let ours = try Noting(turning, broker.port, broker.authority.issue(gateway), gateway)
        let hotel = try Noting(
            turning, broker.port, broker.authority.issue(Broker.hotel), Broker.hotel)
        ours.client.connect()
        hotel.client.connect()
        try turning.until("connected") {
            ours.client.state == .connected && hotel.client.state == .connected
        }
        try hotel.client.subscribe(to: ["lintel/1/#"])
        // The broker answers and forgets what it does not allow; only the allowed one arrives.
        try ours.client.publish(MQTTMessage(topic("snapshot"), [1]))
        try ours.client.publish(MQTTMessage(topic("event", "c0c1c2c3"), [2]))
        try ours.client.publish(MQTTMessage(topic("event"), [3]))
        try turning.until("the allowed one came") { !hotel.messages.isEmpty }
        #expect(hotel.messages.map(\.payload) == [[3]])
        try ours.client.subscribe(to: [topic("ack")])
        try hotel.client.publish(MQTTMessage(topic("ack", "c0c1c2c3"), [4]))
        try hotel.client.publish(MQTTMessage(topic("ack"), [5]))
        try turning.until("our own ack came") { !ours.messages.isEmpty }
        #expect(ours.messages.map(\.payload) == [[5]])
    }
}
