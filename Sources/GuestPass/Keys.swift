// SPDX-License-Identifier: Apache-2.0
// The keys of LP1 and how they come from one another (protocol.md §2). A gateway's key cannot be
// derived from another gateway's, nor a guest's from another guest's.

/// `K_dev`: the root of one stay on one phone. Server and phone hold it, a gateway never does.
public struct DeviceKey: SecretKey {
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }
}

/// `K_rid`: recognises a phone at every gateway of a zone; can never unlock.
public struct RecognitionKey: SecretKey {
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }
}

/// `K_gw`: makes the tags that unlock at one gateway.
public struct GatewayKey: SecretKey {
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }
}

/// `K_bcn`: one site's beacons on one day. A nuisance filter, not a security boundary.
public struct BeaconKey: SecretKey {
    public let secret: SecretBytes
    public init(_ secret: SecretBytes) { self.secret = secret }
}

/// `epoch[4]` of the derivations: raised when keys of a zone must change, as after a theft.
public struct KeyEpoch: Hashable, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

extension DeviceKey {
    /// `K_rid = HMAC(K_dev, "LP1 rid" ‖ zone[8] ‖ epoch[4] ‖ 01)`.
    public func recognitionKey(zone: ZoneID, epoch: KeyEpoch) -> RecognitionKey {
        var message = Message("LP1 rid")
        message.append(zone.rawValue)
        message.append(epoch.rawValue)
        message.append(UInt8(1))
        return RecognitionKey(message.authenticated(with: secret))
    }

    /// `K_gw = HMAC(K_dev, "LP1 gwk" ‖ site[8] ‖ gw[4] ‖ epoch[4] ‖ 01)`.
    public func gatewayKey(site: SiteID, gateway: GatewayID, epoch: KeyEpoch) -> GatewayKey {
        var message = Message("LP1 gwk")
        message.append(site.rawValue)
        message.append(gateway.rawValue)
        message.append(epoch.rawValue)
        message.append(UInt8(1))
        return GatewayKey(message.authenticated(with: secret))
    }
}
