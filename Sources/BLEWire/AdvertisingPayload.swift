// SPDX-License-Identifier: Apache-2.0
// What a legacy advert carries, as a value without a heap allocation: the beacon is rebuilt every
// second on the door thread.

/// Up to 31 bytes of AD structures.
public struct AdvertisingPayload: Hashable, Sendable, RandomAccessCollection {
    private var storage = SIMD32<UInt8>()
    private var length: UInt8 = 0

    public init() {}

    /// `nil` when there are more than 31 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count <= WireLimits.legacyDataBytesMax else { return nil }
        for byte in bytes { append(byte) }
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { Int(length) }

    public subscript(position: Int) -> UInt8 {
        precondition(position < endIndex, "past the end of an advertising payload")
        return storage[position]
    }

    /// - Precondition: fewer than 31 bytes are in it.
    mutating func append(_ byte: UInt8) {
        precondition(endIndex < WireLimits.legacyDataBytesMax, "a legacy advert holds 31 bytes")
        storage[endIndex] = byte
        length += 1
    }

    mutating func append(bigEndian number: some FixedWidthInteger & UnsignedInteger) {
        var shift = number.bitWidth
        while shift > 0 {
            shift -= 8
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        append(bigEndian: number.byteSwapped)
    }

    /// Starts an AD structure of `type` whose data will be `dataBytes` long.
    mutating func beginStructure(_ type: ADType, dataBytes: Int) {
        append(UInt8(dataBytes + 1))
        append(type.rawValue)
    }

    /// General discoverable, BR/EDR not supported: what a gateway's beacon starts with.
    static let beaconFlags: UInt8 = 0x06
    /// What an iPhone's advert starts with.
    static let phoneFlags: UInt8 = 0x1A

    mutating func appendFlags(_ flags: UInt8) {
        beginStructure(.flags, dataBytes: 1)
        append(flags)
    }

    /// The bytes, in place, during the call.
    public func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try Swift.withUnsafeBytes(of: storage) { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes[..<endIndex]))
        }
    }
}
