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
    private let stated: UInt8
    private var remaining: UInt8
    private var rest: UnsafeRawBufferPointer

    /// - Parameter parameters: what follows the subevent code.
    public init(_ format: Format, _ parameters: UnsafeRawBufferPointer) throws(WireError) {
        var reader = ByteReader(parameters)
        self.format = format
        stated = try reader.uint8()
        remaining = stated
        rest = reader.rest
    }

    /// `Num_Reports` as the event states it.
    public var count: Int { Int(stated) }

    /// The next report; `nil` after the last.
    ///
    /// - Throws: once, and the walk is over: reports before stay good. Also when bytes are left
    ///   over after the stated number of reports.
    public mutating func next() throws(WireError) -> AdvertisingReport? {
        guard remaining > 0 else {
            guard rest.isEmpty else {
                throw end(.lengthMismatch(declaredBytes: 0, actualBytes: rest.count))
            }
            return nil
        }
        remaining -= 1
        switch format {
        case .legacy: return try nextLegacy()
        case .extended: return try nextExtended()
        }
    }

    /// The walk is over because of this.
    private mutating func end(_ error: WireError) -> WireError {
        remaining = 0
        rest = UnsafeRawBufferPointer(start: nil, count: 0)
        return error
    }

    /// Takes a record whose last fixed byte is the length of what follows, plus a tail.
    ///
    /// - Returns: its fixed fields, all of them there, and its data.
    @inline(__always)
    private mutating func takeRecord(
        fieldBytes: Int, tailBytes: Int
    ) throws(WireError) -> (fields: UnsafeRawPointer, data: UnsafeRawBufferPointer) {
        guard let fields = rest.baseAddress, rest.count >= fieldBytes else {
            throw end(.truncated(neededBytes: fieldBytes, availableBytes: rest.count))
        }
        let dataBytes = Int(fields.load(fromByteOffset: fieldBytes - 1, as: UInt8.self))
        let wanted = fieldBytes + dataBytes + tailBytes
        guard rest.count >= wanted else {
            throw end(.truncated(neededBytes: wanted, availableBytes: rest.count))
        }
        rest = UnsafeRawBufferPointer(start: fields + wanted, count: rest.count - wanted)
        return (fields, UnsafeRawBufferPointer(start: fields + fieldBytes, count: dataBytes))
    }

    @inline(__always)
    private mutating func nextLegacy() throws(WireError) -> AdvertisingReport {
        let (fields, data) = try takeRecord(fieldBytes: 9, tailBytes: 1)
        let type = fields.load(as: UInt8.self)
        guard let eventType = AdvertisingEventType(legacy: type) else {
            throw end(.reservedEventType(UInt16(type)))
        }
        return AdvertisingReport(
            .legacy, fields: fields, data: data, eventType: eventType,
            addressType: try addressType(fields, at: 1))
    }

    private mutating func nextExtended() throws(WireError) -> AdvertisingReport {
        let (fields, data) = try takeRecord(fieldBytes: 24, tailBytes: 0)
        let type = UInt16(littleEndian: fields.loadUnaligned(as: UInt16.self))
        guard let eventType = AdvertisingEventType(extended: UInt8(type & 0xFF)) else {
            throw end(.reservedEventType(type))
        }
        return AdvertisingReport(
            .extended, fields: fields, data: data, eventType: eventType,
            addressType: try addressType(fields, at: 2))
    }

    @inline(__always)
    private mutating func addressType(
        _ fields: UnsafeRawPointer, at offset: Int
    ) throws(WireError) -> AddressType {
        let byte = fields.load(fromByteOffset: offset, as: UInt8.self)
        guard let type = AddressType(rawValue: byte) else {
            throw end(.reservedAddressType(byte))
        }
        return type
    }
}
