// SPDX-License-Identifier: Apache-2.0
// The product's core behind a virtual controller, on simulated time: every decision of a gateway
// without its threads, sockets and lines.
import BLEWire
import DoorCore
import GuestPass
import Rig
import Timebase

final class CoreHost {
    private(set) var core: Core
    private(set) var events: [Event] = []
    private(set) var beacons = 0

    private let number: Int
    private let plan: CorridorPlan
    private let isLegacy: Bool
    private var deframer = H4Deframer()
    private var effects = Effects()
    private var random: RandomSource
    private var releasedUntil: Instant?
    private var isContactActive: Bool?
    private var nextClock: Instant
    private var isUp = false
    private var interval: Interval?

    init(_ number: Int, _ plan: CorridorPlan, startsAt start: Instant, wallClock: UnixTime) {
        self.number = number
        self.plan = plan
        isLegacy = number == 0
        random = .stream(900 + UInt64(number), of: plan.seed)
        nextClock = start
        let isLobby = plan.doors[number].isLobby
        var door = DoorConfiguration(
            index: DoorIndex(1), kind: isLobby ? .lobby : .guestRoom, level: .intent,
            receiver: ReceiverIndex(0),
            lock: LineIndex(0))
        door.contact = LineIndex(1)
        core = Core(
            CoreConfiguration(
                gateway: plan.gateways[number].id, doors: [door], bootCause: .powerOn),
            at: start)
        let tables = CredentialTables(
            epoch: 1, credentials: credentials(), raisedLevels: [],
            around: PassWindow(wallClock))
        core.handle(
            .wallClock(ClockReading(time: wallClock, isSynchronised: true)), at: start,
            into: &effects)
        core.handle(.tables(tables), at: start, into: &effects)
    }

    private func credentials() -> [Credential] {
        plan.people.compactMap(\.pass).map { issued in
            Credential(
                id: CredentialID(issued.credential),
                recognitionKey: issued.deviceKey.recognitionKey(
                    zone: plan.zone, epoch: plan.epoch),
                gatewayKey: issued.deviceKey.gatewayKey(
                    site: plan.site, gateway: plan.gateways[number].id, epoch: plan.epoch),
                notBefore: issued.from, expires: issued.until, holder: .guest,
                doors: issued.door.rawValue == number || plan.doors[number].isLobby ? 0b10 : 0,
                levelMax: .intent, consent: [])
        }
    }

    func turn(_ corridor: inout Corridor, wallClock: UnixTime) {
        let now = corridor.now
        var transcript = HostTranscript()
        transcript.read(corridor.takeBytes(for: number), with: &deframer)
        for report in transcript.reports.flatMap(\.self) { hear(report, at: now) }
        let isOpen = corridor.doors[number].isOpen
        if isContactActive != isOpen {
            isContactActive = isOpen
            core.handle(.line(LineIndex(1), isActive: isOpen), at: now, into: &effects)
        }
        if now >= nextClock {
            nextClock = now + .seconds(10)
            core.handle(
                .wallClock(ClockReading(time: wallClock, isSynchronised: true)), at: now,
                into: &effects)
        }
        if let due = core.deadline, due <= now { core.handle(.timer, at: now, into: &effects) }
        perform(&corridor)
        corridor.setLock(
            DoorNumber(number), isReleased: releasedUntil.map { now < $0 } ?? false)
    }

    private func hear(_ report: HostReport, at now: Instant) {
        let carried = report.data.withUnsafeBytes {
            PassCarrier.find(in: $0, air: .manufacturer(0xFFFF))
        }
        guard let carried else { return }
        let pass = AirPass(
            rollingID: carried.first >> 16, maskedHeader: UInt16(truncatingIfNeeded: carried.first),
            tag: carried.second, maskedExtension: carried.third)
        core.handle(
            .sighting(
                Sighting(
                    pass: pass, receiver: ReceiverIndex(0), rssi: report.rssi,
                    channel: report.channel)), at: now, into: &effects)
    }

    private func perform(_ corridor: inout Corridor) {
        while !effects.isEmpty {
            var bytes: [UInt8] = []
            var draws = 0
            effects.drain { (effect: consuming Effect) in
                switch consume effect {
                case .energise(_, let permit): releasedUntil = permit.until
                case .rest(_): releasedUntil = nil
                case .record(let event): events.append(event)
                case .beacon(let order): bytes += advertise(order)
                case .drawNonce: draws += 1
                case .indicate(_, isOn: _): break
                case .keepTime(_): break
                case .zeroise: break
                }
            }
            corridor.receive(bytes, from: number)
            for _ in 0..<draws {
                core.handle(.nonce(random.next()), at: corridor.now, into: &effects)
            }
        }
    }

    private func advertise(_ order: BeaconOrder) -> [UInt8] {
        beacons += 1
        let beacon = Beacon(
            flags: order.flags, gateway: plan.gateways[number].id, challenge: order.challenge,
            time: order.time)
        let payload =
            AdvertisingPayload(
                [2, 1, 6, 0x1B, 0xFF, 0xFF, 0xFF] + beacon.encoded(key: plan.beaconKey))
            ?? AdvertisingPayload()
        var commands = isUp ? [] : bringUp(isLegacy ? .legacy : .extended, beacon: payload)
        isUp = true
        let parameters = AdvertisingParameters(
            interval: UInt16(order.interval.nanoseconds / 625_000))
        if interval != order.interval {
            commands +=
                isLegacy
                ? [
                    .setAdvertisingEnable(false), .setAdvertisingParameters(parameters),
                    .setAdvertisingEnable(true),
                ]
                : [
                    .setExtendedAdvertisingEnable(false),
                    .setExtendedAdvertisingParameters(parameters),
                    .setExtendedAdvertisingEnable(true),
                ]
            interval = order.interval
        }
        commands.append(
            isLegacy ? .setAdvertisingData(payload) : .setExtendedAdvertisingData(payload))
        return encoded(commands)
    }
}
