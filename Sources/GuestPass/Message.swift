// SPDX-License-Identifier: Apache-2.0
// The bytes a key or tag is computed over, built on the stack: a gateway checks tags on the door
// thread, which allocates nothing.

/// At most 40 bytes, big-endian, beginning with a label that keeps one use apart from another.
struct Message {
    private static let bytesMax = 40

    private var bytes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    private var count: Int

    /// - Parameter label: ASCII, as protocol.md quotes it.
    init(_ label: StaticString) {
        count = label.utf8CodeUnitCount
        precondition(count <= Self.bytesMax)
        withUnsafeMutableBytes(of: &bytes) { bytes in
            bytes.copyMemory(
                from: UnsafeRawBufferPointer(start: label.utf8Start, count: label.utf8CodeUnitCount)
            )
        }
    }

    mutating func append(_ value: some FixedWidthInteger) {
        let size = MemoryLayout.size(ofValue: value)
        precondition(count + size <= Self.bytesMax, "no LP1 message is longer than 40 bytes")
        withUnsafeMutableBytes(of: &bytes) { bytes in
            withUnsafeBytes(of: value.bigEndian) { value in
                UnsafeMutableRawBufferPointer(rebasing: bytes[count..<count + size])
                    .copyMemory(from: value)
            }
        }
        count += size
    }

    /// A rolling identifier: the low 48 bits.
    mutating func append(rollingID: UInt64) {
        append(UInt16(truncatingIfNeeded: rollingID >> 32))
        append(UInt32(truncatingIfNeeded: rollingID))
    }

    /// `HDR ‖ len ‖ EXT`, as every tag ends.
    mutating func append(header: UInt16, extension: UInt32?) {
        append(header)
        guard let `extension` else { return append(UInt8(0)) }
        append(UInt8(4))
        append(`extension`)
    }

    /// HMAC-SHA-256 over the bytes appended so far.
    func authenticated(with key: SecretBytes) -> SecretBytes {
        withUnsafeBytes(of: bytes) { bytes in
            KeyedHash.authenticate(UnsafeRawBufferPointer(rebasing: bytes[..<count]), with: key)
        }
    }
}
