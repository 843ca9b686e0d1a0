// SPDX-License-Identifier: Apache-2.0

/// A log-likelihood ratio in fixed point: 256 units are one nat. Integer, so that every machine
/// reaches the same decision.
public struct Evidence: Hashable, Comparable, Sendable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let zero = Evidence(rawValue: 0)

    /// The natural logarithm of a positive number, times 256, within 2.
    static func logarithm(_ number: UInt32) -> Int32 {
        let zeros = UInt32(truncatingIfNeeded: number.leadingZeroBitCount)
        let exponent = 31 &- Int32(truncatingIfNeeded: zeros)
        let fraction = Int32(truncatingIfNeeded: (number &<< zeros) &>> 23) & 0xFF
        // log₂(1 + f) ≈ f + 0.3466 f (1 − f), within 0.008.
        let bend = (fraction &* (256 &- fraction) &* 89) &>> 8
        let bits = exponent &* 65_536 &+ fraction &* 256 &+ bend
        return Int32(truncatingIfNeeded: (Int64(bits) &* 45_426) &>> 24)
    }

    /// For people and plots; decisions use `rawValue`.
    public var nats: Double { Double(rawValue) / 256 }

    @inlinable
    public static func < (left: Evidence, right: Evidence) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Why a detector is as sure as it is, for `--explain`. The first three parts sum to the evidence
/// gathered since the phone was first heard.
public struct EvidenceTerms: Hashable, Sendable {
    /// From received levels: their rise, their course, and a little their height.
    public var level = Evidence.zero
    /// From the margin the phone measured.
    public var margin = Evidence.zero
    /// From time alone: what people do.
    public var motion = Evidence.zero
    /// Inside minus outside level in dB, where both receivers heard the phone lately.
    public var insideDifference: Int8?

    public init() {}
}
