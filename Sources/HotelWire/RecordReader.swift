// SPDX-License-Identifier: Apache-2.0
// The only way bytes of a snapshot are read: every step checks the length first.

/// Reads big-endian values from the front of a byte sequence.
struct RecordReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(bytes) }

    var isEmpty: Bool { rest.isEmpty }
    var count: Int { rest.count }

    mutating func bytes(_ count: Int) throws(SnapshotError) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .truncated }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        as: Number.Type = Number.self
    ) throws(SnapshotError) -> Number {
        try bytes(MemoryLayout<Number>.size).reduce(0) { $0 << 8 | Number($1) }
    }
}
