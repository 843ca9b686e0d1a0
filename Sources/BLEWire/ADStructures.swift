// SPDX-License-Identifier: Apache-2.0
// The walk over advertising data: length, type, data, again and again
// (Core Specification Supplement, Part A; Core 5.4 Vol 3 Part C 11).

/// What an AD structure holds (Bluetooth Assigned Numbers 2.3). Any byte is legal.
public struct ADType: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let flags = ADType(rawValue: 0x01)
    public static let incompleteServiceUUIDs16 = ADType(rawValue: 0x02)
    public static let completeServiceUUIDs16 = ADType(rawValue: 0x03)
    public static let incompleteServiceUUIDs32 = ADType(rawValue: 0x04)
    public static let completeServiceUUIDs32 = ADType(rawValue: 0x05)
    public static let incompleteServiceUUIDs128 = ADType(rawValue: 0x06)
    public static let completeServiceUUIDs128 = ADType(rawValue: 0x07)
    public static let shortenedLocalName = ADType(rawValue: 0x08)
    public static let completeLocalName = ADType(rawValue: 0x09)
    public static let txPower = ADType(rawValue: 0x0A)
    public static let serviceData16 = ADType(rawValue: 0x16)
    public static let serviceData32 = ADType(rawValue: 0x20)
    public static let serviceData128 = ADType(rawValue: 0x21)
    public static let manufacturerData = ADType(rawValue: 0xFF)
}

/// One AD structure, pointing into the advert: valid as long as that is.
public struct ADStructure {
    public let type: ADType
    public let data: UnsafeRawBufferPointer

    @inlinable
    init(type: ADType, data: UnsafeRawBufferPointer) {
        self.type = type
        self.data = data
    }

    /// The data after a leading company or 16-bit service number, if that is `number`.
    @inlinable
    public func data(after number: UInt16) -> UnsafeRawBufferPointer? {
        guard data.count >= 2,
            UInt16(littleEndian: data.loadUnaligned(as: UInt16.self)) == number
        else { return nil }
        return UnsafeRawBufferPointer(rebasing: data[2...])
    }
}

/// The AD structures of an advert in order, without allocation.
///
/// A length of zero ends the data early, as the specification says. A length past the end ends it
/// too: what stood before it is still good. Repeated types are legal.
public struct ADStructures: Sequence, IteratorProtocol {
    @usableFromInline var rest: UnsafeRawBufferPointer

    @inlinable
    public init(_ advertisingData: UnsafeRawBufferPointer) { rest = advertisingData }

    @inlinable
    public mutating func next() -> ADStructure? {
        guard rest.count >= 2, let start = rest.baseAddress else { return nil }
        let length = Int(start.load(as: UInt8.self))
        guard length > 0, length < rest.count else {
            rest = UnsafeRawBufferPointer(start: nil, count: 0)
            return nil
        }
        rest = UnsafeRawBufferPointer(
            start: start + (length + 1), count: rest.count - (length + 1))
        return ADStructure(
            type: ADType(rawValue: start.load(fromByteOffset: 1, as: UInt8.self)),
            data: UnsafeRawBufferPointer(start: start + 2, count: length - 1))
    }
}
