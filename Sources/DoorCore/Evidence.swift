// SPDX-License-Identifier: Apache-2.0

/// A log-likelihood ratio in fixed point: 256 units are one nat. Integer, so that every machine
/// reaches the same decision.
public struct Evidence: Hashable, Comparable, Sendable {
    public let rawValue: Int32

    @inlinable
    public init(rawValue: Int32) { self.rawValue = rawValue }

    public static let zero = Evidence(rawValue: 0)

    /// For people and plots; decisions use `rawValue`.
    public var nats: Double { Double(rawValue) / 256 }

    @inlinable
    public static func < (left: Evidence, right: Evidence) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// Why a detector is as sure as it is: the parts its evidence is made of, for `--explain`.
public struct EvidenceTerms: Hashable, Sendable {
    /// Near this door against anywhere else; positive speaks for the door.
    public var total = Evidence.zero
    /// The part from received levels: absolute level, rise and stop.
    public var level = Evidence.zero
    /// The part from the phone's own authenticated margin.
    public var margin = Evidence.zero
    /// Inside minus outside level in dB, where both receivers heard the phone lately.
    public var insideDifference: Int8?

    public init() {}
}
