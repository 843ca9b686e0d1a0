// SPDX-License-Identifier: Apache-2.0
// The real gateway for minutes: `lintel run` as a process of its own, linked to a hotel whose parts
// die, a controller that falls ill once a minute, a crowd of strangers and a guest who wants in.
// It watches itself as well: a guest it let wait is none the gateway failed.
import BLEWire
import DoorCore
import Gateway
import GuestPass
import HotelWire
import Platform
import Rig
import Timebase

final class SoakAir {
    let hotel: SoakHotel
    private let plan: SoakPlan
    private let folder: String
    private let lintel: String
    private let loop: EventLoop
    private var socket: ControllerSocket?
    private var controller: FaultyController
    private let start: Instant
    private let faults: [FaultWindow]
    private var random = RandomSource(seed: 5)
    private var strangers: [AirAddress] = []
    private var advertsSent = 0
    /// Due while we did nothing: they were never on the air.
    private var advertsMissed = 0

    private var tally = SoakTally()
    /// When the gateway said its lock was energised, on its own clock.
    private var energisedAt: Int64?
    private var sequence: UInt64 = 0
    private var visit: SoakVisit?
    /// Guests who are gone, and of whom the gateway may have something to tell yet.
    private var untold: [SoakVisit] = []
    private var turned: Instant
    /// When we last did nothing for too long, and for how long.
    private var stall: (until: Instant, lasted: Interval)?
    private var nextVisit: Instant
    private var nextGuestAdvert = Instant.origin

    /// - Parameters:
    ///   - folder: an empty one.
    ///   - lintel: the gateway's program.
    ///   - hotel: the program of its server.
    init(
        folder: String, lintel: String, hotel: String, minutes: Int, advertsPerSecond: Int
    ) throws {
        self.folder = folder
        self.lintel = lintel
        plan = SoakPlan(advertsPerSecond: advertsPerSecond, length: .minutes(Int64(minutes)))
        self.hotel = try SoakHotel(
            folder: folder, program: hotel, lintel: lintel, length: plan.length)
        start = MonotonicClock.now()
        turned = start
        faults = plan.faults(from: start)
        nextVisit = start + SoakPlan.firstVisit
        controller = FaultyController(
            VirtualController(
                model: .legacyOnly,
                publicAddress: AirAddress(octets: [1, 2, 3, 4, 5, 6], isRandom: false),
                random: RandomSource(seed: 1)),
            faults, random: RandomSource(seed: 2))
        loop = try EventLoop()
        strangers = (0..<40).map { _ in .random(&random) }
        socket = try ControllerSocket(
            loop, ControllerPort(path: "\(folder)/controller"),
            connected: { [unowned self] in controller.plugIn() },
            received: { [unowned self] bytes in
                controller.receive(bytes, at: MonotonicClock.now())
            })
    }

    /// What came of it, and the processor time of one advert in ns.
    func run() throws -> (tally: SoakTally, nanosecondsPerAdvert: Double) {
        let settings = Settings.load("\(folder)/lintel.conf").settings
        guard let settings else { throw Unmeasured("the soak's settings have errors") }
        let snapshot = try StateFile.read("\(folder)/snapshot", bytesMax: 16 << 20)
        _ = try SnapshotStore(settings).accept(snapshot, subject: "the soak's snapshot")
        let gateway = try SoakProcess(
            [lintel, "run", "--events", "--config", "\(folder)/lintel.conf"], log: "\(folder)/log")
        try Installer.confirmClock(lintel, socket: "\(folder)/api")
        turned = MonotonicClock.now()
        try hotel.open(from: start, length: plan.length)
        defer { hotel.end() }
        let end = start + plan.length
        let warmUp = start + Interval(nanoseconds: plan.length.nanoseconds / 4)
        var (nextSample, busyFrom) = (warmUp, Interval.zero)
        var advertsBefore = 0
        while true {
            let now = MonotonicClock.now()
            guard now < end else { break }
            try turn(gateway)
            try hotel.turn(at: now)
            visit(at: now, gateway)
            if now >= nextSample {
                if tally.resident.isEmpty {
                    (busyFrom, advertsBefore) = (gateway.processorTime, advertsSent)
                }
                tally.resident.append(gateway.residentBytes)
                nextSample = nextSample + .seconds(1)
            }
        }
        let busy = gateway.processorTime - busyFrom
        try settle(gateway)
        let status = gateway.stop()
        for line in try gateway.lines() { hear(line) }
        for visit in untold { judge(visit) }
        guard status == 0 else { throw Unmeasured("lintel run ended with status \(status)") }
        let stopped = (MonotonicClock.now() - .origin).milliseconds
        if let energisedAt, stopped - energisedAt > SiteFiles.pulse.milliseconds + 500 {
            tally.stuck += 1
        }
        tally.adverts = advertsSent
        let heard = max(1, advertsSent - advertsBefore)
        return (tally, Double(busy.nanoseconds) / Double(heard))
    }

    /// Until the hotel has what happened, or is not going to have it.
    private func settle(_ gateway: SoakProcess) throws {
        let recorded = sequence
        let end = MonotonicClock.now() + SoakPlan.settling
        var (stored, next) = (UInt64(0), MonotonicClock.now())
        while stored < recorded, MonotonicClock.now() < end {
            try turn(gateway)
            guard MonotonicClock.now() >= next else { continue }
            next = MonotonicClock.now() + .seconds(1)
            stored = try hotel.storedEvents()
        }
        tally.events = (recorded, min(stored, recorded))
    }

