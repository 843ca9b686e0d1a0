// SPDX-License-Identifier: Apache-2.0
// The gateway's end of a pass: take the mask off, then ask whether the tag was made with the key
// expected. Nothing here allocates.

/// A pass whose header and extension are readable, its tag not yet believed.
public struct OpenPass: Hashable, Sendable {
    /// `RID`, 48 bits.
    public let rollingID: UInt64
    public let header: PassHeader
    /// What the phone hears of gateways; `nil` in a core16.
    public let `extension`: PassExtension?
    /// `TAG` as received.
    public let tag: UInt64

    /// Takes the mask off a pass found under this rolling identifier.
    ///
    /// - Throws: `otherRollingID`, or what `PassHeader.init(rawValue:)` throws.
    public init(_ pass: AirPass, _ rolling: RollingID) throws(PassError) {
        guard pass.rollingID == rolling.identifier else { throw .otherRollingID }
        rollingID = pass.rollingID
        header = try PassHeader(rawValue: pass.maskedHeader ^ rolling.headerMask)
        `extension` = pass.maskedExtension.map {
            PassExtension(rawValue: $0 ^ rolling.extensionMask)
        }
        tag = pass.tag
    }

    /// Whether a presence pass was made with this `K_rid` in this window. It proves nothing to a
    /// lock: every gateway of the zone could have made it.
    public func isPresence(by key: RecognitionKey, in window: PassWindow) -> Bool {
        guard header.mode == .presence else { return false }
        return KeyedHash.areEqual(tag, PassTag.presence(self, key, window))
    }

    /// Whether a timed pass was made with this `K_gw` for this gateway and window.
    public func isTimed(
        by key: GatewayKey, for gateway: GatewayID, in window: PassWindow
    ) -> Bool {
        guard header.mode == .timed else { return false }
        return KeyedHash.areEqual(tag, PassTag.timed(self, key, gateway, window))
    }

    /// Whether a challenge pass was made with this `K_gw` and answers this gateway's challenge.
    public func answers(
        _ challenge: Challenge, of gateway: GatewayID, by key: GatewayKey
    ) -> Bool {
        guard header.mode == .challenge, header.counterLow == challenge.counterLow else {
            return false
        }
        return KeyedHash.areEqual(tag, PassTag.challenge(self, key, gateway, challenge))
    }

    init(rollingID: UInt64, header: PassHeader, extension: PassExtension?, tag: UInt64) {
        self.rollingID = rollingID
        self.header = header
        self.extension = `extension`
        self.tag = tag
    }
}

/// `TAG` of the three modes: the first 8 bytes of the HMAC (protocol.md §4).
enum PassTag {
    static func presence(
        _ pass: OpenPass, _ key: RecognitionKey, _ window: PassWindow
    ) -> UInt64 {
        var message = Message("LP1-PRS")
        message.append(window.rawValue)
        message.append(header: pass.header.rawValue, extension: pass.extension?.rawValue)
        return message.authenticated(with: key.secret).firstWord
    }

    static func timed(
        _ pass: OpenPass, _ key: GatewayKey, _ gateway: GatewayID, _ window: PassWindow
    ) -> UInt64 {
        var message = Message("LP1-TMD")
        message.append(gateway.rawValue)
        message.append(window.rawValue)
        message.append(rollingID: pass.rollingID)
        message.append(header: pass.header.rawValue, extension: pass.extension?.rawValue)
        return message.authenticated(with: key.secret).firstWord
    }

    static func challenge(
        _ pass: OpenPass, _ key: GatewayKey, _ gateway: GatewayID, _ challenge: Challenge
    ) -> UInt64 {
        var message = Message("LP1-TAG")
        message.append(gateway.rawValue)
        message.append(challenge.counter)
        message.append(challenge.nonce)
        message.append(rollingID: pass.rollingID)
        message.append(header: pass.header.rawValue, extension: pass.extension?.rawValue)
        return message.authenticated(with: key.secret).firstWord
    }
}
