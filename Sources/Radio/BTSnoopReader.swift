// SPDX-License-Identifier: Apache-2.0
// Reads a capture record by record through one buffer: a capture of any size needs the same
// memory, and a bad record costs nothing that stood before it.

import BLEWire
import Platform

/// Reads a btsnoop capture from front to back.
public struct BTSnoopReader: ~Copyable {
    private let input: BTSnoopInput
    private let subject: String
    private let dataLink: BTSnoopDataLink
    private var recordNumber = 0
    private var isOver = false

    /// - Throws: `system` when the file cannot be opened or read, else what is wrong with it.
    public init(path: String) throws(CaptureError) {
        try self.init(BTSnoopInput(path: path), subject: path)
    }

    /// A capture already in memory; `subject` is what errors call it.
    public init(_ bytes: [UInt8], subject: String) throws(CaptureError) {
        try self.init(BTSnoopInput(bytes), subject: subject)
    }

    private init(_ input: BTSnoopInput, subject: String) throws(CaptureError) {
        guard let bytes = try input.take(BTSnoop.fileHeaderBytes),
            let header = try? BTSnoopFileHeader(bytes), header.isBTSnoop
        else { throw .notBTSnoop(subject: subject) }
        guard header.version == BTSnoop.version else {
            throw .unsupportedVersion(subject: subject, version: header.version)
        }
        guard let dataLink = BTSnoopDataLink(rawValue: header.dataLink) else {
            throw .unsupportedDataLink(subject: subject, dataLink: header.dataLink)
        }
        self.input = input
        self.subject = subject
        self.dataLink = dataLink
    }

    /// The next record; `nil` after the last.
    ///
    /// - Throws: once; then the capture is over. The records before stay good.
    public mutating func next() throws(CaptureError) -> CapturedPacket? {
        guard !isOver else { return nil }
        isOver = true
        guard try !input.isAtEnd() else { return nil }
        recordNumber += 1
        guard let headerBytes = try input.take(BTSnoop.recordHeaderBytes),
            let header = try? BTSnoopRecordHeader(headerBytes)
        else { throw .truncatedRecord(subject: subject, number: recordNumber) }
        guard header.includedBytes <= Limits.captureRecordBytesMax else {
            throw .oversizedRecord(
                subject: subject, number: recordNumber, bytes: header.includedBytes)
        }
        guard let content = try input.take(Int(header.includedBytes)) else {
            throw .truncatedRecord(subject: subject, number: recordNumber)
        }
        isOver = false
        return captured(header, content)
    }

    private func captured(
        _ header: BTSnoopRecordHeader, _ content: UnsafeRawBufferPointer
    ) -> CapturedPacket {
        let isReceived = header.flags & BTSnoop.receivedFlag != 0
        switch dataLink {
        case .unencapsulated:
            let isCommandOrEvent = header.flags & BTSnoop.commandOrEventFlag != 0
            let type: PacketType =
                isCommandOrEvent ? (isReceived ? .event : .command) : .asynchronousData
            return CapturedPacket(
                unixMicroseconds: header.unixMicroseconds, isFromController: isReceived,
                adapter: nil, packet: HCIPacket(type: type, body: content))
        case .h4:
            var reader = ByteReader(content)
            let type = (try? reader.uint8()).flatMap(PacketType.init(rawValue:))
            return CapturedPacket(
                unixMicroseconds: header.unixMicroseconds, isFromController: isReceived,
                adapter: nil, packet: type.map { HCIPacket(type: $0, body: reader.rest) })
        case .linuxMonitor:
            let kind = BTSnoopMonitorKind(rawValue: UInt16(truncatingIfNeeded: header.flags))
            return CapturedPacket(
                unixMicroseconds: header.unixMicroseconds,
                isFromController: kind?.isFromController ?? false,
                adapter: UInt16(truncatingIfNeeded: header.flags >> 16),
                packet: kind.map { HCIPacket(type: $0.packetType, body: content) })
        }
    }
}

private struct BTSnoopFileHeader {
    let isBTSnoop: Bool
    let version: UInt32
    let dataLink: UInt32

    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(bytes)
        isBTSnoop = try reader.bytes(BTSnoop.magic.count).elementsEqual(BTSnoop.magic)
        version = try reader.bigEndian(UInt32.self)
        dataLink = try reader.bigEndian(UInt32.self)
    }
}

private struct BTSnoopRecordHeader {
    let includedBytes: UInt32
    let flags: UInt32
    let unixMicroseconds: Int64

    init(_ bytes: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(bytes)
        _ = try reader.bytes(4)
        includedBytes = try reader.bigEndian(UInt32.self)
        flags = try reader.bigEndian(UInt32.self)
        _ = try reader.bytes(4)
        let time = try reader.bigEndian(Int64.self)
        let (since1970, isBefore) = time.subtractingReportingOverflow(BTSnoop.unixEpochMicroseconds)
        let range = BTSnoop.unixMicroseconds
        unixMicroseconds =
            isBefore ? range.lowerBound : max(range.lowerBound, min(since1970, range.upperBound))
    }
}

/// Records of the Linux monitor that are HCI packets (BlueZ src/shared/btsnoop.h).
private enum BTSnoopMonitorKind: UInt16 {
    case command = 2
    case event = 3
    case asynchronousDataSent = 4
    case asynchronousDataReceived = 5
    case synchronousDataSent = 6
    case synchronousDataReceived = 7
    case isochronousDataSent = 18
    case isochronousDataReceived = 19

    var packetType: PacketType {
        switch self {
        case .command: .command
        case .event: .event
        case .asynchronousDataSent, .asynchronousDataReceived: .asynchronousData
        case .synchronousDataSent, .synchronousDataReceived: .synchronousData
        case .isochronousDataSent, .isochronousDataReceived: .isochronousData
        }
    }

    /// Odd numbers are what came from the controller.
    var isFromController: Bool { rawValue & 1 != 0 }
}
