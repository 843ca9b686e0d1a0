// SPDX-License-Identifier: Apache-2.0
// The only way bytes from the hotel are read: every step checks the length first.
import GuestPass
import Timebase

/// An error that can say that something ends too early.
protocol TruncationError: Error {
    static var truncated: Self { get }
}

extension SnapshotError: TruncationError {}
extension MessageError: TruncationError {}

typealias SnapshotReader = RecordReader<SnapshotError>

/// Reads big-endian values from the front of a byte sequence.
struct RecordReader<Failure: TruncationError> {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Collection<UInt8>) { rest = ArraySlice(bytes) }

    var isEmpty: Bool { rest.isEmpty }
    var count: Int { rest.count }

    mutating func bytes(_ count: Int) throws(Failure) -> ArraySlice<UInt8> {
        guard count <= rest.count else { throw .truncated }
        defer { rest.removeFirst(count) }
        return rest.prefix(count)
    }

    mutating func number<Number: FixedWidthInteger & UnsignedInteger>(
        as: Number.Type = Number.self
    ) throws(Failure) -> Number {
        try bytes(MemoryLayout<Number>.size).reduce(0) { $0 << 8 | Number($1) }
    }

    /// Whole seconds since 1970 in four bytes.
    mutating func time() throws(Failure) -> UnixTime {
        UnixTime(seconds: Int64(try number(as: UInt32.self)))
    }
}

extension [UInt8] {
    mutating func append(time: UnixTime) {
        append(bigEndian: UInt32(clamping: time.seconds))
    }
}
