// SPDX-License-Identifier: Apache-2.0

/// What a gateway's beacon asks and a challenge pass answers: `c` and `nonce` (protocol.md §5).
public struct Challenge: Hashable, Sendable {
    private static let counterMask: UInt32 = 0xFF_FFFF

    /// `c`, 24 bits.
    public let counter: UInt32
    /// 64 random bits, never used before.
    public let nonce: UInt64

    /// - Parameter counter: taken modulo 2²⁴, as it wraps on air.
    public init(counter: UInt32, nonce: UInt64) {
        self.counter = counter & Self.counterMask
        self.nonce = nonce
    }

    /// The challenge that follows this one.
    public func successor(nonce: UInt64) -> Challenge {
        Challenge(counter: counter + 1, nonce: nonce)
    }

    /// Whether this was sent after another challenge of the same gateway, and no more than 2²³
    /// challenges after it: the counter wraps, so that it tells no more apart.
    public func isLater(than other: Challenge) -> Bool {
        let steps = (counter &- other.counter) & Self.counterMask
        return steps > 0 && steps <= Self.counterMask / 2
    }

    /// The 4 bits of `c` an answer's header carries.
    public var counterLow: UInt8 { UInt8(truncatingIfNeeded: counter) & 0b1111 }
}
