// SPDX-License-Identifier: Apache-2.0
// The names LP1 puts into its keys and tags: which hotel, which zone, which gateway.

/// A hotel property: 8 bytes, part of every gateway key (`K_gw`).
public struct SiteID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// A group of gateways that recognise the same guests: 8 bytes, part of `K_rid`.
public struct ZoneID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// One gateway within its site: 4 bytes, part of `K_gw` and of every tag that can unlock.
public struct GatewayID: Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension SiteID: LosslessStringConvertible {
    /// Exactly 16 hexadecimal digits.
    public init?(_ text: String) {
        guard let rawValue = Hexadecimal.number(text, as: UInt64.self) else { return nil }
        self.rawValue = rawValue
    }
    public var description: String { Hexadecimal.encode(rawValue) }
}

extension ZoneID: LosslessStringConvertible {
    /// Exactly 16 hexadecimal digits.
    public init?(_ text: String) {
        guard let rawValue = Hexadecimal.number(text, as: UInt64.self) else { return nil }
        self.rawValue = rawValue
    }
    public var description: String { Hexadecimal.encode(rawValue) }
}

extension GatewayID: LosslessStringConvertible {
    /// Exactly 8 hexadecimal digits.
    public init?(_ text: String) {
        guard let rawValue = Hexadecimal.number(text, as: UInt32.self) else { return nil }
        self.rawValue = rawValue
    }
    public var description: String { Hexadecimal.encode(rawValue) }
}
