// SPDX-License-Identifier: Apache-2.0
// The gateway's settings as plain values, made from the text of lintel.conf. Reading it touches
// nothing but that text: whether chips and adapters exist is asked elsewhere.
import BLEWire
import Configuration
import DoorCore
import GuestPass
import HotelWire
import Locks
import Radio
import Timebase

/// What `/etc/lintel/lintel.conf` and its drop-ins say.
public struct Settings: Sendable {
    /// A `[radio NAME]` section.
    public struct Receiver: Hashable, Sendable {
        public let configuration: RadioConfiguration
        /// What passes and beacons are carried in.
        public let air: Air
    }

    public let gateway: GatewayID
    public let site: SiteID
    public let zone: ZoneID
    /// Where everything that must survive is kept.
    public let stateDirectory: String
    /// A hardware watchdog to be fed, as `/dev/watchdog`; `nil`: systemd's alone.
    public let watchdogDevice: String?
    /// In `ReceiverIndex` order.
    public let receivers: [Receiver]
    public let doors: [SettingsDoor]
    /// In `LineIndex` order.
    public let lines: [SettingsLine]
    /// Lights that show guests the way.
    public let directionLights: [DirectionLight]
    /// What the hotel approved; `nil` where the gateway was not enrolled over a broker.
    public let enrolment: EnrolmentAnswer?
    /// A file with the hotel's issuing public key; without it no snapshot is accepted.
    public let issuerFile: String?
    /// The hotel's broker; `nil`: the gateway works alone.
    public let broker: BrokerAddress?
    /// The certificates of the connection to the broker, PEM.
    public let authorityFile: String
    public let certificateFile: String
    public let keyFile: String
    /// The local API's UNIX socket.
    public let apiSocket: String
    /// A loopback port for `/metrics` and `/health`; `nil`: none.
    public let metricsPort: UInt16?
    /// Everything as it is written.
    public let entries: [SettingsEntry]

    public static let defaultFile = "/etc/lintel/lintel.conf"
    public static let defaultStateDirectory = "/var/lib/lintel"
    public static let defaultSocket = "/run/lintel/lintel.sock"
}

/// Puts sections together and takes them apart.
struct SettingsReader {
    private let findings: SettingsFindings
    private let enrolment: EnrolmentAnswer?
    let sections: SettingsSections

    init(
        _ files: [(path: String, bytes: [UInt8])], _ findings: SettingsFindings,
        _ enrolment: EnrolmentAnswer?
    ) {
        self.findings = findings
        self.enrolment = enrolment
        sections = SettingsSections(
            files,
            [
                .single("gateway"), .named("radio"), .named("door"), .single("hotel"),
                .single("api"),
            ], findings)
    }

    func settings() -> Settings? {
        let (radios, doors) = (sections.named("radio"), sections.named("door"))
        if radios.isEmpty {
            findings.error(
                at: sections.start, "no [radio NAME] section", rule: "write one for each adapter",
                consequence: "nobody would be heard")
        }
        let lines = SettingsLines()
        let lights = directionLights(lines)
        let gateway = identity()
        let receivers = radios.compactMap(receiver)
        checkAdapters(receivers.map(\.configuration), radios)
        let read = doors.map { section in
            SettingsDoorReader(section: section, lines: lines, radios: radios.map(\.name)).read()
        }
        checkIndices(read.map(\.index), doors)
        let hotel = sections.single("hotel")
        let issuer = hotel.value(
            "issuer", .path, otherwise: "no pass could be told from a forged one")
        if issuer == nil && !hotel.has("issuer") && enrolment == nil {
            findings.warn(
                at: hotel.position, "key 'issuer' is missing in [hotel]",
                rule: "write the path of the hotel's issuing public key",
                consequence: "no snapshot is accepted, and no pass opens a door")
        }
        let unreachable = "the hotel could not be reached: no new guests, no events there"
        let broker =
            hotel.value("broker", .broker, otherwise: unreachable)
            ?? enrolment.flatMap { BrokerAddress($0.broker) }
        let authority = hotel.value("authority", .path, otherwise: unreachable)
        let certificate = hotel.value("certificate", .path, otherwise: unreachable)
        let key = hotel.value("key", .path, otherwise: unreachable)
        hotel.finish()
        let api = sections.single("api")
        let socket = api.value("socket", .path, otherwise: "lintel status could not reach it")
        let port = api.value(
            "metrics-port", .count(1...65_535), otherwise: "metrics could not be fetched")
        api.finish()
        guard let gateway else { return nil }
        return Settings(
            gateway: gateway.gateway, site: gateway.site, zone: gateway.zone,
            stateDirectory: gateway.state, watchdogDevice: gateway.watchdog, receivers: receivers,
            doors: read.compactMap(\.door),
            lines: lines.all, directionLights: lights, enrolment: enrolment,
            issuerFile: issuer ?? enrolment.map { _ in "\(gateway.state)/issuer.pub" },
            broker: broker,
            authorityFile: authority ?? "\(gateway.state)/authority.pem",
            certificateFile: certificate ?? "\(gateway.state)/tls.pem",
            keyFile: key ?? "\(gateway.state)/tls.key", apiSocket: socket ?? Settings.defaultSocket,
            metricsPort: port.map { UInt16($0) }, entries: sections.entries)
    }

