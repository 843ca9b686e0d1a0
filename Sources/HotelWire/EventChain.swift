// SPDX-License-Identifier: Apache-2.0
// The chain that shows whether the audit was altered. Every event leaves the office as one line of
// JSON whose last member, `previous`, is the SHA-256 of the line before: of its bytes exactly as
// they were written, without the end of line, so there is no canonical form to disagree about. The
// first line of a service's run continues the chain kept from before, or begins with 64 zeros.
//
// Changing, removing or inserting a line breaks the chain at the next one. Lines cut off at the end
// leave it whole: that shows only against a hash kept elsewhere, as the hotel's acknowledgements
// do. What was lost before it reached the office is a gap in the sequence, which `overflow` tells.
import CSodium
import CommandLineKit
import GuestPass

/// The end of a chain, to which the next line is tied.
public struct EventChain: Equatable, Sendable {
    /// What the very first line is tied to.
    public static let beginning = String(repeating: "0", count: 64)

    /// The SHA-256 of the last line, in hexadecimal.
    public private(set) var head: String

    public init(head: String = beginning) { self.head = head }

    /// Completes a line and ties the next one to it.
    public mutating func tie(_ line: JSONLine) -> String {
        var line = line
        line.add("previous", head)
        let text = line.text
        head = Self.hash(text)
        return text
    }

    /// The SHA-256 of a line without its end, in hexadecimal.
    public static func hash(_ line: some StringProtocol) -> String { hash(bytes: line.utf8) }

    static func hash(bytes: some Collection<UInt8>) -> String {
        let message = Array(bytes)
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&hash, message, UInt64(message.count))
        return Hexadecimal.encode(hash)
    }
}

/// Names one event of a gateway for ever, and orders them: the start of the service, counted from
/// 1, and the event's number within it, counted from 1.
public struct EventPosition: Hashable, Comparable, Sendable {
    public var boot: UInt32
    public var sequence: UInt64

    /// Before the first event.
    public static let beginning = EventPosition(boot: 0, sequence: 0)

    /// No gateway starts more often, nor has more events in one start: both ends keep a position
    /// in one number of 63 bits.
    public static let bootMax = UInt32(Int32.max)
    public static let sequenceMax = UInt64(UInt32.max)

    /// Whether there can be such an event; what comes from outside is asked.
    public var isPossible: Bool { boot <= Self.bootMax && sequence <= Self.sequenceMax }

    public init(boot: UInt32, sequence: UInt64) {
        self.boot = boot
        self.sequence = sequence
    }

    public static func < (left: EventPosition, right: EventPosition) -> Bool {
        (left.boot, left.sequence) < (right.boot, right.sequence)
    }
}
