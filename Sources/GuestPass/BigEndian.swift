// SPDX-License-Identifier: Apache-2.0
// Numbers in network order, for LP1's two formats of fixed length and the hotel's records.

extension UnsafeRawBufferPointer {
    /// The caller has compared `count` with the format's length.
    func bigEndian<Value: FixedWidthInteger>(at offset: Int, as: Value.Type = Value.self) -> Value {
        precondition(offset + MemoryLayout<Value>.size <= count)
        return Value(bigEndian: loadUnaligned(fromByteOffset: offset, as: Value.self))
    }
}

extension [UInt8] {
    /// Appends the `low` lowest bytes of a number, all of them by default.
    package mutating func append<Value: FixedWidthInteger>(
        bigEndian value: Value, low: Int = MemoryLayout<Value>.size
    ) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0.suffix(low)) }
    }
}
