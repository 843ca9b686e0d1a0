// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import HotelLink
import HotelWire
import MQTT
import Platform
import Timebase

/// A gateway without doors: everything it hears is verified as a gateway does.
final class FleetGateway: HotelLinkOwner {
    private let recipient: SnapshotRecipient
    private let link: HotelLink
    private var chain = EventChain()
    private var lines: [String] = []
    private(set) var acknowledged = EventPosition.beginning
    /// What it decides by.
    private(set) var snapshot: Snapshot?
    /// What could not be believed.
    private(set) var refused = 0

    private static let boot: UInt32 = 1

    init(_ recipient: SnapshotRecipient, _ settings: MQTTSettings, _ loop: EventLoop) throws {
        self.recipient = recipient
        link = try HotelLink(
            settings, site: recipient.site, gateway: recipient.gateway, loop)
        link.owner = self
    }

    func start() { link.start(at: MonotonicClock.now()) }

    func stop() { link.stop() }

    var isConnected: Bool { link.state == .connected }

    var hasAllAcknowledged: Bool { acknowledged.sequence == UInt64(lines.count) }

    var eventBytes: Int { lines.reduce(0) { $0 + $1.utf8.count } }

    /// Has so many things happen at its door.
    func happen(_ count: Int) {
        let wall = WallClock.now().text
        for _ in 0..<count {
            var line = JSONLine()
            line.add("boot", Self.boot)
            line.add("t", units: Int64(lines.count), places: 3)
            line.add("sequence", lines.count + 1)
            line.add("event", "opened")
            line.add("door", "301")
            line.add("index", 2)
            line.add("wall", wall)
            line.add("clock", "trusted")
            lines.append(chain.tie(line))
        }
        link.eventsChanged(at: MonotonicClock.now())
    }

    func events(after position: EventPosition) -> [(position: EventPosition, line: String)] {
        let first = position.boot == Self.boot ? Int(position.sequence) : 0
        var bytes = EventBatch.headerBytesMax
        var batch: [(position: EventPosition, line: String)] = []
        for index in first..<max(first, min(lines.count, first + EventBatch.eventsMax)) {
            bytes += lines[index].utf8.count + 1
            guard bytes <= EventBatch.bytesMax else { break }
            batch.append(
                (EventPosition(boot: Self.boot, sequence: UInt64(index + 1)), lines[index]))
        }
        return batch
    }

    func unsentResults() -> [(id: CommandID, result: String)] { [] }

    func sent(_ id: CommandID) {}

    func status() -> GatewayStatus {
        var status = GatewayStatus()
        status.boot = Self.boot
        status.epoch = snapshot?.epoch ?? 0
        status.clock = "trusted"
        return status
    }

    func receive(_ kind: TopicKind, _ payload: [UInt8]) {
        do {
            switch kind {
            case .snapshot: snapshot = try Snapshot(payload, for: recipient)
            case .ack:
                let sender = MessageRecipient(
                    site: recipient.site, gateway: recipient.gateway, issuer: recipient.issuer)
                acknowledged = try Acknowledgement(payload, for: sender).position
                link.eventsChanged(at: MonotonicClock.now())
            case .command, .event, .result, .report, .status: refused += 1
            }
        } catch {
            refused += 1
        }
    }

    func linkChanged() {}
}
