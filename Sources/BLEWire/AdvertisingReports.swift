// SPDX-License-Identifier: Apache-2.0
// The reports of one event. Each is one contiguous record and the next follows it; the
// specification's arrays of fields are notation, not layout, and reading them as arrays loses
// every report but the first.
//
//   legacy     type 1 │ address type 1 │ address 6 │ length 1 │ data … │ RSSI 1
//   extended   type 2 │ address type 1 │ address 6 │ primary PHY 1 │ secondary PHY 1 │ SID 1 │
//              TX power 1 │ RSSI 1 │ periodic interval 2 │ direct address type 1 │
//              direct address 6 │ length 1 │ data …

/// Walks the reports of one event in place, without allocation.
public struct AdvertisingReports {
    /// Which event they came in.
    public enum Format: Hashable, Sendable {
        case legacy
        case extended
    }

    public let format: Format
    /// `Num_Reports` as the event states it.
    public let count: Int
    private var remaining: Int
    private var rest: UnsafeRawBufferPointer

    private static let legacyHeaderBytes = 9
    private static let extendedHeaderBytes = 24

    /// - Parameter parameters: what follows the subevent code.
    public init(_ format: Format, _ parameters: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(parameters)
        self.format = format
        count = Int(try reader.uint8())
        remaining = count
        rest = reader.rest
    }

    /// The next report; `nil` after the last.
    ///
    /// - Throws: once, and the walk is over: reports before stay good. Also when bytes are left
    ///   over after the stated number of reports.
    public mutating func next() throws(WireError) -> AdvertisingReport? {
        guard remaining > 0 else {
            guard rest.isEmpty else {
                let excess = rest.count
                end()
                throw .lengthMismatch(declaredBytes: 0, actualBytes: excess)
            }
            return nil
        }
        remaining -= 1
        do throws(WireError) {
            switch format {
            case .legacy: return try nextLegacy()
            case .extended: return try nextExtended()
            }
        } catch {
            end()
            throw error
        }
    }

    private mutating func end() {
        remaining = 0
        rest = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// Takes a record whose last header byte is the length of what follows, plus a fixed tail.
    private mutating func takeRecord(
        headerBytes: Int, tailBytes: Int
    ) throws(WireError) -> UnsafeRawBufferPointer {
        guard rest.count >= headerBytes else {
            throw .truncated(neededBytes: headerBytes, availableBytes: rest.count)
        }
        let wanted = headerBytes + Int(rest[headerBytes - 1]) + tailBytes
        guard rest.count >= wanted else {
            throw .truncated(neededBytes: wanted, availableBytes: rest.count)
        }
        let record = UnsafeRawBufferPointer(rebasing: rest[..<wanted])
        rest = UnsafeRawBufferPointer(rebasing: rest[wanted...])
        return record
    }

    // `takeRecord` has checked that every constant offset below lies within the record.

    private mutating func nextLegacy() throws(WireError) -> AdvertisingReport {
        let header = Self.legacyHeaderBytes
        let record = try takeRecord(headerBytes: header, tailBytes: 1)
        let eventType: AdvertisingEventType =
            switch record[0] {
            case 0x00: .connectableUndirected
            case 0x01: .connectableDirected
            case 0x02: .scannableUndirected
            case 0x03: .nonConnectable
            case 0x04: .legacyScanResponse
            default: throw .reservedEventType(UInt16(record[0]))
            }
        return AdvertisingReport(
            eventType: eventType, addressType: try addressType(record[1]),
            address: address(record, at: 2), rssi: power(record[record.count - 1]),
            data: UnsafeRawBufferPointer(rebasing: record[header..<record.count - 1]))
    }

    private mutating func nextExtended() throws(WireError) -> AdvertisingReport {
        let header = Self.extendedHeaderBytes
        let record = try takeRecord(headerBytes: header, tailBytes: 0)
        let eventType = AdvertisingEventType(rawValue: record[0] & 0x1F)
        let status = record[0] >> 5 & 0x03
        guard !eventType.contains(.legacyPDU) || isKnownLegacyPDU(eventType) else {
            throw .reservedEventType(UInt16(record[0]) | UInt16(record[1]) << 8)
        }
        return AdvertisingReport(
            eventType: eventType, addressType: try addressType(record[2]),
            address: address(record, at: 3), rssi: power(record[13]),
            channel: channel(record[1]), txPower: txPower(record[12]),
            sid: record[11] < 16 ? record[11] : nil,
            dataStatus: status == 0 ? .complete : status == 1 ? .incomplete : .truncated,
            data: UnsafeRawBufferPointer(rebasing: record[header...]))
    }
}

private func isKnownLegacyPDU(_ type: AdvertisingEventType) -> Bool {
    switch type.rawValue {
    case 0x10, 0x12, 0x13, 0x15, 0x1A, 0x1B: true
    default: false
    }
}

private func addressType(_ byte: UInt8) throws(WireError) -> AddressType {
    guard let type = AddressType(rawValue: byte) else { throw .reservedAddressType(byte) }
    return type
}

private func address(_ record: UnsafeRawBufferPointer, at offset: Int) -> DeviceAddress {
    let low = UInt32(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    let high = UInt16(
        littleEndian: record.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self))
    return DeviceAddress(rawValue: UInt64(high) << 32 | UInt64(low))
}

/// RSSI is −127…20, 127 unknown. Controllers also report 0x99 and positive values; they mean
/// nothing, and no receiver gets more than 0 dBm from a phone.
private func power(_ byte: UInt8) -> Int8? {
    let value = Int8(bitPattern: byte)
    return byte == 0x99 || value > 0 || value == -128 ? nil : value
}

/// TX power is −127…20, 127 unknown.
private func txPower(_ byte: UInt8) -> Int8? {
    let value = Int8(bitPattern: byte)
    return value > 20 || value == -128 ? nil : value
}

/// Broadcom BCM4377, 4378 and 4388 put the receive channel into the reserved upper byte of
/// `Event_Type`; elsewhere it is 0.
private func channel(_ upperByte: UInt8) -> UInt8? {
    (0x25...0x27).contains(upperByte) ? upperByte : nil
}
