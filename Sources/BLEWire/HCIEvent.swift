// SPDX-License-Identifier: Apache-2.0
// Events from the controller. Section numbers are those of Core 5.4 Vol 4 Part E.

/// One event, in place: valid as long as the buffer it was read into.
public enum HCIEvent {
    /// HCI_Command_Complete, 7.7.14
    case commandComplete(CommandComplete)
    /// HCI_Command_Status, 7.7.15
    case commandStatus(CommandStatus)
    /// HCI_Hardware_Error, 7.7.16, with the vendor's code
    case hardwareError(code: UInt8)
    /// HCI_LE_Advertising_Report, 7.7.65.2, or HCI_LE_Extended_Advertising_Report, 7.7.65.13
    case advertisingReports(AdvertisingReports)
    /// Any other subevent of HCI_LE_Meta, 7.7.65
    case otherLE(subevent: UInt8, parameters: UnsafeRawBufferPointer)
    /// Any other event
    case other(code: UInt8, parameters: UnsafeRawBufferPointer)

    public init(_ packet: HCIPacket) throws(WireError) {
        guard packet.type == .event else { throw .notAnEvent(packet.type) }
        try self.init(body: packet.body)
    }

    /// - Parameter body: an event without its type byte.
    public init(body: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(body)
        let code = try reader.uint8()
        let declared = Int(try reader.uint8())
        guard declared == reader.rest.count else {
            throw .lengthMismatch(declaredBytes: declared, actualBytes: reader.rest.count)
        }
        switch code {
        case 0x0E:
            self = .commandComplete(try CommandComplete(&reader))
        case 0x0F:
            self = .commandStatus(try CommandStatus(&reader))
        case 0x10:
            self = .hardwareError(code: try reader.uint8())
        case 0x3E:
            let subevent = try reader.uint8()
            switch subevent {
            case 0x02:
                self = .advertisingReports(try AdvertisingReports(.legacy, reader.rest))
            case 0x0D:
                self = .advertisingReports(try AdvertisingReports(.extended, reader.rest))
            default:
                self = .otherLE(subevent: subevent, parameters: reader.rest)
            }
        default:
            self = .other(code: code, parameters: reader.rest)
        }
    }
}

/// A command's result. It may come for a command nobody here sent: a RAW socket hears all users.
public struct CommandComplete {
    /// `Num_HCI_Command_Packets`: commands the controller accepts now; 0 means wait.
    public let allowedCommands: UInt8
    /// 0 when the event only changes `allowedCommands`.
    public let opcode: Opcode
    /// Starts with the status for every command this package sends.
    public let returnParameters: UnsafeRawBufferPointer

    init(_ reader: inout ByteReader) throws(WireError) {
        allowedCommands = try reader.uint8()
        opcode = Opcode(rawValue: try reader.littleEndian(UInt16.self))
        returnParameters = reader.rest
    }

    /// 0 is success; `nil` when nothing was returned.
    public var status: UInt8? { returnParameters.first }

    /// What follows the status.
    ///
    /// - Throws: `commandFailed` when the status is not 0.
    func values() throws(WireError) -> ByteReader {
        var reader = ByteReader(returnParameters)
        let status = try reader.uint8()
        guard status == 0 else { throw .commandFailed(opcode: opcode, status: status) }
        return reader
    }
}

/// A command was accepted for later, or refused. Some controllers send it where Complete is due.
public struct CommandStatus: Hashable, Sendable {
    /// 0: pending. Else the reason of the refusal (Core 5.4 Vol 1 Part F).
    public let status: UInt8
    public let allowedCommands: UInt8
    public let opcode: Opcode

    init(_ reader: inout ByteReader) throws(WireError) {
        status = try reader.uint8()
        allowedCommands = try reader.uint8()
        opcode = Opcode(rawValue: try reader.littleEndian(UInt16.self))
    }
}
