// SPDX-License-Identifier: Apache-2.0
// The way between one phone and one receiver during one visit: where they stand and when → the
// level a packet arrives with. Both directions see the same way (reciprocity), so a phone's own
// margin and the gateway's RSSI fade together as they do in a corridor.
//
// One mechanism covers walking and standing: the scattered part of a Rician channel forgets with
// time (a standing body sways) and with every centimetre walked.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A place in the building, in metres: `x` along the corridor, `y` across it, `z` above the floor.
public struct Position: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var z: Double

    public init(x: Double, y: Double, z: Double = 1.0) {
        self.x = x
        self.y = y
        self.z = z
    }

    public func distance(to other: Position) -> Double {
        let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
        return (dx * dx + dy * dy + dz * dz).squareRoot()
    }
}

/// How a guest carries the phone on one visit; all receivers share it.
public struct Carry: Hashable, Sendable {
    /// Added to every level, dB: phone model, pocket, hand.
    public var offset: Double
    /// Where on the body the phone sits, radians from straight ahead: 0 front, π back.
    public var side: Double

    public init(offset: Double, side: Double = 0) {
        self.offset = offset
        self.side = side
    }

    public static func random(
        _ random: inout RandomSource, _ parameters: AirParameters = .measured
    ) -> Carry {
        Carry(
            offset: random.gaussian() * parameters.carrySpread,
            side: random.uniform(-Double.pi...Double.pi))
    }
}

/// Where the phone is, which way its owner looks, and how.
public struct Stance: Sendable {
    public var position: Position
    /// Radians; 0 looks along +x.
    public var heading: Double

    public init(position: Position, heading: Double = 0) {
        self.position = position
        self.heading = heading
    }
}

/// The fading state of one phone–receiver pair. A value: copy it to branch a scene.
public struct AirPath: Sendable {
    public let parameters: AirParameters
    public let carry: Carry
    public let receiver: Position
    /// Constant extra loss of this way, dB: a wall between, a receiver's calibration.
    public let extraLoss: Double

    private var random: RandomSource
    private var shadow: GaussMarkov
    private var channels: [ChannelFading]

    public init(
        to receiver: Position, carry: Carry, extraLoss: Double = 0, random: RandomSource,
        parameters: AirParameters = .measured
    ) {
        self.receiver = receiver
        self.carry = carry
        self.extraLoss = extraLoss
        self.parameters = parameters
        self.random = random
        shadow = GaussMarkov(&self.random)
        channels = []
        for _ in AdvertisingChannel.all {
            channels.append(ChannelFading(&self.random))
        }
    }

    /// The level, in dBm before rounding, of a packet sent now on a channel.
    /// - Parameter channel: 37…39.
    public mutating func level(from stance: Stance, channel: UInt8, at now: Instant) -> Double {
        let place = Moment(position: stance.position, at: now)
        let slow = shadow.advance(
            to: place, .infinity, parameters.shadowDecorrelationMetres, &random)
        let fading = channels[AdvertisingChannel.index(channel)].advance(
            to: place, parameters, &random)
        return expectedLevel(from: stance) + slow * parameters.shadowSpread + fading
    }

    /// The level without shadow and fading: path, walls, pocket and body.
    public func expectedLevel(from stance: Stance) -> Double {
        let distance = max(stance.position.distance(to: receiver), parameters.nearestMetres)
        return parameters.levelAtOneMetre - 10 * parameters.pathLossExponent * log10(distance)
            + carry.offset - extraLoss + bodyGain(stance)
    }

    /// What the body adds: half its depth facing the receiver, minus half turned away.
    private func bodyGain(_ stance: Stance) -> Double {
        let bearing = atan2(receiver.y - stance.position.y, receiver.x - stance.position.x)
        return parameters.bodyDepth / 2 * cos(bearing - stance.heading - carry.side)
    }
}

/// The three primary advertising channels.
public enum AdvertisingChannel {
    public static let all: [UInt8] = [37, 38, 39]

    static func index(_ channel: UInt8) -> Int {
        precondition((37...39).contains(channel), "advertising happens on channels 37 to 39")
        return Int(channel) - 37
    }
}

/// The channel a scanner listens on: it rotates, one scan interval each, window = interval.
public struct ScannerDwell: Sendable {
    public let dwell: Interval

    public init(dwell: Interval) {
        precondition(dwell > .zero)
        self.dwell = dwell
    }

    /// Linux's default as seen in the walks: 0.91 s a channel, a 2.73 s wave in the level.
    public static let slow = ScannerDwell(dwell: .milliseconds(910))

    public func channel(at now: Instant) -> UInt8 {
        let turn = now.nanoseconds / dwell.nanoseconds
        return AdvertisingChannel.all[Int(((turn % 3) + 3) % 3)]
    }
}
