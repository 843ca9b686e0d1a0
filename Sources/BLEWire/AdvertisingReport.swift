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
public struct AdvertisingReport {
    public let eventType: AdvertisingEventType
    public let addressType: AddressType
    public let address: DeviceAddress
    /// Received power in dBm; `nil` where the controller did not know or reported nonsense.
    public let rssi: Int8?
    /// Advertising channel 37…39, where the controller tells.
    public let channel: UInt8?
    /// Transmit power in dBm as the extended advert states it.
    public let txPower: Int8?
    /// Advertising set identifier 0…15 of an extended advert.
    public let sid: UInt8?
    public let dataStatus: DataStatus
    /// AD structures.
    public let data: UnsafeRawBufferPointer

    public var isLegacyPDU: Bool { eventType.contains(.legacyPDU) }

    public init(
        eventType: AdvertisingEventType, addressType: AddressType, address: DeviceAddress,
        rssi: Int8?, channel: UInt8? = nil, txPower: Int8? = nil, sid: UInt8? = nil,
        dataStatus: DataStatus = .complete, data: UnsafeRawBufferPointer
    ) {
        self.eventType = eventType
        self.addressType = addressType
        self.address = address
        self.rssi = rssi
        self.channel = channel
        self.txPower = txPower
        self.sid = sid
        self.dataStatus = dataStatus
        self.data = data
    }

    /// The same advert with other data.
    func with(data: UnsafeRawBufferPointer) -> AdvertisingReport {
        AdvertisingReport(
            eventType: eventType, addressType: addressType, address: address, rssi: rssi,
            channel: channel, txPower: txPower, sid: sid, dataStatus: dataStatus, data: data)
    }
}
