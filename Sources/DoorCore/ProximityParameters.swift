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
    /// Whether the phone's comparison of gateways counts. It says where a guest is only between
    /// gateways a few metres apart; beside one that stands alone everybody hears it loudest.
    public var comparesGateways = true
    /// Added to every RSSI of the outside and of the inside receiver, in dB.
    public var receiverOffset: Int8 = 0
    public var insideReceiverOffset: Int8 = 0

    public init() {}
}
