// SPDX-License-Identifier: Apache-2.0
// AltBeacon 1.0 (github.com/AltBeacon/spec), in manufacturer data of any company.
//
//   0    2    4                                       20    22    24     25        26
//   ┌────┬────┬────────────────────────────────────────┬─────┬─────┬──────┬─────────┐
//   │comp│BEAC│ identifier 20: usually 16 + 2 + 2            │     │ power│ reserved│
//   └────┴────┴────────────────────────────────────────┴─────┴─────┴──────┴─────────┘
//    1801 BEAC 2F234454-CF6D-4A0F-ADF2-F4911BA9FFA6     0001  0002   C5     09
//
// Company 0x0118 (Radius Networks) as in the tests of the Android Beacon Library; power is dBm
// at 1 m. Some senders leave the reserved byte out.

/// An AltBeacon.
public struct AltBeacon: Hashable, Sendable {
    public let company: UInt16
    /// The first 16 bytes of the identifier: the organisation.
    public let uuid: BeaconUUID
    /// Bytes 16…17 of the identifier.
    public let major: UInt16
    /// Bytes 18…19 of the identifier.
    public let minor: UInt16
    /// RSSI in dBm at 1 m.
    public let measuredPower: Int8
    /// For the manufacturer's use; `nil` where the sender left it out.
    public let manufacturerReserved: UInt8?

    private static let mark: UInt16 = 0xBEAC

    public init(
        company: UInt16, uuid: BeaconUUID, major: UInt16, minor: UInt16, measuredPower: Int8,
        manufacturerReserved: UInt8? = 0
    ) {
        self.company = company
        self.uuid = uuid
        self.major = major
        self.minor = minor
        self.measuredPower = measuredPower
        self.manufacturerReserved = manufacturerReserved
    }

    /// `nil` when the AD structure is no AltBeacon.
    public init?(_ structure: ADStructure) {
        let data = structure.data
        guard structure.type == .manufacturerData, data.count == 25 || data.count == 26,
            data.bigEndian16(at: 2) == Self.mark
        else { return nil }
        company = data.bigEndian16(at: 0).byteSwapped
        uuid = BeaconUUID(high: data.bigEndian(at: 4), low: data.bigEndian(at: 12))
        major = data.bigEndian16(at: 20)
        minor = data.bigEndian16(at: 22)
        measuredPower = Int8(bitPattern: data[24])
        manufacturerReserved = data.count == 26 ? data[25] : nil
    }

    /// The AD structure: 27 or 28 bytes.
    public func encode() -> AdvertisingPayload {
        var payload = AdvertisingPayload()
        payload.beginStructure(
            .manufacturerData, dataBytes: manufacturerReserved == nil ? 25 : 26)
        payload.append(littleEndian: company)
        payload.append(bigEndian: Self.mark)
        payload.append(uuid)
        payload.append(bigEndian: major)
        payload.append(bigEndian: minor)
        payload.append(UInt8(bitPattern: measuredPower))
        if let manufacturerReserved { payload.append(manufacturerReserved) }
        return payload
    }
}
