// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Timebase

@testable import HotelWire

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The snapshot of the golden file, and the keys it was made with.
enum Sample {
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA8A9_AAAB_ACAD_AEAF)
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)

    static func key<Key: SecretKey>(_ first: UInt8) throws -> Key {
        guard let key = Key(bytes: first..<first + 32) else { throw SnapshotError.truncated }
        return key
    }

    static func issuer() throws -> IssuingSecretKey { try key(0x40) }
    static func box() throws -> BoxSecretKey { try key(0x60) }

    static func recipient() throws -> SnapshotRecipient {
        SnapshotRecipient(
            site: site, zone: zone, gateway: gateway, boxKey: try box(),
            issuer: try issuer().publicKey, epochFloor: 41)
    }

    static func snapshot() throws -> Snapshot {
        Snapshot(
            site: site, zone: zone, gateway: gateway, epoch: 42,
            issued: UnixTime(seconds: 1_767_225_600), lease: .hours(72),
            beaconPeriods: [
                .init(begins: UnixTime(seconds: 1_767_225_600), key: try key(0x20)),
                .init(begins: UnixTime(seconds: 1_767_312_000), key: try key(0x21)),
            ],
            doors: [.init(index: 0, raisedLevel: 0), .init(index: 31, raisedLevel: 3)],
            credentials: [
                .init(
                    id: 0x0102_0304_0506_0708, recognitionKey: try key(0x80),
                    gatewayKey: try key(0xA0), notBefore: UnixTime(seconds: 1_767_225_600),
                    expires: UnixTime(seconds: 1_767_830_400), generation: 1, kind: .guest,
                    doors: 1 << 31 | 1, levelMax: 3, consent: [.recogniseArrival, .guidance]),
                .init(
                    id: UInt64.max, recognitionKey: try key(0x81), gatewayKey: try key(0xA1),
                    notBefore: UnixTime(seconds: 0),
                    expires: UnixTime(seconds: Int64(UInt32.max)), generation: 9,
                    kind: .emergency, doors: .max, levelMax: 4, consent: []),
            ])
    }

    static func sealed(_ snapshot: Snapshot? = nil) throws -> [UInt8] {
        try (snapshot ?? self.snapshot()).sealed(to: box().publicKey, signedBy: issuer())
    }

    /// Records signed and sealed as a server would that knows more than this program.
    static func sealed(records: [UInt8], minor: UInt8) throws -> [UInt8] {
        let key = try box().publicKey
        let header = SnapshotEnvelope.header(recipient: key, minor: minor)
        return try SnapshotEnvelope.seal(records, header, to: key, signedBy: issuer())
    }

    static func golden() throws -> [UInt8] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        return try Array(
            Data(contentsOf: tests.appendingPathComponent("Fixtures/snapshots/format-1.0")))
    }
}
