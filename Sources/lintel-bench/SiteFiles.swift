// SPDX-License-Identifier: Apache-2.0
// A gateway's settings, keys and a snapshot with ten thousand passes, for the real `lintel run`.
import DoorCore
import GuestPass
import HotelWire
import Platform
import Timebase

struct SiteFiles {
    static let pulse = Interval.seconds(3)
    let folder: String

    /// Writes lintel.conf, issuer.pub, snapshot and state/box.key.
    func write() throws {
        var random = SystemRandomNumberGenerator()
        let issuer = IssuingSecretKey.random(using: &random)
        let box = BoxSecretKey.random(using: &random)
        try StateFile.makeFolder("\(folder)/state")
        try write("state/box.key", box.exportedText())
        try write("issuer.pub", issuer.publicKey.exportedText())
        try writeSettings()
        let bytes = try snapshot(at: WallClock.now()).sealed(to: box.publicKey, signedBy: issuer)
        try StateFile.replace("\(folder)/snapshot", with: bytes)
    }

    /// - Parameter hotel: more lines of the section [hotel].
    func writeSettings(hotel: String = "") throws { try write("lintel.conf", settings(hotel)) }

    private func write(_ name: String, _ text: String) throws {
        try StateFile.replace("\(folder)/\(name)", with: Array(text.utf8))
    }

    private func settings(_ hotel: String) -> String {
        """
        [gateway]
        id = \(Crowd.gateway)
        site = \(Crowd.site)
        zone = \(Crowd.zone)
        state = \(folder)/state
        [hotel]
        issuer = \(folder)/issuer.pub
        \(hotel)
        [radio corridor]
        adapter = h4:unix:\(folder)/controller
        [door 301]
        index = 0
        kind = guest-room
        radio = corridor
        lock = sim/lock
        pulse = \(Self.pulse.milliseconds / 1_000)s
        [api]
        socket = \(folder)/api

        """
    }

    private func snapshot(at now: UnixTime) -> Snapshot {
        var random = SystemRandomNumberGenerator()
        return Snapshot(
            site: Crowd.site, zone: Crowd.zone, gateway: Crowd.gateway, epoch: 1, issued: now,
            lease: .hours(72),
            beaconPeriods: [.init(begins: now, key: BeaconKey.random(using: &random))], doors: [],
            credentials: Crowd(guests: 1, from: now).credentials.map { credential in
                Snapshot.Credential(
                    id: credential.id.rawValue, recognitionKey: credential.recognitionKey,
                    gatewayKey: credential.gatewayKey, notBefore: credential.notBefore,
                    expires: credential.expires, generation: 1, kind: .guest,
                    doors: credential.doors, levelMax: credential.levelMax.rawValue, consent: [])
            })
    }
}
