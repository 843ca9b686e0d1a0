// SPDX-License-Identifier: Apache-2.0
// Small numbers the core works with. Names of doors, chips and people stay outside it.

/// The door number a phone sends in its pass: 0…31 on one gateway.
public struct DoorIndex: Hashable, Comparable, Sendable {
    public let rawValue: UInt8

    /// - Precondition: `rawValue` < 32, the five bits of `HDR` byte 1.
    public init(_ rawValue: UInt8) {
        precondition(rawValue < 32, "a door index has five bits")
        self.rawValue = rawValue
    }

    public static func < (left: DoorIndex, right: DoorIndex) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One `[radio NAME]` of the configuration, in its order there.
public struct ReceiverIndex: Hashable, Sendable {
    public let rawValue: UInt8
    public init(_ rawValue: UInt8) { self.rawValue = rawValue }
}

/// One requested GPIO line, in the order the line adapter was given them.
public struct LineIndex: Hashable, Sendable {
    public let rawValue: UInt8
    public init(_ rawValue: UInt8) { self.rawValue = rawValue }
}

/// A guest's or a staff member's pass on one phone: a random number the hotel server made.
/// Pseudonymous: only the server can tell whose it is.
public struct CredentialID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What a tag proved and the phone's owner did (protocol.md §7).
public enum AccessLevel: UInt8, Comparable, Sendable {
    case presence = 0
    case timed = 1
    case handsFree = 2
    case intent = 3
    case connected = 4

    public static func < (left: AccessLevel, right: AccessLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
