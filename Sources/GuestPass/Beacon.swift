// SPDX-License-Identifier: Apache-2.0
// What a gateway advertises so that phones can answer (protocol.md §5).
//
//   byte  0              1       5       8         16            20      24
//        ┌──────────────┬───────┬───────┬─────────┬─────────────┬───────┐
//        │ version flags│ gw    │ c     │ nonce   │ unix time   │ tag   │
//        └──────────────┴───────┴───────┴─────────┴─────────────┴───────┘
import Timebase

/// What a beacon says about its gateway.
public struct BeaconFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0b1111 }

    /// The gateway's doors want a tap.
    public static let intentRequired = BeaconFlags(rawValue: 1)
    /// The gateway accepts connections.
    public static let connectionOffered = BeaconFlags(rawValue: 2)
    /// Something at the gateway does not work.
    public static let degraded = BeaconFlags(rawValue: 4)
}

/// One beacon of one gateway.
public struct Beacon: Hashable, Sendable {
    public static let bytesCount = 24
    public static let version: UInt8 = 1

    public let flags: BeaconFlags
    public let gateway: GatewayID
    public let challenge: Challenge
    /// The gateway's wall clock in whole seconds, 1970 to 2106.
    public let time: UnixTime

    public init(flags: BeaconFlags, gateway: GatewayID, challenge: Challenge, time: UnixTime) {
        self.flags = flags
        self.gateway = gateway
        self.challenge = challenge
        self.time = UnixTime(seconds: Int64(UInt32(clamping: time.seconds)))
    }

    /// Reads a beacon and checks its tag.
    ///
    /// - Throws: `wrongLength`, `unknownVersion` or `wrongTag`.
    public init(_ bytes: UnsafeRawBufferPointer, key: BeaconKey) throws(BeaconError) {
        guard bytes.count == Self.bytesCount else { throw .wrongLength(bytes.count) }
        let version = bytes[0] >> 4
        guard version == Self.version else { throw .unknownVersion(version) }
        flags = BeaconFlags(rawValue: bytes[0])
        gateway = GatewayID(rawValue: bytes.bigEndian(at: 1))
        challenge = Challenge(counter: bytes.bigEndian(at: 4), nonce: bytes.bigEndian(at: 8))
        time = UnixTime(seconds: Int64(bytes.bigEndian(at: 16, as: UInt32.self)))
        guard KeyedHash.areEqual(bytes.bigEndian(at: 20), tag(key)) else { throw .wrongTag }
    }

    /// The 24 bytes as they travel.
    public func encoded(key: BeaconKey) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytesCount)
        bytes.append(firstByte)
        bytes.append(bigEndian: gateway.rawValue)
        bytes.append(bigEndian: challenge.counter, low: 3)
        bytes.append(bigEndian: challenge.nonce)
        bytes.append(bigEndian: seconds)
        bytes.append(bigEndian: tag(key))
        return bytes
    }

    private var firstByte: UInt8 { Self.version << 4 | flags.rawValue }

    private var seconds: UInt32 { UInt32(clamping: time.seconds) }

    /// `HMAC(K_bcn, "LP1-BCN" ‖ the 20 bytes before)[0..<4]`.
    private func tag(_ key: BeaconKey) -> UInt32 {
        var message = Message("LP1-BCN")
        message.append(firstByte)
        message.append(gateway.rawValue)
        message.append(UInt8(truncatingIfNeeded: challenge.counter >> 16))
        message.append(UInt16(truncatingIfNeeded: challenge.counter))
        message.append(challenge.nonce)
        message.append(seconds)
        return UInt32(truncatingIfNeeded: message.authenticated(with: key.secret).firstWord >> 32)
    }
}
