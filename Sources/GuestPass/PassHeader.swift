// SPDX-License-Identifier: Apache-2.0
// `HDR`, the two bytes that say what a pass wants (protocol.md §4).
//
//   byte 0  7 6      5 4   3 2 1 0          byte 1  7 6 5 4 3   2 1 0
//           version  mode  counter's low 4          door        intent

/// What the tag of a pass is computed with.
public enum PassMode: UInt8, CaseIterable, Sendable {
    /// Recognises only: `K_rid`.
    case presence = 0
    /// Fresh to half a minute: `K_gw` and the window.
    case timed = 1
    /// Fresh to the second: `K_gw` and the beacon's nonce.
    case challenge = 2
}

/// What the phone's owner did of late.
public struct PassIntent: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0b111 }

    /// Moved within the last 30 s.
    public static let moving = PassIntent(rawValue: 1)
    /// Tapped in the app within the last 10 s.
    public static let tapped = PassIntent(rawValue: 2)
    /// Proved to the phone who it is within the last 60 s.
    public static let userVerified = PassIntent(rawValue: 4)
}

/// `HDR`, unmasked.
public struct PassHeader: Hashable, Sendable {
    public static let version: UInt8 = 1

    public let mode: PassMode
    /// The low 4 bits of the beacon counter a challenge pass answers; 0 in other modes.
    public let counterLow: UInt8
    /// The door on that gateway, 0…31.
    public let door: UInt8
    public let intent: PassIntent

    /// - Precondition: `door` < 32, `counterLow` < 16 and 0 outside challenge mode.
    public init(mode: PassMode, counterLow: UInt8 = 0, door: UInt8, intent: PassIntent) {
        precondition(door < 32, "a door number has five bits")
        precondition(counterLow < (mode == .challenge ? 16 : 1))
        self.mode = mode
        self.counterLow = counterLow
        self.door = door
        self.intent = intent
    }

    /// Reads the unmasked 16 bits.
    ///
    /// - Throws: `unknownVersion`, `unknownMode` or `counterOutsideChallenge`.
    public init(rawValue: UInt16) throws(PassError) {
        let version = UInt8(truncatingIfNeeded: rawValue >> 14)
        guard version == Self.version else { throw .unknownVersion(version) }
        let modeBits = UInt8(truncatingIfNeeded: rawValue >> 12) & 0b11
        guard let mode = PassMode(rawValue: modeBits) else { throw .unknownMode(modeBits) }
        let counterLow = UInt8(truncatingIfNeeded: rawValue >> 8) & 0b1111
        guard mode == .challenge || counterLow == 0 else { throw .counterOutsideChallenge }
        self.mode = mode
        self.counterLow = counterLow
        door = UInt8(truncatingIfNeeded: rawValue >> 3) & 0b11111
        intent = PassIntent(rawValue: UInt8(truncatingIfNeeded: rawValue))
    }

    public var rawValue: UInt16 {
        UInt16(Self.version) << 14 | UInt16(mode.rawValue) << 12 | UInt16(counterLow) << 8
            | UInt16(door) << 3 | UInt16(intent.rawValue)
    }
}

/// `EXT`, unmasked: what the phone hears of gateways (protocol.md §4).
public struct PassExtension: Hashable, Sendable {
    private static let unknownLevel: Int8 = -127

    /// Low 16 bits of the strongest *other* gateway heard.
    public let otherGateway: UInt16
    /// Level in dBm at which the phone hears this gateway; `nil` is −127 on air.
    public let heardAt: Int8?
    /// By how many dB this gateway is louder than the other one.
    public let margin: UInt8

    public init(otherGateway: UInt16, heardAt: Int8?, margin: UInt8) {
        self.otherGateway = otherGateway
        self.heardAt = heardAt == Self.unknownLevel ? nil : heardAt
        self.margin = margin
    }

    /// The margin, or `nil` where the phone heard no other gateway to compare with and says 0.
    public var comparedMargin: UInt8? { otherGateway == 0 ? nil : margin }

    public init(rawValue: UInt32) {
        self.init(
            otherGateway: UInt16(truncatingIfNeeded: rawValue >> 16),
            heardAt: Int8(truncatingIfNeeded: rawValue >> 8),
            margin: UInt8(truncatingIfNeeded: rawValue))
    }

    public var rawValue: UInt32 {
        let level = UInt8(bitPattern: heardAt ?? Self.unknownLevel)
        return UInt32(otherGateway) << 16 | UInt32(level) << 8 | UInt32(margin)
    }
}
