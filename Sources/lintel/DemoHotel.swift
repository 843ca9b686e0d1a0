// SPDX-License-Identifier: Apache-2.0
// The demonstration's gateways: real ones with real settings, enrolled at a real hotel server, in a
// folder that lives as long as the demonstration. Only the controllers' other end and the chip are
// virtual.
import Gateway
import Glibc
import GuestPass
import HotelWire
import Locks
import Platform
import Rig
import Synchronization
import Timebase

/// Four gateways that run in this process as `lintel run` would run each.
final class DemoHotel: Sendable {
    /// One line of JSON that a gateway wrote.
    struct News: Sendable {
        let gateway: Int
        let text: String
        let at: Instant
    }

    private let plan: CorridorPlan
    private let scratch: ScratchFolder
    private let chip = SimulatedChip()
    private let log: FileDescriptor
    private let news = Mutex<[News]>([])

    init(_ plan: CorridorPlan, in scratch: ScratchFolder) throws(SystemError) {
        self.plan = plan
        self.scratch = scratch
        log = try .open(scratch.file("gateways.log"), flags: O_RDWR | O_CREAT | O_APPEND)
        for door in plan.doors { chip.drive(Self.contact(door), isHigh: false) }
    }

    /// How the corridor's doors reach the gateways' lines.
    var wiring: any DoorWiring { ChipWiring(doors: plan.doors, chip: chip) }

    /// Enrols the gateways at the hotel, and has their doors noted there.
    ///
    /// - Returns: each one's settings.
    func enrol(at office: DemoOffice) throws -> [Settings] {
        let issuerFile = scratch.file("issuer")
        try StateFile.replace(issuerFile, with: Array(office.issuerText.utf8))
        return try plan.gateways.enumerated().map { index, gateway in
            let alone = settings(index, issuerFile, link: "")
            let link = try office.add(
                Self.name(index), hexadecimal(UInt64(gateway.id.rawValue), digits: 8),
                boxKey: SnapshotStore(alone).enrolledKey().publicKey)
            for door in plan.doors where door.gateway == index {
                try office.addDoor(
                    door.name, door.index, gateway: Self.name(index), kind: Self.kind(door))
            }
            return settings(index, issuerFile, link: link)
        }
    }

    /// Starts the gateways; what they decide by comes from the hotel.
    func open(_ settings: [Settings], _ office: DemoOffice) throws -> [RunningGateway] {
        try settings.enumerated().map { index, settings in
            if office.obstacle != nil {
                _ = try SnapshotStore(settings).accept(
                    office.snapshot(Self.name(index)), subject: "the demonstration's snapshot")
            }
            let service = try GatewayService(
                settings, log: Log(.text(descriptor: log.rawValue)), simulated: chip,
                events: { [self] line in
                    news.withLock {
                        $0.append(News(gateway: index, text: line, at: MonotonicClock.now()))
                    }
                })
            let gateway = try RunningGateway(service, name: Self.name(index))
            try Installer.confirmClock(
                "/proc/self/exe", socket: scratch.file("api-\(index + 1)"))
            return gateway
        }
    }

    private static func name(_ index: Int) -> String { "gateway-\(index + 1)" }

    /// In the words of the settings and of the desk.
    private static func kind(_ door: CorridorDoor) -> String {
        door.isLobby ? "lobby" : "guest-room"
    }

    /// What the gateways have said since the last call.
    func takeNews() -> [News] {
        news.withLock { news in
            defer { news.removeAll() }
            return news
        }
    }

    /// What the gateways logged, for the case that something went wrong.
    var loggedText: String {
        let bytes = try? StateFile.read(scratch.file("gateways.log"), bytesMax: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    private func settings(_ index: Int, _ issuerFile: String, link: String) -> Settings {
        let gateway = plan.gateways[index]
        var text = """
            [gateway]
            id    = \(hexadecimal(UInt64(gateway.id.rawValue), digits: 8))
            site  = \(hexadecimal(plan.site.rawValue, digits: 16))
            zone  = \(hexadecimal(plan.zone.rawValue, digits: 16))
            state = \(scratch.file("state-\(index + 1)"))
            [radio corridor]
            adapter = h4:unix:\(CorridorServer.path(index, in: scratch.path))
            [hotel]
            issuer = \(issuerFile)
            \(link)
            [api]
            socket = \(scratch.file("api-\(index + 1)"))

            """
        for door in plan.doors where door.gateway == index {
            text += """
                [door \(door.name)]
                index   = \(door.index)
                kind    = \(Self.kind(door))
                level   = 3
                radio   = corridor
                lock    = sim/\(Self.lock(door))
                contact = sim/\(Self.contact(door))
                pulse   = \(door.isLobby ? "3s" : "5s")

                """
        }
        let path = scratch.file("gateway-\(index + 1).conf")
        let report = Settings.read([(path: path, bytes: Array(text.utf8))])
        guard let settings = report.settings else {
            preconditionFailure("the demonstration's settings are wrong: \(report.findings)")
        }
        return settings
    }

    fileprivate static func lock(_ door: CorridorDoor) -> String { "lock-\(door.name)" }
    fileprivate static func contact(_ door: CorridorDoor) -> String { "contact-\(door.name)" }
}

/// A gateway on a thread of its own.
final class RunningGateway {
    private let service: GatewayService
    private let thread: Thread

    init(_ service: GatewayService, name: String) throws(SystemError) {
        self.service = service
        thread = try Thread(name: name) {
            // Why it ended stands in its log; the corridor's verdict shows that it did.
            _ = try? service.run()
        }
    }

    /// Puts its locks to rest and waits for its end.
    func stop() {
        service.stop()
        thread.join()
    }
}

/// Locks and contacts of the corridor's doors on the simulated chip.
private struct ChipWiring: DoorWiring {
    let doors: [CorridorDoor]
    let chip: SimulatedChip

    func isReleased(_ door: DoorNumber) -> Bool {
        chip.isHigh(DemoHotel.lock(doors[door.rawValue])) ?? false
    }

    func setContact(_ door: DoorNumber, isOpen: Bool) {
        chip.drive(DemoHotel.contact(doors[door.rawValue]), isHigh: isOpen)
    }
}

private func hexadecimal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
}
