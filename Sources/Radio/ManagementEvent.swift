// SPDX-License-Identifier: Apache-2.0
// What the kernel tells about its adapters on the management channel (BlueZ, mgmt-api): a header
// of three little-endian words, then parameters.
//
//   opcode 2 | index 2 | length 2 | parameters

import BLEWire

/// The few management events that matter to a radio.
enum ManagementEvent: Hashable, Sendable {
    /// Command Complete or Command Status: the answer to a command.
    case answer(opcode: UInt16, status: UInt8)
    /// Controller Error: the controller says that its hardware failed.
    case controllerError(code: UInt8)
    case indexAdded
    case indexRemoved
    /// New Settings
    case settings(isPowered: Bool)
    case other

    /// The adapter it is about and what happened there.
    static func read(
        _ bytes: UnsafeRawBufferPointer
    ) throws(WireError) -> (index: UInt16, event: ManagementEvent) {
        var reader = ByteReader(bytes)
        let opcode = try reader.littleEndian(UInt16.self)
        let index = try reader.littleEndian(UInt16.self)
        let length = Int(try reader.littleEndian(UInt16.self))
        guard length == reader.rest.count else {
            throw .lengthMismatch(declaredBytes: length, actualBytes: reader.rest.count)
        }
        switch opcode {
        case 0x0001, 0x0002:
            let answered = try reader.littleEndian(UInt16.self)
            return (index, .answer(opcode: answered, status: try reader.uint8()))
        case 0x0003: return (index, .controllerError(code: try reader.uint8()))
        case 0x0004: return (index, .indexAdded)
        case 0x0005: return (index, .indexRemoved)
        case 0x0006:
            let settings = try reader.littleEndian(UInt32.self)
            return (index, .settings(isPowered: settings & 1 != 0))
        default: return (index, .other)
        }
    }
}

/// Commands of the management channel.
enum ManagementCommand {
    static let readInformation: UInt16 = 0x0004
    static let setPowered: UInt16 = 0x0005

    /// Read Controller Information
    static func readInformation(_ index: UInt16) -> [UInt8] {
        [UInt8(readInformation & 0xFF), 0, UInt8(index & 0xFF), UInt8(index >> 8), 0, 0]
    }

    /// Set Powered
    static func setPowered(_ index: UInt16, _ isOn: Bool) -> [UInt8] {
        [
            UInt8(setPowered & 0xFF), UInt8(setPowered >> 8), UInt8(index & 0xFF),
            UInt8(index >> 8), 1, 0, isOn ? 1 : 0,
        ]
    }
}
