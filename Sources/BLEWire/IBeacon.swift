// SPDX-License-Identifier: Apache-2.0
// Apple's Proximity Beacon, in manufacturer data of company 0x004C.
//
//   0    2    4                                   20     22     24      25
//   ┌────┬────┬────────────────────────────────────┬──────┬──────┬───────┐
//   │4C00│0215│ UUID                               │major │minor │ power │
//   └────┴────┴────────────────────────────────────┴──────┴──────┴───────┘
//    4C00 0215 00050001-0000-1000-8000-00805F9B0131  0002   6C66   C3
//
// A Cypress sensor beacon as recorded by the beacontools project; power is dBm at 1 m.

/// An iBeacon.
public struct IBeacon: Hashable, Sendable {
    public let uuid: BeaconUUID
    public let major: UInt16
    public let minor: UInt16
    /// RSSI in dBm an iPhone has at 1 m.
    public let measuredPower: Int8

    static let company: UInt16 = 0x004C
    static let mark: UInt16 = 0x0215

    public init(uuid: BeaconUUID, major: UInt16, minor: UInt16, measuredPower: Int8) {
        self.uuid = uuid
        self.major = major
        self.minor = minor
        self.measuredPower = measuredPower
    }

    /// `nil` when the AD structure is no iBeacon.
    public init?(_ structure: ADStructure) {
        guard structure.type == .manufacturerData, let content = Self.content(of: structure)
        else { return nil }
        uuid = BeaconUUID(high: content.bigEndian(at: 0), low: content.bigEndian(at: 8))
        major = content.bigEndian16(at: 16)
        minor = content.bigEndian16(at: 18)
        measuredPower = Int8(bitPattern: content[20])
    }

    /// The 21 bytes after company and mark.
    static func content(of structure: ADStructure) -> UnsafeRawBufferPointer? {
        guard structure.data.count == 25, let body = structure.data(after: company),
            body.bigEndian16(at: 0) == mark
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: body[2...])
    }

    /// The AD structure: 27 bytes.
    public func encode() -> AdvertisingPayload {
        var payload = AdvertisingPayload()
        payload.beginStructure(.manufacturerData, dataBytes: 25)
        payload.append(littleEndian: Self.company)
        payload.append(bigEndian: Self.mark)
        payload.append(uuid)
        payload.append(bigEndian: major)
        payload.append(bigEndian: minor)
        payload.append(UInt8(bitPattern: measuredPower))
        return payload
    }
}

/// 16 bytes that identify a beacon's owner.
public struct BeaconUUID: Hashable, Sendable {
    /// Bytes 0…7, big-endian
    public let high: UInt64
    /// Bytes 8…15, big-endian
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension AdvertisingPayload {
    mutating func append(_ uuid: BeaconUUID) {
        append(bigEndian: uuid.high)
        append(bigEndian: uuid.low)
    }
}
