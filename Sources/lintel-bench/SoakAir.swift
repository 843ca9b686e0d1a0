// SPDX-License-Identifier: Apache-2.0
// The real gateway for minutes: `lintel run` as a process of its own, a controller that falls ill
// once a minute, a crowd of strangers and a guest who wants in.
import BLEWire
import DoorCore
import Gateway
import GuestPass
import HotelWire
import Platform
import Rig
import Timebase

final class SoakAir {
    private let plan: SoakPlan
    private let folder: String
    private let crowd: Crowd
    private let loop: EventLoop
    private var socket: ControllerSocket?
    private var controller: FaultyController
    private let start: Instant
    private let faults: [FaultWindow]
    private var random = RandomSource(seed: 5)
    private var strangers: [AirAddress] = []
    private var advertsSent = 0

    private var tally = SoakTally()
    /// When the gateway said its lock was energised, on its own clock.
    private var energisedAt: Int64?
    private var unlocks = 0
    private var visit: (from: Instant, unlocksBefore: Int)?
    private var nextVisit: Instant
    private var nextGuestAdvert = Instant.origin

    /// - Parameter folder: an empty one.
    init(folder: String, minutes: Int, advertsPerSecond: Int) throws {
        self.folder = folder
        plan = SoakPlan(advertsPerSecond: advertsPerSecond, length: .minutes(Int64(minutes)))
        let site = SiteFiles(folder: folder)
        try site.write()
        crowd = Crowd(guests: 1, from: WallClock.now())
        start = MonotonicClock.now()
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
    func run(lintel: String) throws -> (tally: SoakTally, nanosecondsPerAdvert: Double) {
        let settings = Settings.load("\(folder)/lintel.conf").settings
        guard let settings else { throw Unmeasured("the soak's settings have errors") }
        let snapshot = try StateFile.read("\(folder)/snapshot", bytesMax: 16 << 20)
        _ = try SnapshotStore(settings).accept(snapshot, subject: "the soak's snapshot")
        let gateway = try SoakProcess(
            [lintel, "run", "--events", "--config", "\(folder)/lintel.conf"], log: "\(folder)/log")
        let end = start + plan.length
        let warmUp = start + Interval(nanoseconds: plan.length.nanoseconds / 4)
        var (nextSample, busyFrom) = (warmUp, Interval.zero)
        var advertsBefore = 0
        while true {
            let now = MonotonicClock.now()
            guard now < end else { break }
            _ = try loop.runOnce(limit: .milliseconds(5))
            for line in try gateway.lines() { hear(line) }
            turn(at: MonotonicClock.now())
            if now >= nextSample {
                if tally.resident.isEmpty {
                    (busyFrom, advertsBefore) = (gateway.processorTime, advertsSent)
                }
                tally.resident.append(gateway.residentBytes)
                nextSample = nextSample + .seconds(1)
            }
        }
        let busy = gateway.processorTime - busyFrom
        let status = gateway.stop()
        for line in try gateway.lines() { hear(line) }
        guard status == 0 else { throw Unmeasured("lintel run ended with status \(status)") }
        let stopped = (MonotonicClock.now() - .origin).milliseconds
        if let energisedAt, stopped - energisedAt > SiteFiles.pulse.milliseconds + 500 {
            tally.stuck += 1
        }
        tally.adverts = advertsSent
        let heard = max(1, advertsSent - advertsBefore)
        return (tally, Double(busy.nanoseconds) / Double(heard))
    }

    // MARK: - The gateway's word

    private func hear(_ line: String) {
        guard let moment = Self.milliseconds(in: line) else { return }
        if line.contains("\"event\":\"unlocked\"") {
            if energisedAt != nil { tally.stuck += 1 }
            (energisedAt, unlocks) = (moment, unlocks + 1)
        } else if line.contains("\"event\":\"relocked\""), let since = energisedAt {
            tally.longestPulse = max(tally.longestPulse, .milliseconds(moment - since))
            energisedAt = nil
        }
    }

    /// Of `"t":12.345,`
    private static func milliseconds(in line: String) -> Int64? {
        guard let mark = line.split(separator: "\"t\":", maxSplits: 1).last,
            let number = mark.split(separator: ",", maxSplits: 1).first
        else { return nil }
        return Int64(number.filter { $0 != "." })
    }

    // MARK: - The air

    private func turn(at now: Instant) {
        let due = Int((now - start).seconds * Double(plan.advertsPerSecond))
        while advertsSent < due {
            let payload = ForeignAdverts.all[advertsSent % ForeignAdverts.all.count]
            controller.hear(
                HeardAdvert(
                    kind: .nonConnectable, address: strangers[advertsSent % strangers.count],
                    payload: payload, reception: Reception(rssi: -71, channel: 37)), at: now)
            advertsSent += 1
        }
        visit(at: now)
        if controller.isPresent(at: now) {
            socket?.send(controller.takeBytes(at: now))
        } else {
            socket?.hangUp()
        }
    }

    private func visit(at now: Instant) {
        guard let visit else {
            guard now >= nextVisit else { return }
            self.visit = (now, unlocks)
            nextVisit = nextVisit + SoakPlan.visitEvery
            return
        }
        let since = now - visit.from
        let hasOpened = unlocks > visit.unlocksBefore
        guard !hasOpened, since < SoakPlan.approach + SoakPlan.patience else {
            return end(visit.from, hasOpened, at: now)
        }
        guard now >= nextGuestAdvert else { return }
        nextGuestAdvert = now + .milliseconds(250)
        advertise(since)
    }

    private func advertise(_ since: Interval) {
        guard let payload = controller.controller.advertisedPayload,
            let carried = payload.withUnsafeBytes({ CarriedBeacon.find(in: $0, air: Crowd.air) })
        else { return }
        let isTapping = since >= SoakPlan.approach
        let step = Int8(min(since.milliseconds / 250, 15))
        let pass = crowd.answer(
            of: 0, to: carried.challenge, in: PassWindow(WallClock.now()),
            isTapping ? [.moving, .tapped] : [.moving])
        controller.hear(
            HeardAdvert(
                kind: .nonConnectable, address: .random(&random),
                payload: [0x17, 0xFF, 0xFF, 0xFF] + pass.core,
                reception: Reception(rssi: isTapping ? -52 : -85 + step * 2, channel: 38)),
            at: MonotonicClock.now())
    }

    private func end(_ from: Instant, _ hasOpened: Bool, at now: Instant) {
        visit = nil
        if SoakPlan.isHarmed(faults, from: from, until: now) {
            tally.harmedVisits += 1
            tally.harmedOpened += hasOpened ? 1 : 0
        } else {
            tally.visits += 1
            tally.opened += hasOpened ? 1 : 0
        }
    }
}

extension CarriedBeacon {
    /// Bytes 5…7 and 8…15 of a beacon.
    fileprivate var challenge: Challenge {
        Challenge(counter: UInt32(truncatingIfNeeded: first), nonce: second)
    }
}
