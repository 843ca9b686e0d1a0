// SPDX-License-Identifier: Apache-2.0
// Time as a rolling identifier counts it, and the identifier itself (protocol.md §3).
import Timebase

/// `w = floor(unix / 30)`: the half minute a rolling identifier lives.
public struct PassWindow: Hashable, Comparable, Sendable {
    public static let seconds: Int64 = 30

    public let rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Times before 1970 or after the year 6053 fall into the first or last window.
    public init(_ time: UnixTime) {
        rawValue = UInt32(clamping: time.seconds / Self.seconds)
    }

    /// The window `count` half minutes later, or earlier when negative.
    public func advanced(by count: Int) -> PassWindow {
        PassWindow(rawValue: UInt32(clamping: Int64(rawValue) + Int64(count)))
    }

    public static func < (left: PassWindow, right: PassWindow) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What a phone calls itself during one window, and the mask that hides its header from those who
/// do not know its `K_rid`.
public struct RollingID: Hashable, Sendable {
    /// `RID = P[0..<6]`, 48 bits.
    public let identifier: UInt64
    /// `MASK = P[6..<12]`, 48 bits.
    public let mask: UInt64

    /// `P = HMAC(K_rid, "LP1-RID" ‖ w[4])`.
    public init(_ key: RecognitionKey, _ window: PassWindow) {
        var message = Message("LP1-RID")
        message.append(window.rawValue)
        let output = message.authenticated(with: key.secret)
        identifier = output.firstWord >> 16
        mask = (output.firstWord & 0xFFFF) << 32 | output.secondWord >> 32
    }

    /// A pair a table kept; bits above the 48th are ignored.
    public init(identifier: UInt64, mask: UInt64) {
        self.identifier = identifier & 0xFFFF_FFFF_FFFF
        self.mask = mask & 0xFFFF_FFFF_FFFF
    }

    /// `MASK[0..<2]`, over `HDR`.
    public var headerMask: UInt16 { UInt16(truncatingIfNeeded: mask >> 32) }

    /// `MASK[2..<6]`, over `EXT`.
    public var extensionMask: UInt32 { UInt32(truncatingIfNeeded: mask) }
}
