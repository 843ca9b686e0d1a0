// SPDX-License-Identifier: Apache-2.0

/// The side of the door a receiver sits on.
public enum Side: UInt8, CaseIterable, Sendable {
    case outside
    case inside
}

/// What one heard advert says about where its phone is.
public struct ProximitySample: Hashable, Sendable {
    /// Received power in dBm; −127 … 20 is believable, anything else is ignored.
    public var rssi: Int8
    /// Advertising channel 37…39, where the controller tells.
    public var channel: UInt8?
    public var receiver: Side
    /// From `EXT` of a pass whose tag was verified, else `nil`: how many dB louder this gateway
    /// is to the phone than the loudest other one; 0 also where the other is louder.
    public var margin: UInt8?
    /// The pass's `moving` intent bit, `false` unless its tag was verified.
    public var isMoving: Bool

    @inlinable
    public init(
        rssi: Int8, channel: UInt8? = nil, receiver: Side = .outside, margin: UInt8? = nil,
        isMoving: Bool = false
    ) {
        self.rssi = rssi
        self.channel = channel
        self.receiver = receiver
        self.margin = margin
        self.isMoving = isMoving
    }
}
