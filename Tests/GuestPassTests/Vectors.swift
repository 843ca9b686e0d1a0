// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The inputs of protocol.md §9.
enum Vector {
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    static let epoch = KeyEpoch(rawValue: 7)
    static let time = UnixTime(seconds: 1_767_225_600)
    static let window = PassWindow(time)
    static let challenge = Challenge(counter: 0xAB, nonce: 0x0123_4567_89AB_CDEF)
    static let `extension` = PassExtension(otherGateway: 0xC0C1, heardAt: -58, margin: 14)
    static let intent: PassIntent = [.moving, .tapped]

    static func deviceKey() throws -> DeviceKey { try key(from: 0x00) }
    static func beaconKey() throws -> BeaconKey { try key(from: 0x20) }

    static func recognitionKey() throws -> RecognitionKey {
        try deviceKey().recognitionKey(zone: zone, epoch: epoch)
    }

    static func gatewayKey() throws -> GatewayKey {
        try deviceKey().gatewayKey(site: site, gateway: gateway, epoch: epoch)
    }

    static func encoder() throws -> PassEncoder {
        try PassEncoder(deviceKey: deviceKey(), site: site, zone: zone, epoch: epoch)
    }

    static func beacon() -> Beacon {
        Beacon(flags: [], gateway: gateway, challenge: challenge, time: time)
    }

    /// Every pass of the vectors: the three modes, with and without extension.
    static func passes() throws -> [AirPass] {
        let encoder = try encoder()
        return [nil, `extension`].flatMap { (extra: PassExtension?) in
            [
                encoder.presence(window: window, extension: extra),
                encoder.timed(
                    gateway: gateway, window: window, door: 2, intent: .moving, extension: extra),
                encoder.challenge(
                    challenge, of: gateway, window: window, door: 2, intent: intent,
                    extension: extra),
            ]
        }
    }

    /// An output of §9 by its name there.
    static func expected(_ name: String) throws -> [UInt8] {
        for line in try fixture("lp1/vectors.txt").split(separator: "\n") {
            let fields = line.split(separator: " ")
            if let first = fields.first, first == name, let hex = fields.last,
                let bytes = Hexadecimal.decode(hex), bytes.count == Int(fields[1])
            {
                return bytes
            }
        }
        throw MissingVector(name: name)
    }

    static func fixture(_ path: String) throws -> String {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(
            contentsOf: tests.appendingPathComponent("Fixtures/\(path)"), encoding: .utf8)
    }

    private static func key<Key: SecretKey>(from first: UInt8) throws -> Key {
        guard let key = Key(bytes: first..<first + 32) else { throw MissingVector(name: "key") }
        return key
    }
}

struct MissingVector: Error {
    let name: String
}

/// Whether any key of the vectors accepts a pass: the gateway's whole path.
func isAccepted(_ pass: AirPass) throws -> Bool {
    let recognitionKey = try Vector.recognitionKey()
    let gatewayKey = try Vector.gatewayKey()
    let rolling = RollingID(recognitionKey, Vector.window)
    let open: OpenPass
    do throws(PassError) {
        open = try OpenPass(pass, rolling)
    } catch {
        return false
    }
    return open.isPresence(by: recognitionKey, in: Vector.window)
        || open.isTimed(by: gatewayKey, for: Vector.gateway, in: Vector.window)
        || open.answers(Vector.challenge, of: Vector.gateway, by: gatewayKey)
}

func airPass(_ bytes: [UInt8]) throws -> AirPass {
    try bytes.withUnsafeBytes { try AirPass(core: $0) }
}
