// SPDX-License-Identifier: Apache-2.0
// What the hotel tells a gateway to do, once. The gateway remembers the identifier, so that a
// command that comes again is answered again but not done again.
import GuestPass
import Timebase

/// Names one command for ever: 16 random bytes.
public struct CommandID: Hashable, Sendable, LosslessStringConvertible {
    public static let byteCount = 16
    public let bytes: [UInt8]

    /// `nil` unless there are 16 bytes.
    public init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == Self.byteCount else { return nil }
    }

    public init(using generator: inout some RandomNumberGenerator) {
        bytes = (0..<Self.byteCount).map { _ in generator.next() }
    }

    /// Exactly 32 hexadecimal digits.
    public init?(_ text: String) {
        guard let bytes = Hexadecimal.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    public var description: String { Hexadecimal.encode(bytes) }
}

/// What a command asks for. Doors are named by their index on the gateway.
public enum HotelOrder: Hashable, Sendable {
    /// Who may pass a door, as `DoorCore.DoorMode`.
    public enum Mode: UInt8, CaseIterable, Sendable {
        case normal = 0
        case lockdown = 1
        case freeAccess = 2
        case service = 3
    }

    case open(door: UInt8)
    case setMode(door: UInt8, Mode)
    /// Raises the configured level; lower values have no effect.
    case raiseLevel(door: UInt8, UInt8)
    /// The door blinks.
    case identify(door: UInt8)
    /// Forget a fire alarm that is over.
    case resetFire(door: UInt8)
    /// The gateway's clock is right. Only for the start of the service it names.
    case confirmTime(boot: UInt32)
    /// Send a bundle for whoever looks for a fault.
    case report
    /// Of a newer hotel server; it is answered, not obeyed.
    case unknown(kind: UInt8)

    /// `kind`, `door` and `argument` as they travel; 255 stands for no door.
    var fields: (kind: UInt8, door: UInt8, argument: UInt32) {
        switch self {
        case .open(let door): (1, door, 0)
        case .setMode(let door, let mode): (2, door, UInt32(mode.rawValue))
        case .raiseLevel(let door, let level): (3, door, UInt32(level))
        case .identify(let door): (4, door, 0)
        case .resetFire(let door): (5, door, 0)
        case .confirmTime(let boot): (6, Self.noDoor, boot)
        case .report: (7, Self.noDoor, 0)
        case .unknown(let kind): (kind, Self.noDoor, 0)
        }
    }
    private static let noDoor: UInt8 = 255

    init(kind: UInt8, door: UInt8, argument: UInt32) throws(MessageError) {
        switch kind {
        case 1: self = .open(door: door)
        case 2:
            guard let mode = UInt8(exactly: argument).flatMap(Mode.init) else {
                throw .malformed("a mode is known")
            }
            self = .setMode(door: door, mode)
        case 3:
            guard argument <= UInt32(Snapshot.Limits.levelMax) else {
                throw .malformed("a level is at most 4")
            }
            self = .raiseLevel(door: door, UInt8(argument))
        case 4: self = .identify(door: door)
        case 5: self = .resetFire(door: door)
        case 6: self = .confirmTime(boot: argument)
        case 7: self = .report
        default: self = .unknown(kind: kind)
        }
        switch kind {
        case 1...5:
            guard door < Snapshot.Limits.doorsMax else {
                throw .malformed("a door's index is below 32")
            }
        default: break
        }
    }
}

/// One order of the hotel to one gateway.
///
/// Fields: `id[16] issued[4] expires[4] kind[1] door[1] argument[4] length[1] reason`.
public struct SignedCommand: Hashable, Sendable {
    public static let reasonBytesMax = 200

    public var id: CommandID
    public var issued: UnixTime
    /// Not to be obeyed from this moment on.
    public var expires: UnixTime
    public var order: HotelOrder
    /// Why, for the audit; of `unknown` orders nothing is kept.
    public var reason: String

    public init(
        id: CommandID, issued: UnixTime, expires: UnixTime, order: HotelOrder, reason: String
    ) {
        self.id = id
        self.issued = issued
        self.expires = expires
        self.order = order
        self.reason = reason
    }

    static let frame = SignedFrame(
        magic: "LNTLCMND", signingContext: "lintel command", bytesMax: 1_024)

    /// The command as it travels. A reason that is too long is cut at a character.
    public func signed(
        for gateway: GatewayID, of site: SiteID, by issuer: IssuingSecretKey
    ) -> [UInt8] {
        Self.frame.sign(fields, site: site, gateway: gateway, by: issuer)
    }

    var fields: [UInt8] {
        var bytes = id.bytes
        bytes.append(time: issued)
        bytes.append(time: expires)
        let (kind, door, argument) = order.fields
        bytes += [kind, door]
        bytes.append(bigEndian: argument)
        var text = reason
        while text.utf8.count > Self.reasonBytesMax { text.removeLast() }
        bytes.append(UInt8(text.utf8.count))
        return bytes + Array(text.utf8)
    }

    /// Verifies and reads a command that came from outside.
    public init(
        _ bytes: some Collection<UInt8>, for recipient: MessageRecipient
    ) throws(MessageError) {
        self = try Self.frame.read(bytes, recipient) { reader throws(MessageError) in
            guard let id = CommandID(bytes: try reader.bytes(CommandID.byteCount)) else {
                throw .truncated
            }
            let (issued, expires) = (try reader.time(), try reader.time())
            guard issued < expires else { throw .malformed("a command has a lifetime") }
            let order = try HotelOrder(
                kind: reader.number(), door: reader.number(), argument: reader.number())
            let count = Int(try reader.number(as: UInt8.self))
            guard count <= Self.reasonBytesMax,
                let reason = String(validating: try reader.bytes(count), as: UTF8.self)
            else { throw .malformed("a reason is text of at most 200 bytes") }
            return SignedCommand(
                id: id, issued: issued, expires: expires, order: order, reason: reason)
        }
    }
}
