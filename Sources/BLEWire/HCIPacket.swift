// SPDX-License-Identifier: Apache-2.0

/// The byte before a packet on H4, on HCI sockets and in btsnoop data link 1002
/// (Core 5.4 Vol 4 Part A 2).
public enum PacketType: UInt8, Hashable, Sendable {
    case command = 0x01
    case asynchronousData = 0x02
    case synchronousData = 0x03
    case event = 0x04
    case isochronousData = 0x05

    /// Bytes between the type byte and the payload (Core 5.4 Vol 4 Part E 5.4).
    var headerBytes: Int {
        switch self {
        case .command, .synchronousData: 3
        case .asynchronousData, .isochronousData: 4
        case .event: 2
        }
    }

    /// The payload's length from a complete header.
    func payloadBytes(header: UnsafeRawBufferPointer) throws(WireError) -> Int {
        var reader = ByteReader(header)
        switch self {
        case .event:
            _ = try reader.uint8()
            return Int(try reader.uint8())
        case .command, .synchronousData:
            _ = try reader.bytes(2)
            return Int(try reader.uint8())
        case .asynchronousData:
            _ = try reader.bytes(2)
            return Int(try reader.littleEndian(UInt16.self))
        case .isochronousData:
            _ = try reader.bytes(2)
            return Int(try reader.littleEndian(UInt16.self) & 0x3FFF)
        }
    }
}

/// One whole HCI packet in place: valid as long as the buffer it was read into.
public struct HCIPacket {
    public let type: PacketType
    /// Header and payload, without the type byte.
    public let body: UnsafeRawBufferPointer

    public init(type: PacketType, body: UnsafeRawBufferPointer) {
        self.type = type
        self.body = body
    }

    /// A packet as HCI sockets deliver it: the type byte, then exactly one packet.
    public init(_ datagram: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(datagram)
        let first = try reader.uint8()
        guard let type = PacketType(rawValue: first) else { throw .unknownPacketType(first) }
        let body = reader.rest
        let header = try reader.bytes(type.headerBytes)
        let declared = try type.payloadBytes(header: header)
        guard declared == reader.rest.count else {
            throw .lengthMismatch(declaredBytes: declared, actualBytes: reader.rest.count)
        }
        self.init(type: type, body: body)
    }
}

/// A command packet taken apart (Core 5.4 Vol 4 Part E 5.4.1).
public struct CommandPacket {
    public let opcode: Opcode
    public let parameters: UnsafeRawBufferPointer

    /// - Parameter body: a command without its type byte.
    public init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body)
        opcode = Opcode(rawValue: try reader.littleEndian(UInt16.self))
        let declared = Int(try reader.uint8())
        guard declared == reader.rest.count else {
            throw .lengthMismatch(declaredBytes: declared, actualBytes: reader.rest.count)
        }
        parameters = reader.rest
    }
}