    private func turn(_ gateway: SoakProcess) throws {
        _ = try loop.runOnce(limit: .milliseconds(5))
        for line in try gateway.lines() { hear(line) }
        let now = MonotonicClock.now()
        tally.lateness = max(tally.lateness, now - turned)
        if now - turned > SoakPlan.latenessMax { stall = (now, now - turned) }
        turned = now
        transmit(at: now)
    }

    // MARK: - The gateway's word

    private func hear(_ line: String) {
        guard let moment = Self.number(after: "\"t\":", in: line) else { return }
        let at = Instant.origin + .milliseconds(moment)
        tally.tellingDelay = max(tally.tellingDelay, MonotonicClock.now() - at)
        sequence = Self.number(after: "\"sequence\":", in: line).map { UInt64($0) } ?? sequence
        // Events are told in their order: of what was before this one, nothing is to come.
        while let earlier = untold.first, earlier.until < at { judge(untold.removeFirst()) }
        visit?.words.append(line)
        for index in untold.indices { untold[index].words.append(line) }
        if line.contains("\"event\":\"unlocked\"") {
            if energisedAt != nil { tally.stuck += 1 }
            energisedAt = moment
            letIn(at: at)
        } else if line.contains("\"event\":\"relocked\""), let since = energisedAt {
            tally.longestPulse = max(tally.longestPulse, .milliseconds(moment - since))
            energisedAt = nil
        }
    }

    /// By when it was: the office may tell later, and the guest be gone by then.
    private func letIn(at moment: Instant) {
        if let visit, visit.from <= moment {
            self.visit?.openedAt = moment
        } else if let index = untold.firstIndex(where: { $0.from <= moment }) {
            untold[index].openedAt = moment
            judge(untold.remove(at: index))
        }
    }

    /// Of `"t":12.345,` in milliseconds.
    private static func number(after mark: String, in line: String) -> Int64? {
        guard let start = line.firstRange(of: mark)?.upperBound else { return nil }
        return Int64(line[start...].prefix { $0 != "," }.filter { $0 != "." })
    }

    // MARK: - The air

    private func transmit(at now: Instant) {
        let due = Int((now - start).seconds * Double(plan.advertsPerSecond))
        let mostAtOnce = Int(SoakPlan.latenessMax.seconds * Double(plan.advertsPerSecond))
        advertsMissed = max(advertsMissed, due - advertsSent - mostAtOnce)
        while advertsSent + advertsMissed < due {
            let payload = ForeignAdverts.all[advertsSent % ForeignAdverts.all.count]
            controller.hear(
                HeardAdvert(
                    kind: .nonConnectable, address: strangers[advertsSent % strangers.count],
                    payload: payload, reception: Reception(rssi: -71, channel: 37)), at: now)
            advertsSent += 1
        }
        if controller.isPresent(at: now) {
            socket?.send(controller.takeBytes(at: now))
        } else {
            socket?.hangUp()
        }
    }

    private func visit(at now: Instant, _ gateway: SoakProcess) {
        guard let visit else {
            guard now >= nextVisit else { return }
            self.visit = SoakVisit(
                from: now, waited: gateway.waitedForProcessor, unread: socket?.unreadBytes ?? 0)
            nextVisit = nextVisit + SoakPlan.visitEvery
            return
        }
        let since = now - visit.from
        guard visit.openedAt == nil, since < SoakPlan.approach + SoakPlan.patience else {
            return end(visit, at: now, gateway)
        }
        guard now >= nextGuestAdvert else { return }
        nextGuestAdvert = now + .milliseconds(250)
        advertise(since)
    }

    private func end(_ visit: SoakVisit, at now: Instant, _ gateway: SoakProcess) {
        var visit = visit
        visit.end(
            at: now, stall: stall, waited: gateway.waitedForProcessor,
            unread: socket?.unreadBytes ?? 0)
        self.visit = nil
        if visit.openedAt == nil { untold.append(visit) } else { judge(visit) }
    }

    private func judge(_ visit: SoakVisit) {
        let hasOpened = visit.openedAt != nil
        guard !SoakPlan.isHarmed(faults, from: visit.from, until: visit.until) else {
            tally.harmedVisits += 1
            tally.harmedOpened += hasOpened ? 1 : 0
            return
        }
        if !hasOpened { tally.misses.append(visit.account(since: start)) }
        guard hasOpened || visit.stall == nil else { return tally.unheard += 1 }
        tally.visits += 1
        tally.opened += hasOpened ? 1 : 0
    }

    private func advertise(_ since: Interval) {
        guard let payload = controller.controller.advertisedPayload,
            let carried = payload.withUnsafeBytes({ CarriedBeacon.find(in: $0, air: Crowd.air) })
        else { return }
        let isTapping = since >= SoakPlan.approach
        let step = Int8(min(since.milliseconds / 250, 15))
        let pass = Crowd.answer(
            of: hotel.guest, at: 0, to: carried.challenge, in: PassWindow(WallClock.now()),
            isTapping ? [.moving, .tapped] : [.moving])
        controller.hear(
            HeardAdvert(
                kind: .nonConnectable, address: .random(&random),
                payload: [0x17, 0xFF, 0xFF, 0xFF] + pass.core,
                reception: Reception(rssi: isTapping ? -52 : -85 + step * 2, channel: 38)),
            at: MonotonicClock.now())
        visit?.adverts += 1
    }
}

extension CarriedBeacon {
    /// Bytes 5…7 and 8…15 of a beacon.
    fileprivate var challenge: Challenge {
        Challenge(counter: UInt32(truncatingIfNeeded: first), nonce: second)
    }
}
