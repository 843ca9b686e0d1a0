// SPDX-License-Identifier: Apache-2.0
// A hotel's worth of passes, of which a few guests walk about. Seeded: every run measures the same.
import BLEWire
import DoorCore
import GuestPass
import Rig
import Timebase

/// Ten thousand credentials and the phones of some of them.
struct Crowd {
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA8A9_AAAB_ACAD_AEAF)
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    static let air = Air.manufacturer(0xFFFF)
    static let size = 10_000

    let credentials: [Credential]
    /// Guest n may pass door n; they are spread evenly over the credentials.
    let guests: [PassEncoder]

    /// - Parameter start: grants hold from an hour before it for a month.
    init(guests count: Int, from start: UnixTime) {
        let epoch = KeyEpoch(rawValue: 1)
        var random = RandomSource(seed: 2)
        var credentials: [Credential] = []
        var guests: [PassEncoder] = []
        for number in 0..<Self.size {
            let deviceKey = DeviceKey.random(using: &random)
            let isGuest = number % (Self.size / count) == 0 && guests.count < count
            credentials.append(
                Credential(
                    id: CredentialID(random.next()),
                    recognitionKey: deviceKey.recognitionKey(zone: Self.zone, epoch: epoch),
                    gatewayKey: deviceKey.gatewayKey(
                        site: Self.site, gateway: Self.gateway, epoch: epoch),
                    notBefore: start - .hours(1), expires: start + .hours(24 * 30),
                    holder: .guest, doors: isGuest ? 1 << UInt32(guests.count) : 1,
                    levelMax: .connected, consent: []))
            guard isGuest else { continue }
            guests.append(
                PassEncoder(
                    deviceKey: deviceKey, site: Self.site, zone: Self.zone, epoch: epoch))
        }
        self.credentials = credentials
        self.guests = guests
    }

    /// A guest room that a tap opens, as most doors are.
    static func door(_ number: Int) -> DoorConfiguration {
        var door = DoorConfiguration(
            index: DoorIndex(UInt8(number)), kind: .guestRoom, level: .intent,
            receiver: ReceiverIndex(0), lock: LineIndex(UInt8(number)))
        door.pulse = DoorCore.Limits.pulseMin
        return door
    }

    func tables(
        around window: PassWindow, reusing previous: CredentialTables? = nil
    ) -> CredentialTables {
        CredentialTables(
            epoch: 1, credentials: credentials, raisedLevels: [], around: window,
            reusing: previous)
    }

    /// What the phone of a guest who stands at the door advertises.
    func answer(
        of guest: Int, to challenge: Challenge, in window: PassWindow, _ intent: PassIntent
    ) -> AirPass {
        Self.answer(of: guests[guest], at: UInt8(guest), to: challenge, in: window, intent)
    }

    /// The same for a phone of its own.
    static func answer(
        of phone: PassEncoder, at door: UInt8, to challenge: Challenge, in window: PassWindow,
        _ intent: PassIntent
    ) -> AirPass {
        phone.challenge(
            challenge, of: gateway, window: window, door: door, intent: intent,
            extension: PassExtension(otherGateway: 0xC0C1, heardAt: -58, margin: 20))
    }
}

/// Adverts of devices that are no business of ours: 31 bytes each, as legacy adverts can be.
enum ForeignAdverts {
    static let all: [[UInt8]] = [
        // Microsoft's beacon: one structure fills the advert.
        [0x1E, 0xFF, 0x06, 0x00, 0x01, 0x09, 0x20, 0x02] + (0..<23).map { $0 &* 7 },
        // Flags, a 16-bit service and its data, a name: a sensor.
        [0x02, 0x01, 0x06, 0x03, 0x03, 0x1A, 0x18, 0x0A, 0x16, 0x1A, 0x18, 1, 2, 3, 4, 5, 6, 7]
            + [0x0C, 0x09] + Array("LYWSD03MMC1".utf8),
        // Flags, transmit power and Apple's manufacturer data: a phone nearby.
        [0x02, 0x01, 0x1A, 0x02, 0x0A, 0x0C, 0x18, 0xFF, 0x4C, 0x00, 0x10, 0x13]
            + (0..<19).map { $0 &* 11 },
        // Flags and an Eddystone-UID.
        [0x02, 0x01, 0x06, 0x03, 0x03, 0xAA, 0xFE, 0x17, 0x16, 0xAA, 0xFE, 0x00, 0xE7]
            + (0..<18).map { $0 &* 13 },
    ]

    /// LE Advertising Report events (H4, without the type byte), one report each.
    static let events = all.map { event($0, rssi: -71) }

    /// One ADV_NONCONN_IND in an LE Advertising Report event.
    static func event(_ advert: [UInt8], rssi: Int8) -> [UInt8] {
        let report: [UInt8] =
            [0x03, 0x01, 1, 2, 3, 4, 5, 0x46, UInt8(advert.count)] + advert
            + [UInt8(bitPattern: rssi)]
        return [0x3E, UInt8(report.count + 2), 0x02, 1] + report
    }
}