    private struct Identity {
        let gateway: GatewayID
        let site: SiteID
        let zone: ZoneID
        let state: String
        let watchdog: String?
    }

    private func identity() -> Identity? {
        let section = sections.single("gateway")
        let gateway = identifier(section, "id", digits: 8, enrolment?.gateway)
        let site = identifier(section, "site", digits: 16, enrolment?.site)
        let zone = identifier(section, "zone", digits: 16, enrolment?.zone)
        let state = section.value("state", .path, otherwise: "nothing would survive a power cut")
        let watchdog = section.value(
            "watchdog", .path, otherwise: "a machine that hangs would stay so")
        section.finish()
        guard let gateway, let site, let zone else { return nil }
        return Identity(
            gateway: gateway, site: site, zone: zone,
            state: state ?? Settings.defaultStateDirectory, watchdog: watchdog)
    }

    /// `direction-left = CHIP/LINE` and its like.
    private func directionLights(_ lines: SettingsLines) -> [DirectionLight] {
        let section = sections.single("gateway")
        return Direction.allCases.compactMap { direction in
            lines.take(
                "direction-\(direction)", of: section, use: .indicator,
                otherwise: "guests would not be shown this way"
            ).map { DirectionLight(direction, line: $0) }
        }
    }

    /// A number of the gateway; it may be left out where the hotel approved one.
    private func identifier<ID: LosslessStringConvertible & Equatable>(
        _ section: SettingsSection, _ key: String, digits: Int, _ approved: ID?
    ) -> ID? {
        let consequence = "phones could not address this gateway"
        guard let approved else {
            return section.required(key, .identifier(digits: digits), otherwise: consequence)
        }
        let written: ID? = section.value(
            key, .identifier(digits: digits), otherwise: consequence)
        if let written, written != approved {
            section.wrong(
                key, "is not what the hotel approved",
                rule: "leave the key out, or write \(approved), or enrol the gateway anew",
                consequence: consequence)
        }
        return written ?? approved
    }

    private func receiver(_ section: SettingsSection) -> Settings.Receiver? {
        let deaf = "nobody would be heard by this radio"
        let adapter = section.required("adapter", .adapter, otherwise: deaf)
        let channel = section.value(
            "channel", .word(["raw": HCIChannel.raw, "user": HCIChannel.user]), otherwise: deaf)
        let air = section.value("air", .air, otherwise: "passes would be looked for elsewhere")
        let interval = section.value(
            "scan-interval", .time(.milliseconds(10)...(.seconds(10))), otherwise: deaf)
        let silence = section.value(
            "silence", .time(.seconds(5)...(.hours(1))),
            otherwise: "a deaf radio would be noticed late, or a sound one restarted")
        section.finish()
        guard let adapter else { return nil }
        var configuration = RadioConfiguration(
            name: section.name, adapter: adapter, channel: channel ?? .raw)
        configuration.scanInterval = interval ?? configuration.scanInterval
        configuration.silenceMax = silence ?? configuration.silenceMax
        return Settings.Receiver(
            configuration: configuration, air: air ?? .manufacturer(0xFFFF))
    }

    private func checkAdapters(_ radios: [RadioConfiguration], _ sections: [SettingsSection]) {
        for section in sections.dropFirst(DoorCore.Limits.receiversMax) {
            findings.error(
                at: section.position, "\(section.title) is one radio too many",
                rule: "a gateway has up to \(DoorCore.Limits.receiversMax) radios",
                consequence: "what it hears could not be followed")
        }
        for (index, radio) in radios.enumerated() {
            guard let first = radios[..<index].first(where: { $0.adapter == radio.adapter }),
                let section = sections.first(where: { $0.name == radio.name })
            else { continue }
            section.wrong(
                "adapter", "is the adapter of [radio \(first.name)] as well",
                rule: "each radio has its own adapter",
                consequence: "each would undo what the other sets up")
        }
    }

    private func checkIndices(_ indices: [DoorIndex?], _ sections: [SettingsSection]) {
        if sections.isEmpty {
            findings.warn(
                at: self.sections.start, "no [door NAME] section", rule: "write one for each door",
                consequence: "guests are heard and nothing opens")
        }
        var seen: [DoorIndex: String] = [:]
        for (index, section) in zip(indices, sections) {
            guard let index else { continue }
            if let first = seen[index] {
                section.wrong(
                    "index", "is the index of \(first) as well",
                    rule: "each door of a gateway has its own index",
                    consequence: "a pass for one door would open the other")
            }
            seen[index] = seen[index] ?? section.title
        }
    }
}
