// SPDX-License-Identifier: Apache-2.0
// What a hotel corridor does to 2.4 GHz, as measured. Every number was computed from public
// recordings: "walks" is philotuxo/Position-Annotated-BLE-RSSI-Dataset (CC0-1.0), "standing"
// mitll/BLE-RSSI-Various-Static-Configurations and "carry" the MIT Matrix set (CC BY 4.0).

/// The radio model's parameters: dB, dBm, metres, seconds.
public struct AirParameters: Sendable {
    /// Mean level at 1 m (walks, per receiver; sd between receivers 2.5 dB).
    public var levelAtOneMetre = -59.7
    /// Path-loss exponent (walks: mean 1.67, sd 0.38 between receivers).
    public var pathLossExponent = 1.67
    /// A phone is never nearer than this to an antenna behind a door frame.
    public var nearestMetres = 0.15

    /// Slow shadow along the way (walks).
    public var shadowSpread = 2.7
    public var shadowDecorrelationMetres = 1.3
    /// Standing offset of each advertising channel (walks; standing sets show 2.4…3.3 dB).
    public var channelSpread = 2.2
    public var channelDecorrelationMetres = 0.5
    /// Rician factor of the fast fading: independent per packet while walking (walks).
    public var ricianFactor = 3.0
    /// How far the mean level in dB lies below the mean power at that factor.
    public var meanFade = 1.2
    /// Memory of the scattered wave around someone who stands. The level's own acf over a minute
    /// is then 0.84, 0.57, 0.40 and 0.21 after 0.1, 0.5, 1 and 2 s, as in the standing set.
    public var swayShares = (quick: 0.37, slow: 0.61)
    public var swaySeconds = (quick: 0.5, slow: 3.1)
    /// Way after which the fast fading is new: about a quarter of the wavelength.
    public var fadingDecorrelationMetres = 0.03

    /// Spread of one visit's offset: phone model, pocket, hand (carry; proximity.md §9).
    public var carrySpread = 6.0
    /// From best to worst body angle in a room (standing: 6.8…13.5 dB).
    public var bodyDepth = 9.3
    /// An interior wall (standing, with and without wall, at 1.83 m).
    public var wallLoss = 3.4
    public var wallLossSpread = 3.7

    /// Probability of losing a packet after one heard and after one lost (walks).
    public var lossAfterHit = 0.133
    public var lossAfterLoss = 0.215
    /// Nothing weaker is ever received.
    public var sensitivity = -98.0
    /// Share of reports whose RSSI is 127, "not available" (iOS logs).
    public var unavailableShare = 0.011
    /// Share of reports with a positive RSSI that means nothing (Linux sniffers: 143 of 5.17 M).
    public var garbageShare = 2.8e-5

    public init() {}

    public static let measured = AirParameters()
}
