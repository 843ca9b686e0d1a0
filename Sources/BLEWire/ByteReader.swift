// SPDX-License-Identifier: Apache-2.0
// The one way to read bytes nobody vouches for: subscripts of `UnsafeRawBufferPointer` are not
// checked in release builds, so every length is checked here, and a short buffer is an error.

/// Reads integers and runs of bytes from the front of a buffer, never past its end.
public struct ByteReader {
    /// What has not been read yet.
    public var rest: UnsafeRawBufferPointer

    @inlinable
    public init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

    @inlinable
    public var isEmpty: Bool { rest.isEmpty }

    /// The next `count` bytes, in place.
    ///
    /// - Precondition: `count` is not negative.
    @inlinable @inline(__always)
    public mutating func bytes(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard count <= rest.count else {
            throw .truncated(neededBytes: count, availableBytes: rest.count)
        }
        let taken = UnsafeRawBufferPointer(rebasing: rest[..<count])
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        return taken
    }

    @inlinable @inline(__always)
    public mutating func uint8() throws(WireError) -> UInt8 {
        try littleEndian(UInt8.self)
    }

    /// HCI and advertising fields.
    @inlinable @inline(__always)
    public mutating func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(WireError) -> Number {
        Number(littleEndian: try bytes(MemoryLayout<Number>.size).loadUnaligned(as: type))
    }

    /// Capture files and beacon contents.
    @inlinable
    public mutating func bigEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type
    ) throws(WireError) -> Number {
        Number(bigEndian: try bytes(MemoryLayout<Number>.size).loadUnaligned(as: type))
    }

    /// A device address, least significant byte first.
    @inlinable
    public mutating func address() throws(WireError) -> DeviceAddress {
        let low = try littleEndian(UInt32.self)
        let high = try littleEndian(UInt16.self)
        return DeviceAddress(rawValue: UInt64(high) << 32 | UInt64(low))
    }
}

// Integers at constant offsets of a structure whose length the caller has checked as a whole.
extension UnsafeRawBufferPointer {
    func bigEndian(at offset: Int) -> UInt64 {
        UInt64(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    func bigEndian32(at offset: Int) -> UInt32 {
        UInt32(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    func bigEndian16(at offset: Int) -> UInt16 {
        UInt16(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt16.self))
    }

    func littleEndian(at offset: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
