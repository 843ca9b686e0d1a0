// SPDX-License-Identifier: Apache-2.0

/// Why bytes from a controller, a capture or the air were not understood.
public enum WireError: Error, Hashable, Sendable {
    /// The bytes end before the structure does.
    case truncated(neededBytes: Int, availableBytes: Int)
    /// A length field disagrees with the number of bytes that came.
    case lengthMismatch(declaredBytes: Int, actualBytes: Int)
    /// A packet longer than `WireLimits.packetBytesMax` announced itself; it is skipped.
    case oversized(declaredBytes: Int)
    /// A byte that starts no H4 packet: the stream is out of step.
    case unknownPacketType(UInt8)
    /// An event was expected and another packet type came.
    case notAnEvent(PacketType)
    /// An `Event_Type` that Core 5.4 reserves.
    case reservedEventType(UInt16)
    /// An `Address_Type` that Core 5.4 reserves.
    case reservedAddressType(UInt8)
    /// A controller refused a command (Core 5.4 Vol 1 Part F).
    case commandFailed(opcode: Opcode, status: UInt8)
}

extension WireError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let needed, let available):
            "needs \(needed) bytes, has \(available)"
        case .lengthMismatch(let declared, let actual):
            "declares \(declared) bytes, has \(actual)"
        case .oversized(let declared):
            "declares \(declared) bytes, more than a packet may have"
        case .unknownPacketType(let byte):
            "byte 0x\(String(byte, radix: 16)) starts no HCI packet"
        case .notAnEvent(let type):
            "a packet of type \(type.rawValue) is not an event"
        case .reservedEventType(let value):
            "advertising event type 0x\(String(value, radix: 16)) is reserved"
        case .reservedAddressType(let value):
            "address type 0x\(String(value, radix: 16)) is reserved"
        case .commandFailed(let opcode, let status):
            "controller refused \(opcode) with status 0x\(String(status, radix: 16))"
        }
    }
}
