// SPDX-License-Identifier: Apache-2.0
// The phone's end of a pass: from the keys of a stay to the bytes of an advert.

/// Makes the passes of one stay on one phone.
public struct PassEncoder: Sendable {
    private let deviceKey: DeviceKey
    private let recognitionKey: RecognitionKey
    private let site: SiteID
    private let epoch: KeyEpoch

    public init(deviceKey: DeviceKey, site: SiteID, zone: ZoneID, epoch: KeyEpoch) {
        self.deviceKey = deviceKey
        self.site = site
        self.epoch = epoch
        recognitionKey = deviceKey.recognitionKey(zone: zone, epoch: epoch)
    }

    /// Announces the phone to the zone; opens nothing.
    public func presence(
        window: PassWindow, door: UInt8 = 0, intent: PassIntent = [],
        extension: PassExtension? = nil
    ) -> AirPass {
        let header = PassHeader(mode: .presence, door: door, intent: intent)
        return sealed(window, header, `extension`) { pass in
            PassTag.presence(pass, recognitionKey, window)
        }
    }

    /// Asks a door of level 1 to open within this window.
    public func timed(
        gateway: GatewayID, window: PassWindow, door: UInt8, intent: PassIntent,
        extension: PassExtension? = nil
    ) -> AirPass {
        let header = PassHeader(mode: .timed, door: door, intent: intent)
        let key = deviceKey.gatewayKey(site: site, gateway: gateway, epoch: epoch)
        return sealed(window, header, `extension`) { pass in
            PassTag.timed(pass, key, gateway, window)
        }
    }

    /// Answers a beacon and asks one of its gateway's doors to open.
    ///
    /// - Parameter window: of the beacon's time, not of the phone's clock.
    public func challenge(
        _ challenge: Challenge, of gateway: GatewayID, window: PassWindow, door: UInt8,
        intent: PassIntent, extension: PassExtension? = nil
    ) -> AirPass {
        let header = PassHeader(
            mode: .challenge, counterLow: challenge.counterLow, door: door, intent: intent)
        let key = deviceKey.gatewayKey(site: site, gateway: gateway, epoch: epoch)
        return sealed(window, header, `extension`) { pass in
            PassTag.challenge(pass, key, gateway, challenge)
        }
    }

    private func sealed(
        _ window: PassWindow, _ header: PassHeader, _ extension: PassExtension?,
        tag: (OpenPass) -> UInt64
    ) -> AirPass {
        let rolling = RollingID(recognitionKey, window)
        let untagged = OpenPass(
            rollingID: rolling.identifier, header: header, extension: `extension`, tag: 0)
        return AirPass(
            rollingID: rolling.identifier,
            maskedHeader: header.rawValue ^ rolling.headerMask,
            tag: tag(untagged),
            maskedExtension: `extension`.map { $0.rawValue ^ rolling.extensionMask })
    }
}
