// SPDX-License-Identifier: Apache-2.0
// The gateway's beacon in an advert (LP1 §5): 24 bytes in the configured carrier, 31 in all.
//
//   02 01 06   1B FF cc cc beacon24          or   02 01 06   1B 16 uu uu beacon24
//   02 01 06   1B FF FF FF 10B0B1B2B30000AB0123456789ABCDEF6955B90095FEB2A8      (LP1 §9)

/// The 24 bytes of a beacon as big-endian words, as they stood in an advert: not yet believed.
public struct CarriedBeacon: Hashable, Sendable {
    /// Bytes 0…7
    public let first: UInt64
    /// Bytes 8…15
    public let second: UInt64
    /// Bytes 16…23
    public let third: UInt64

    public init(first: UInt64, second: UInt64, third: UInt64) {
        self.first = first
        self.second = second
        self.third = third
    }

    /// The 24 bytes of a beacon, or `nil` for another number of bytes.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 24 else { return nil }
        (first, second, third) = bytes.withUnsafeBytes { bytes in
            (bytes.bigEndian(at: 0), bytes.bigEndian(at: 8), bytes.bigEndian(at: 16))
        }
    }

    /// The beacon in an advert, or `nil`.
    public static func find(
        in advertisingData: UnsafeRawBufferPointer, air: Air
    ) -> CarriedBeacon? {
        var structures = ADStructures(advertisingData)
        while let structure = structures.next() {
            if structure.type == air.type, let bytes = structure.data(after: air.number),
                bytes.count == 24
            {
                return CarriedBeacon(
                    first: bytes.bigEndian(at: 0), second: bytes.bigEndian(at: 8),
                    third: bytes.bigEndian(at: 16))
            }
        }
        return nil
    }

    /// The whole advert of 31 bytes.
    public func encode(air: Air) -> AdvertisingPayload {
        var payload = AdvertisingPayload()
        payload.appendFlags(AdvertisingPayload.beaconFlags)
        payload.beginStructure(air.type, dataBytes: 26)
        payload.append(littleEndian: air.number)
        payload.append(bigEndian: first)
        payload.append(bigEndian: second)
        payload.append(bigEndian: third)
        return payload
    }
}
