// SPDX-License-Identifier: Apache-2.0
// A gateway in a hundred lines, for the rig's own tests: it believes a tapped challenge pass whose
// tag, nonce and validity are right, and judges no distance. The product is tested elsewhere; this
// one shows that phones and corridor behave.
import BLEWire
import GuestPass
import Rig
import Timebase

struct SmallGateway {
    let number: Int
    let plan: CorridorPlan
    private let start: Instant
    private let wallStart: UnixTime
    private(set) var transcript = HostTranscript()
    /// Challenge passes by whether their tag was right.
    private(set) var goodTags = 0
    private(set) var wrongTags = 0
    private(set) var staleAnswers = 0
    private(set) var unknownPasses = 0
    private(set) var presencePasses = 0
    private(set) var lastExtension: PassExtension?

    private var challenges: [(challenge: Challenge, since: Instant)] = []
    /// Credentials whose present tap has opened: `tapped` stays set for 10 s, and a door that
    /// opened again behind its guest would stand open to whoever is in the corridor.
    private var spentTaps: Set<UInt64> = []
    private var table: [UInt64: (RollingID, IssuedPass)] = [:]
    private var tableWindow: PassWindow?
    private var releasedUntil: Instant?
    private var random: RandomSource
    private var isUp = false

    init(_ number: Int, _ plan: CorridorPlan, startsAt start: Instant, wallClock: UnixTime) {
        self.number = number
        self.plan = plan
        self.start = start
        wallStart = wallClock
        random = .stream(900 + UInt64(number), of: plan.seed)
    }

    private var id: GatewayID { plan.gateways[number].id }

    /// One turn of the host: read, decide, drive the lock, renew the beacon.
    mutating func turn(_ corridor: inout Corridor, _ deframer: inout H4Deframer) {
        let now = corridor.now
        transcript.reports.removeAll()
        transcript.read(corridor.takeBytes(for: number), with: &deframer)
        for report in transcript.reports.flatMap(\.self) { judge(report, at: now) }
        for (index, door) in plan.doors.enumerated() where door.gateway == number {
            if corridor.doors[index].isOpen { releasedUntil = nil }
            corridor.setLock(
                DoorNumber(index), isReleased: releasedUntil.map { now < $0 } ?? false)
        }
        guard challenges.last.map({ now - $0.since >= .seconds(1) }) ?? true else { return }
        renewBeacon(&corridor, at: now)
    }

    private mutating func renewBeacon(_ corridor: inout Corridor, at now: Instant) {
        let challenge = Challenge(
            counter: (challenges.last?.challenge.counter ?? 0) + 1, nonce: random.next())
        challenges.append((challenge, now))
        challenges.removeAll { now - $0.since > .seconds(3) }
        let beacon = Beacon(
            flags: [], gateway: id, challenge: challenge, time: wallClock(at: now))
        let advert = AdvertisingPayload(
            [2, 1, 6, 0x1B, 0xFF, 0xFF, 0xFF] + beacon.encoded(key: plan.beaconKey))
        guard let advert else { return }
        let isLegacy = number == 0
        let commands: [HCICommand] =
            isUp
            ? [isLegacy ? .setAdvertisingData(advert) : .setExtendedAdvertisingData(advert)]
            : bringUp(isLegacy ? .legacy : .extended, beacon: advert)
        isUp = true
        corridor.receive(encoded(commands), from: number)
    }

    private mutating func judge(_ report: HostReport, at now: Instant) {
        let carried = report.data.withUnsafeBytes {
            PassCarrier.find(in: $0, air: .manufacturer(0xFFFF))
        }
        guard let carried, carried.carrier == .manufacturer else { return }
        let pass = AirPass(
            rollingID: carried.first >> 16, maskedHeader: UInt16(truncatingIfNeeded: carried.first),
            tag: carried.second, maskedExtension: carried.third)
        refreshTable(PassWindow(wallClock(at: now)))
        if let (rolling, issued) = table[pass.rollingID],
            let open = try? OpenPass(pass, rolling)
        {
            judge(open, of: issued, at: now)
            return
        }
        unknownPasses += 1
    }

    private mutating func refreshTable(_ window: PassWindow) {
        guard window != tableWindow else { return }
        tableWindow = window
        table.removeAll()
        for issued in plan.people.compactMap(\.pass) {
            let key = issued.deviceKey.recognitionKey(zone: plan.zone, epoch: plan.epoch)
            for offset in -2...2 {
                let rolling = RollingID(key, window.advanced(by: offset))
                table[rolling.identifier] = (rolling, issued)
            }
        }
    }

    private mutating func judge(_ pass: OpenPass, of issued: IssuedPass, at now: Instant) {
        guard pass.header.mode == .challenge else {
            presencePasses += 1
            return
        }
        let key = issued.deviceKey.gatewayKey(site: plan.site, gateway: id, epoch: plan.epoch)
        let asked = challenges.last { $0.challenge.counterLow == pass.header.counterLow }
        guard let asked else {
            staleAnswers += 1
            return
        }
        guard pass.answers(asked.challenge, of: id, by: key) else {
            wrongTags += 1
            return
        }
        goodTags += 1
        lastExtension = pass.extension
        let isValid = issued.from <= wallClock(at: now) && wallClock(at: now) < issued.until
        guard pass.header.intent.contains(.tapped) else {
            spentTaps.remove(issued.credential)
            return
        }
        guard isValid, pass.header.door == plan.doors[issued.door.rawValue].index,
            spentTaps.insert(issued.credential).inserted
        else { return }
        releasedUntil = now + .seconds(5)
    }

    private func wallClock(at now: Instant) -> UnixTime { wallStart + (now - start) }
}
