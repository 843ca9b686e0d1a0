// SPDX-License-Identifier: Apache-2.0
// Nothing is lost and nothing counted twice, whatever ends when: a gateway's journal and link, a
// broker and a server, each of them real, with deaths and absences between them.
import CommandLineKit
import Glibc
import GuestPass
import HotelLink
import HotelWire
import Journal
import MQTT
import Platform
import SQLite
import Testing
import Timebase

@testable import HotelDesk

/// A gateway without doors: its journal on disk, and the link that empties it.
private final class Gatehouse: HotelLinkOwner {
    let journal: Journal
    let link: HotelLink
    private let recipient: MessageRecipient
    private var chain: EventChain
    private(set) var lines: [String] = []

    init(_ link: TestLink, _ keys: TestGateway, _ tls: MQTTSettings.TLS) throws {
        journal = Journal(path: link.hotel.file("journal"))
        chain = EventChain(head: journal.head)
        recipient = MessageRecipient(
            site: TestHotel.site, gateway: keys.id, issuer: link.issuer)
        self.link = try HotelLink(
            MQTTSettings(
                host: "localhost", port: link.broker.port, clientID: "\(keys.id)", tls: tls),
            site: TestHotel.site, gateway: keys.id, link.service.loop, chance: { 0 })
        self.link.owner = self
        self.link.start(at: MonotonicClock.now())
    }

    /// Has so many things happen, and keeps them.
    func happen(_ count: Int) {
        for _ in 0..<count {
            let sequence = UInt64(lines.count + 1)
            var line = JSONLine()
            line.add("boot", 1)
            line.add("sequence", sequence)
            line.add("event", "opened")
            line.add("index", 2)
            lines.append(chain.tie(line))
            journal.append(
                EventPosition(boot: 1, sequence: sequence), lines[lines.count - 1],
                isDispensable: false, at: .origin)
        }
        _ = journal.commit(at: .origin)
        link.eventsChanged(at: MonotonicClock.now())
    }

    var hasAllAcknowledged: Bool { journal.acknowledged.sequence == UInt64(lines.count) }

    var acknowledged: EventPosition { journal.acknowledged }

    func events(after position: EventPosition) -> [(position: EventPosition, line: String)] {
        (try? journal.events(
            after: position, countMax: EventBatch.eventsMax,
            bytesMax: EventBatch.linesBytesMax)) ?? []
    }

    func unsentResults() -> [(id: CommandID, result: String)] { [] }
    func sent(_ id: CommandID) {}
    func linkChanged() {}

    func status() -> GatewayStatus {
        var status = GatewayStatus()
        status.boot = 1
        return status
    }

    func receive(_ kind: TopicKind, _ payload: [UInt8]) {
        guard kind == .ack, let found = try? Acknowledgement(payload, for: recipient) else {
            return
        }
        journal.acknowledge(found.position, at: .origin)
        link.eventsChanged(at: MonotonicClock.now())
    }
}

@Suite("Whatever ends when", .serialized)
struct ChaosTests {
    /// Every event is in the records once, in order, with the chain whole.
    private func expectAll(_ house: Gatehouse, _ link: TestLink, _ keys: TestGateway) throws {
        let desk = link.service.desk
        let stored = try desk.database.rows(
            "SELECT line FROM event WHERE gateway = ? ORDER BY boot, sequence",
            .number(keys.id.rawValue)
        ) { row throws(DatabaseError) in try row.text(0) }
        #expect(stored == house.lines)
        let found = try desk.link(of: keys.id)
        #expect(found.alarm == nil && found.missing == 0)
        #expect(found.head == house.lines.last.map { EventChain.hash($0) })
    }

    @Test("Broker and server die again and again amid 10 000 events: each is stored once")
    func deaths() throws {
        let link = try TestLink()
        let keys = TestGateway(0xB0B1_B2B3)
        let house = try Gatehouse(link, keys, link.approve("corridor-3", keys))
        try link.startProgram()
        for round in 0..<10 {
            house.happen(1_000)
            let half = UInt64(round * 1_000 + 300)
            try link.until("round \(round)") { house.acknowledged.sequence >= half }
            switch round % 3 {
            case 0: link.broker.kill()
            case 1: try link.killProgram()
            default:
                link.broker.kill()
                try link.killProgram()
            }
            if round % 3 != 1 { try link.broker.start() }
        }
        try link.until("everything is acknowledged", within: .minutes(4)) {
            house.hasAllAcknowledged
        }
        link.stopProgram()
        try expectAll(house, link, keys)
    }

    @Test("A week without a link: 50 000 events come afterwards, each once")
    func week() throws {
        let link = try TestLink()
        let keys = TestGateway(0xB0B1_B2B3)
        let tls = try link.approve("corridor-3", keys)
        link.broker.kill()
        let house = try Gatehouse(link, keys, tls)
        for _ in 0..<50 { house.happen(1_000) }
        #expect(house.acknowledged == .beginning)
        try link.broker.start()
        try link.until("everything is acknowledged", within: .minutes(4)) {
            house.hasAllAcknowledged
        }
        try expectAll(house, link, keys)
        link.service.end()
    }

    @Test("Strangers are turned away, and nobody speaks for another gateway")
    func strangers() throws {
        let link = try TestLink()
        let peer = try link.enrol("corridor-3", id: 0xB0B1_B2B3, door: "301")
        let other = try link.enrol("corridor-4", id: 0xC0C1_C2C3, door: "401")
        try link.untilOnline(peer)
        try link.untilOnline(other)
        // A certificate of another authority, for the same name.
        let elsewhere = try TestLink()
        let forged = try elsewhere.approve("corridor-3", peer.keys)
        let stranger = try link.peer(peer.keys, forged)
        try link.until("it is turned away") { stranger.ends.count > 2 }
        #expect(stranger.snapshots.isEmpty && stranger.client.state != .connected)
        // The broker takes the message and keeps it from the hotel.
        var journal = TestJournal()
        let text = EventBatch.text(
            gateway: other.keys.id, boot: 1, after: .beginning, lines: [journal.line()])
        try peer.client.publish(MQTTMessage("\(other.topic(.event))", text.utf8))
        try other.send(.event, text)
        let first = EventPosition(boot: 1, sequence: 1)
        try link.until("the other's own is stored") {
            other.acknowledged.last?.position == first
        }
        #expect(!link.logged.contains("dropped"))
        // Whatever it asks for, it hears nothing of the other's: nothing of it came before its own.
        try peer.client.subscribe(to: ["\(other.topic(.snapshot))"])
        let (others, own) = (other.snapshots.count, peer.snapshots.count)
        try link.hotel.done("door", "add", "402", "--gateway", "corridor-4", "--index", "3")
        try link.until("the other has its snapshot") { other.snapshots.count > others }
        try link.hotel.done("door", "add", "302", "--gateway", "corridor-3", "--index", "3")
        try link.until("its own has come since") { peer.snapshots.count > own }
        #expect(peer.refusals.isEmpty)
        elsewhere.service.end()
        link.service.end()
    }
}
