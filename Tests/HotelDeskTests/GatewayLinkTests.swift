// SPDX-License-Identifier: Apache-2.0
// The server and a real broker; gateways are clients that speak the protocol.
import CommandLineKit
import GuestPass
import HotelWire
import MQTT
import Platform
import Testing
import Timebase

@testable import HotelDesk

@Suite("The link to the gateways", .serialized)
struct GatewayLinkTests {
    @Test("What another command changes is in a gateway's hands within a second")
    func publishes() throws {
        let link = try TestLink()
        let peer = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301")
        try link.until("the first snapshot is there") { !peer.snapshots.isEmpty }
        #expect(peer.snapshots.last?.doors.map(\.index) == [2])
        try link.untilOnline(peer)
        let stay = try link.hotel.done(
            "stay", "add", "--room", "301", "--from", "2026-01-01T00:00:00Z", "--to",
            "2099-01-01T00:00:00Z")
        #expect(stay.contains(#""stay":1"#))
        let phone = try TestPhone.read(try link.hotel.done("pass", "issue", "1"))
        try link.until("the pass is there") { peer.snapshots.last?.credentials.count == 1 }
        let epoch = try #require(peer.snapshots.last?.epoch)
        try link.until("the gateway is behind") {
            let line = try link.hotel.done("list", "gateways")
            return line.contains(#""online":true"#) && line.contains(#""inEffect":false"#)
        }
        try peer.tell(epoch: epoch)
        try link.until("the gateway is in step") {
            try link.hotel.done("gateway", "status", "corridor-3").contains(#""inEffect":true"#)
        }
        try link.hotel.done("pass", "revoke", phone.pass)
        try link.until("the pass is gone") { peer.snapshots.last?.credentials.isEmpty == true }
        // Looked at again and again, what says nothing new is not sent.
        let count = peer.snapshots.count
        try link.hotel.done("door", "add", "900", "--gateway", "corridor-3", "--index", "9")
        try link.until("the door is there") { peer.snapshots.last?.doors.count == 2 }
        #expect(peer.snapshots.count == count + 1)
        #expect(peer.refusals.isEmpty)
        link.service.end()
    }

    @Test("Events are stored, acknowledged with a signature and shown; a dead gateway is offline")
    func ingests() throws {
        let link = try TestLink()
        var peer = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301") as TestPeer?
        let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
        try link.untilOnline(peer)
        var journal = TestJournal()
        let lines = (0..<20).map { _ in journal.line("opened", index: 2) }
        try peer?.send(
            .event, EventBatch.text(gateway: gateway, boot: 1, after: .beginning, lines: lines))
        let end = EventPosition(boot: 1, sequence: 20)
        try link.until("acknowledged") { peer?.acknowledged.last?.position == end }
        try peer?.send(.event, "{}\n")
        try link.until("it is told") { link.logged.contains("event dropped") }
        // Without a goodbye, the broker speaks for it.
        peer = nil
        try link.until("offline") { try !link.service.desk.link(of: gateway).isOnline }
        #expect(try link.service.desk.link(of: gateway).status?.doors.first?.name == "301")
        link.service.end()
    }

    @Test("Gateways nobody knows are counted together, however many somebody makes up")
    func strangers() throws {
        let link = try TestLink()
        let peer = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301")
        try link.untilOnline(peer)
        try link.broker.forgetRights()
        link.broker.stop()
        try link.broker.start()
        try link.until("the server is back") {
            link.logged.split(separator: "connected to the broker").count > 2
        }
        try link.untilOnline(peer)
        for number in 0..<20 as Range<UInt32> {
            let topic = Topic(.event, of: GatewayID(rawValue: number), at: TestHotel.site)
            try peer.client.publish(MQTTMessage("\(topic)", "{}\n".utf8))
        }
        try link.until("the last doubling is told") {
            link.logged.contains("(16 of unknown gateways so far)")
        }
        try peer.send(.event, "{}\n")
        try link.until("the gateway's own are counted apart") {
            link.logged.contains("gateway b0b1b2b3: event dropped")
        }
        #expect(link.logged.contains("(1 so far)"))
        #expect(link.logged.split(separator: "of unknown gateways").count - 1 == 5)
        link.service.end()
    }

    @Test("A command arrives signed, once, and its first answer counts")
    func commands() throws {
        let link = try TestLink()
        let peer = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301")
        try link.untilOnline(peer)
        let sent = try link.service.desk.send(
            .open(door: 2), to: peer.keys.id, by: "test", reason: "luggage")
        try link.until("it is there") { !peer.commands.isEmpty }
        #expect(peer.commands.first?.order == .open(door: 2))
        #expect(peer.commands.first?.reason == "luggage")
        for outcome in [CommandResult.Outcome.done, .refused] {
            let result = CommandResult(
                command: sent.id, outcome: outcome, reason: nil, at: WallClock.now())
            try peer.send(.result, result.text)
        }
        try link.until("it is answered") {
            try link.service.desk.command(sent.id).outcome != nil
        }
        #expect(try link.service.desk.command(sent.id).outcome == .done)
        #expect(peer.commands.count == 1)
        link.service.end()
    }

    @Test("A decommissioned gateway is let in no more, and every other key changes")
    func decommissions() throws {
        let link = try TestLink()
        let stolen = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301")
        let other = try link.enrol("corridor-4", id: 0xC0C1_C2C3, door: "401")
        try link.hotel.done(
            "stay", "add", "--room", "401", "--from", "2026-01-01T00:00:00Z", "--to",
            "2099-01-01T00:00:00Z")
        let phone = try TestPhone.read(try link.hotel.done("pass", "issue", "1"))
        try link.until("both know the pass") {
            stolen.snapshots.last?.credentials.count == 1
                && other.snapshots.last?.credentials.count == 1
        }
        let known = try #require(stolen.snapshots.last?.credentials.first?.recognitionKey)
        let line = try link.hotel.done("gateway", "decommission", "corridor-3")
        #expect(line.contains(#""keyEpoch":2"#) && line.contains(phone.pass))
        try link.until("the others have new keys") {
            other.snapshots.last?.credentials.first?.recognitionKey != known
        }
        link.broker.stop()
        try link.broker.start()
        try link.until("it has lost the broker") { !stolen.ends.isEmpty }
        let ends = stolen.ends.count
        try link.until("it is turned away") { stolen.ends.count > ends + 2 }
        #expect(stolen.client.state != .connected)
        #expect(
            try link.hotel.done("list", "gateways").contains(#""retired":"#))
        link.service.end()
    }
}
