// SPDX-License-Identifier: Apache-2.0
// Events on their way to the hotel: a header line, then each event as the gateway journalled it,
// byte for byte, because the hash chain runs over these bytes. The header says how many there are
// and what they hash to, so that no cut and no altered bit goes unnoticed even without the chain.
//
// It also says after which event they follow in the gateway's journal. The hotel takes a batch only
// when it has that event or a later one, so a batch that was lost on the way is noticed; where the
// journal itself had to give events up, nothing lies between, and the hotel does not wait for them.
import CommandLineKit
import GuestPass

/// Some events of one start of a gateway's service, in order.
public struct EventBatch: Equatable, Sendable {
    public static let eventsMax = 256
    public static let bytesMax = 64 << 10
    /// What the header takes of `bytesMax`, at most.
    public static let headerBytesMax = 256
    /// What is left for the events' lines.
    public static let linesBytesMax = bytesMax - headerBytesMax

    public let gateway: GatewayID
    /// Counts the starts of the gateway's service.
    public let boot: UInt32
    /// Nothing the gateway has lies between this event and the first one of the batch.
    public let after: EventPosition
    public let events: [Entry]

    /// One event.
    public struct Entry: Equatable, Sendable {
        public let sequence: UInt64
        /// The SHA-256 of the event before, in hexadecimal; 64 zeros for the very first.
        public let previous: String
        /// The event as journalled, without the end of line.
        public let line: String
        /// The line's members.
        public let members: JSONValue
    }

    /// The batch as it travels. The lines are of this gateway and this boot.
    public static func text(
        gateway: GatewayID, boot: UInt32, after: EventPosition, lines: [String]
    ) -> String {
        let body = lines.map { $0 + "\n" }.joined()
        var header = JSONLine()
        header.add("format", MessageFormat.major)
        header.add("gateway", "\(gateway)")
        header.add("boot", boot)
        header.add("afterBoot", after.boot)
        header.add("afterSequence", after.sequence)
        header.add("events", lines.count)
        header.add("sha256", EventChain.hash(body))
        return header.text + "\n" + body
    }

    /// Reads a batch that came on `gateway`'s topic.
    public init(_ bytes: some Collection<UInt8>, from gateway: GatewayID) throws(MessageError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge(bytes.count) }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw .truncated }
        let header = try MessageFormat.object(bytes[..<end], bytesMax: Self.headerBytesMax)
        guard let named = header["gateway"]?.string.flatMap({ GatewayID($0) }),
            let boot: UInt32 = header["boot"]?.number(),
            let afterBoot: UInt32 = header["afterBoot"]?.number(),
            let after: UInt64 = header["afterSequence"]?.number(),
            let count: Int = header["events"]?.number(), let hash = header["sha256"]?.string
        else { throw .malformed("a batch has gateway, boot, place, count and sha256") }
        guard named == gateway else { throw .wrongGateway(named) }
        let body = bytes[bytes.index(after: end)...]
        guard EventChain.hash(bytes: body) == hash else { throw .forged }
        let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.last?.isEmpty == true, lines.count == count + 1 else { throw .truncated }
        guard (1...Self.eventsMax).contains(count) else {
            throw .malformed("a batch has 1 to \(Self.eventsMax) events")
        }
        self.gateway = gateway
        self.boot = boot
        self.after = EventPosition(boot: afterBoot, sequence: after)
        guard self.after.isPossible else { throw .malformed("a position is one of an event") }
        var events: [Entry] = []
        var last = self.after
        for line in lines.dropLast() {
            let entry = try Entry(line, boot: boot)
            let position = EventPosition(boot: boot, sequence: entry.sequence)
            guard last < position, position.isPossible else {
                throw .malformed("events are in order, each at a position of its own")
            }
            last = position
            events.append(entry)
        }
        self.events = events
    }
}

extension EventBatch.Entry {
    init(_ bytes: some Collection<UInt8>, boot: UInt32) throws(MessageError) {
        guard let members = JSONValue(bytes), members["boot"]?.number() == boot,
            let sequence: UInt64 = members["sequence"]?.number(), sequence > 0,
            let previous = members["previous"]?.string, previous.utf8.count == 64
        else { throw .malformed("an event has boot, sequence and previous") }
        self.init(
            sequence: sequence, previous: previous, line: String(decoding: bytes, as: UTF8.self),
            members: members)
    }
}
