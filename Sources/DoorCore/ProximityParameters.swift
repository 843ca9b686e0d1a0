// SPDX-License-Identifier: Apache-2.0

/// How sure the detector must be before a passive unlock: the tolerated share of people walking
/// past who would open the door.
public enum Caution: UInt8, CaseIterable, Sendable {
    /// 10 % of pass-bys.
    case relaxed
    /// 1 % of pass-bys.
    case normal
    /// 0.1 % of pass-bys.
    case strict
}

/// A door's levels, in whole dBm as this receiver hears a phone.
public struct ProximityParameters: Hashable, Sendable {
    /// Typical level of a phone in front of the door.
    public var near: Int8 = -62
    /// Below this a guest counts as gone.
    public var far: Int8 = -80
    public var caution = Caution.normal
    /// Typical margin of a phone in front of the door, in dB: what `near` is to levels. The default
    /// is that of gateways four metres apart; the farther off the next ones are, the higher it is.
    public var margin = ProximityParameters.usualMargin
    /// Whether the phone's comparison of gateways counts. Beside one that stands alone everybody
    /// hears it loudest.
    public var comparesGateways = true
    /// Added to every RSSI of the outside and of the inside receiver, in dB.
    public var receiverOffset: Int8 = 0
    public var insideReceiverOffset: Int8 = 0

    /// Median over simulated arrivals, gateways four metres apart: what the models assume.
    public static let usualMargin: Int8 = 11

    public init() {}
}
