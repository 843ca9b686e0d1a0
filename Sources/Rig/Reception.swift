// SPDX-License-Identifier: Apache-2.0
// From a level in the air to what a host is told: packets get lost in bursts, and some RSSI
// values mean nothing.

/// What a controller reports of one received packet.
public struct Reception: Hashable, Sendable {
    /// The RSSI octet as a controller reports it: 127 and positive values mean nothing.
    public let rssi: Int8
    /// 37…39.
    public let channel: UInt8

    public init(rssi: Int8, channel: UInt8) {
        self.rssi = rssi
        self.channel = channel
    }
}

/// One receiver's ear for one sender: Gilbert loss, sensitivity and nonsense RSSI.
public struct Ear: Sendable {
    public let parameters: AirParameters
    private var lostLast = false
    private var random: RandomSource

    public init(random: RandomSource, parameters: AirParameters = .measured) {
        self.random = random
        self.parameters = parameters
    }

    /// - Parameter level: dBm, from `AirPath.level`.
    /// - Returns: `nil` when the packet is lost.
    public mutating func hear(level: Double, channel: UInt8) -> Reception? {
        lostLast = random.chance(lostLast ? parameters.lossAfterLoss : parameters.lossAfterHit)
        guard !lostLast, level >= parameters.sensitivity else { return nil }
        return Reception(rssi: report(level), channel: channel)
    }

    private mutating func report(_ level: Double) -> Int8 {
        if random.chance(parameters.unavailableShare) { return 127 }
        if random.chance(parameters.garbageShare) {
            return Self.garbage[Int(random.next() % UInt64(Self.garbage.count))]
        }
        return Int8(max(-127, min(20, level.rounded())))
    }

    /// Positive values Linux sniffers really reported in the walks.
    private static let garbage: [Int8] = [4, 62, 0, 43, 40, 2, 29, 26, 42]
}
