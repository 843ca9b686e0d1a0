// SPDX-License-Identifier: Apache-2.0
// Captures whose truth is known, for the tests of explanations, plots and calibration: phones with
// simple seeded levels, written as a controller would have reported them.
import BLEWire
import DoorCore
import GuestPass
import HotelWire
import Platform
import Radio
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A folder that goes with the test.
final class ScratchFolder {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("lintel-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func text(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }
}

/// SplitMix64, and normal deviates from it.
struct SeededNoise {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func unit() -> Double {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ mixed >> 31) >> 11) / 9_007_199_254_740_992
    }

    /// Near enough to normal: twelve uniform ones.
    mutating func normal(_ deviation: Double) -> Double {
        ((0..<12).reduce(0.0) { sum, _ in sum + unit() } - 6) * deviation
    }
}

/// Collects adverts in order of time and writes them as one capture.
struct AirScene {
    static let start = UnixTime(seconds: 1_767_225_600)

    private struct Advert {
        let second: Double
        let address: UInt64
        let rssi: Double
        let data: (PassWindow) -> [UInt8]
    }
    private var adverts: [Advert] = []
    var noise: SeededNoise

    init(seed: UInt64) { noise = SeededNoise(seed) }

    /// A phone four times a second; one advert in seven is lost.
    mutating func phone(
        address: UInt64, from begin: Double, to end: Double, deviation: Double = 4,
        data: @escaping (PassWindow) -> [UInt8] = { _ in [2, 1, 6] },
        level: (Double) -> Double
    ) {
        var second = begin + noise.unit() * 0.25
        while second < end {
            let rssi = level(second) + noise.normal(deviation)
            if noise.unit() > 0.14 {
                adverts.append(
                    Advert(second: second, address: address, rssi: rssi, data: data))
            }
            second += 0.25 + noise.unit() * 0.01
        }
    }

    func write(to path: String) throws {
        let writer = try BTSnoopWriter(path: path)
        for advert in adverts.sorted(by: { $0.second < $1.second }) {
            let moment = Self.start + .milliseconds(Int64(advert.second * 1_000))
            let data = advert.data(PassWindow(moment))
            let address = (0..<6).map { UInt8(truncatingIfNeeded: advert.address >> ($0 * 8)) }
            let rssi = UInt8(bitPattern: Int8(max(-110, min(-1, advert.rssi.rounded()))))
            let report: [UInt8] =
                [0x02, 1, 0x03, 0x01] + address + [UInt8(data.count)] + data + [rssi]
            ([0x3E, UInt8(report.count)] + report).withUnsafeBytes { bytes in
                writer.write(
                    HCIPacket(type: .event, body: bytes), isFromController: true,
                    unixMicroseconds: Self.start.milliseconds * 1_000
                        + Int64(advert.second * 1_000_000))
            }
        }
        #expect(writer.failure == nil)
    }

    /// Level of a phone `distance` metres away along a corridor, −62 dBm a step from the door.
    static func level(_ distance: Double, offset: Double = 0) -> Double {
        -62 - 17 * max(0, decimalLogarithm(max(distance, 0.6) / 0.6)) + offset
    }

    private static func decimalLogarithm(_ value: Double) -> Double {
        // log₁₀ by halving: precise to a hundredth, and without a maths library.
        var (rest, sum) = (value, 0.0)
        while rest >= 2 { (rest, sum) = (rest / 2, sum + 0.301_03) }
        return sum + (rest - 1) * 0.301_03
    }
}

/// A corridor with the doors of a spa, opened by timed passes without a tap.
struct SpaScene {
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let epoch = KeyEpoch(rawValue: 7)

    static func settingsText(state: String = "/nonexistent") -> String {
        """
        [gateway]
        id = b0b1b2b3
        site = a0a1a2a3a4a5a6a7
        zone = a0a1a2a3a4a5a6a7
        state = \(state)

        [radio corridor]
        adapter = hci0

        [door spa]
        index = 1
        kind = amenity
        level = 1
        radio = corridor
        lock = sim/spa
        contact = sim/spa-contact
        """
    }

    let settings: Settings

    init() throws {
        let report = Settings.read([("spa.conf", Array(Self.settingsText().utf8))])
        settings = try #require(report.settings, "\(report.findings)")
    }

    static func key(_ guest: UInt8) throws -> DeviceKey {
        try #require(DeviceKey(bytes: (0..<32).map { $0 ^ guest }))
    }

    /// What this guest's phone advertises in a window.
    static func pass(
        _ guest: UInt8, margin: UInt8 = 12
    ) throws -> @Sendable (PassWindow) -> [UInt8] {
        let encoder = PassEncoder(deviceKey: try key(guest), site: site, zone: zone, epoch: epoch)
        return { window in
            let pass = encoder.timed(
                gateway: gateway, window: window, door: 1, intent: [.moving],
                extension: PassExtension(otherGateway: 0xC0C1, heardAt: -60, margin: margin))
            return [0x17, 0xFF, 0xFF, 0xFF] + pass.core
        }
    }

    static func snapshot(guests: ClosedRange<UInt8>) throws -> Snapshot {
        let beacon = try #require(BeaconKey(bytes: (0..<32).map { $0 }))
        return Snapshot(
            site: site, zone: zone, gateway: gateway, epoch: 1, issued: AirScene.start - .hours(1),
            lease: .hours(72),
            beaconPeriods: [.init(begins: AirScene.start - .hours(1), key: beacon)],
            doors: [.init(index: 1, raisedLevel: 0)],
            credentials: try guests.map { guest in
                Snapshot.Credential(
                    id: 0xC0FF_EE00 + UInt64(guest),
                    recognitionKey: try key(guest).recognitionKey(zone: zone, epoch: epoch),
                    gatewayKey: try key(guest).gatewayKey(
                        site: site, gateway: gateway, epoch: epoch),
                    notBefore: AirScene.start - .hours(1), expires: AirScene.start + .hours(24),
                    generation: 1, kind: .guest, doors: 1 << 1, levelMax: 3, consent: [])
            })
    }
}
