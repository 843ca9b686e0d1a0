// SPDX-License-Identifier: Apache-2.0
// One advert as a controller reported it, whichever of the two report events it came in.

/// What kind of advert it was: bits 0…4 of `Event_Type` (Core 5.4 Vol 4 Part E 7.7.65.13).
/// Legacy report events are expressed in the same bits.
public struct AdvertisingEventType: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let connectable = AdvertisingEventType(rawValue: 1 << 0)
    public static let scannable = AdvertisingEventType(rawValue: 1 << 1)
    public static let directed = AdvertisingEventType(rawValue: 1 << 2)
    public static let scanResponse = AdvertisingEventType(rawValue: 1 << 3)
    public static let legacyPDU = AdvertisingEventType(rawValue: 1 << 4)

    /// What `Event_Type` of a legacy report, 0…4, says.
    @inline(__always)
    init?(legacy byte: UInt8) {
        switch byte {
        case 0x00: self = .connectableUndirected
        case 0x01: self = .connectableDirected
        case 0x02: self = .scannableUndirected
        case 0x03: self = .nonConnectable
        case 0x04: self = .legacyScanResponse
        default: return nil
        }
    }

    /// What the lower byte of `Event_Type` of an extended report says; `nil` where it says it is a
    /// legacy PDU and is none of them.
    init?(extended byte: UInt8) {
        self.init(rawValue: byte & 0x1F)
        guard contains(.legacyPDU) else { return }
        switch rawValue {
        case 0x10, 0x12, 0x13, 0x15, 0x1A, 0x1B: break
        default: return nil
        }
    }

    /// ADV_IND
    public static let connectableUndirected = AdvertisingEventType(rawValue: 0x13)
    /// ADV_DIRECT_IND
    public static let connectableDirected = AdvertisingEventType(rawValue: 0x15)
    /// ADV_SCAN_IND
    public static let scannableUndirected = AdvertisingEventType(rawValue: 0x12)
    /// ADV_NONCONN_IND
    public static let nonConnectable = AdvertisingEventType(rawValue: 0x10)
    /// SCAN_RSP; in an extended report 0x1B answers an ADV_IND, 0x1A an ADV_SCAN_IND, in a legacy
    /// report nobody knows and 0x1B stands for both.
    public static let legacyScanResponse = AdvertisingEventType(rawValue: 0x1B)

    /// The name of the PDU (Core 5.4 Vol 6 Part B 2.3).
    public var name: String {
        switch rawValue {
        case 0x13: "ADV_IND"
        case 0x15: "ADV_DIRECT_IND"
        case 0x12: "ADV_SCAN_IND"
        case 0x10: "ADV_NONCONN_IND"
        case 0x1A, 0x1B: "SCAN_RSP"
        default: contains(.scanResponse) ? "AUX_SCAN_RSP" : "ADV_EXT_IND"
        }
    }
}

/// How much of an extended advert's data has come (bits 5 and 6 of `Event_Type`).
public enum DataStatus: Hashable, Sendable {
    case complete
    /// More follows in another report.
    case incomplete
    /// Nothing more follows: the controller lost the rest.
    case truncated
}

/// One advert, pointing into the event: valid only during the call that delivers it.
///
/// Nearly all are strangers' and of no interest beyond `data`: the rest is read when asked for,
/// and the whole value travels in registers.
public struct AdvertisingReport {
    public let data: UnsafeRawBufferPointer
    /// The fixed fields, of the length `format` gives them.
    private let fields: UnsafeRawPointer
    private let format: AdvertisingReports.Format
    public let eventType: AdvertisingEventType
    public let addressType: AddressType

    /// - Parameter fields: a whole record of an event, its length and reserved values checked.
    @inline(__always)
    init(
        _ format: AdvertisingReports.Format, fields: UnsafeRawPointer,
        data: UnsafeRawBufferPointer, eventType: AdvertisingEventType, addressType: AddressType
    ) {
        self.format = format
        self.fields = fields
        self.data = data
        self.eventType = eventType
        self.addressType = addressType
    }

    public var isLegacyPDU: Bool { eventType.contains(.legacyPDU) }

    public var address: DeviceAddress {
        let offset = format == .legacy ? 2 : 3
        let low = fields.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        let high = fields.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
        return DeviceAddress(
            rawValue: UInt64(UInt16(littleEndian: high)) << 32 | UInt64(UInt32(littleEndian: low)))
    }

    /// Received power in dBm, −127…0; `nil` where the controller did not know (127) or reported
    /// nonsense. Controllers also report 0x99 and positive values; they mean nothing, and no
    /// receiver gets more than 0 dBm from a phone.
    public var rssi: Int8? {
        // A legacy record's level stands behind its data, whose length is in its last fixed field.
        let byte = format == .legacy ? self[9 + Int(self[8])] : self[13]
        let value = Int8(bitPattern: byte)
        return byte == 0x99 || value > 0 || value == -128 ? nil : value
    }

    /// Advertising channel 37…39, where the controller tells: Broadcom BCM4377, 4378 and 4388 put
    /// it into the reserved upper byte of `Event_Type`; elsewhere that is 0.
    public var channel: UInt8? {
        guard format == .extended else { return nil }
        return (0x25...0x27).contains(self[1]) ? self[1] : nil
    }

    /// Transmit power in dBm as the extended advert states it: −127…20, 127 unknown.
    public var txPower: Int8? {
        guard format == .extended else { return nil }
        let value = Int8(bitPattern: self[12])
        return value > 20 || value == -128 ? nil : value
    }

    /// Advertising set identifier 0…15 of an extended advert.
    public var sid: UInt8? { format == .extended && self[11] < 16 ? self[11] : nil }

    public var dataStatus: DataStatus {
        guard format == .extended else { return .complete }
        switch self[0] >> 5 & 0x03 {
        case 0: return .complete
        case 1: return .incomplete
        default: return .truncated
        }
    }

    /// The same advert with other data.
    func with(data: UnsafeRawBufferPointer) -> AdvertisingReport {
        AdvertisingReport(
            format, fields: fields, data: data, eventType: eventType, addressType: addressType)
    }

    private subscript(offset: Int) -> UInt8 { fields.load(fromByteOffset: offset, as: UInt8.self) }
}
