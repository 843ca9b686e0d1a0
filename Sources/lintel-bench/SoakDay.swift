// SPDX-License-Identifier: Apache-2.0
// A day of a gateway's decisions in minutes: the core, the ear and the window tables of the real
// gateway under simulated time, with every advert of the day.
import BLEWire
import DoorCore
import GuestPass
import Gateway
import Platform
import Rig
import Timebase

struct SoakDay {
    let plan: SoakPlan
    private let crowd = Crowd(guests: 1, from: BenchDoors.start)
    private let ear = Gateway.Ear(receiver: ReceiverIndex(0), air: Crowd.air)
    private let door = Crowd.door(0)
    private let start = Instant.origin + .hours(1)

    init(hours: Int, advertsPerSecond: Int) {
        plan = SoakPlan(advertsPerSecond: advertsPerSecond, length: .hours(Int64(hours)))
    }

    /// The pulse of its door.
    var pulse: Interval { door.pulse }

    func run() -> SoakTally {
        var day = Day(
            core: Core(
                CoreConfiguration(gateway: Crowd.gateway, doors: [door], hasEarlierRun: false),
                at: start), now: start)
        let faults = plan.faults(from: start)
        var tables = crowd.tables(around: PassWindow(BenchDoors.start))
        day.give(.wallClock(ClockReading(time: BenchDoors.start, isSynchronised: true)))
        day.give(.tables(tables))
        let quarterAdverts = plan.advertsPerSecond / 4
        var wasIll = false
        for quarter in 0..<(plan.length.milliseconds / 250) {
            day.pass(.milliseconds(250))
            let wall = BenchDoors.start + (day.now - start)
            if tables.lastWindow < PassWindow(wall).advanced(by: 4) {
                tables = crowd.tables(around: PassWindow(wall), reusing: tables)
                day.give(.tables(tables))
            }
            let isIll = faults.contains { $0.from <= day.now && day.now < $0.until }
            if isIll != wasIll { day.give(.radio(ReceiverIndex(0), isHearing: !isIll)) }
            wasIll = isIll
            if quarter % 14_400 == 14_399 {
                day.tally.resident.append(SoakProcess.residentBytes(of: "self"))
            }
            if !isIll {
                hear(quarterAdverts, &day)
                visit(at: day.now, wall, faults, &day)
            }
        }
        if let since = day.energisedAt, day.now - since > pulse { day.tally.stuck += 1 }
        return day.tally
    }

    private func hear(_ count: Int, _ day: inout Day) {
        day.tally.adverts += count
        for number in 0..<count {
            let event = ForeignAdverts.events[number % ForeignAdverts.events.count]
            event.withUnsafeBytes { bytes in
                guard
                    case .advertisingReports(let reports)? = try? HCIEvent(
                        HCIPacket(type: .event, body: bytes))
                else { return }
                _ = ear.listen(to: reports) { day.give(.sighting($0)) }
            }
        }
    }

    /// The guest of this moment, if one is there.
    private func visit(at now: Instant, _ wall: UnixTime, _ faults: [FaultWindow], _ day: inout Day)
    {
        let since = (now - start - SoakPlan.firstVisit).nanoseconds
        guard since >= 0, let challenge = day.challenge else { return }
        let place = Interval.nanoseconds(since % SoakPlan.visitEvery.nanoseconds)
        let isTapping = place >= SoakPlan.approach
        guard place < SoakPlan.approach + .seconds(1) else { return }
        let before = day.unlocks
        let level = Int8(-85 + min(place.milliseconds / 250, 15) * 2)
        let pass = crowd.answer(
            of: 0, to: challenge, in: PassWindow(wall), isTapping ? [.moving, .tapped] : [.moving])
        day.give(
            .sighting(
                Sighting(pass: pass, receiver: ReceiverIndex(0), rssi: isTapping ? -52 : level)))
        if day.unlocks > before { day.hasOpened = true }
        // Its last advert decides.
        guard place + .milliseconds(250) >= SoakPlan.approach + .seconds(1) else { return }
        let isHarmed = SoakPlan.isHarmed(faults, from: now - SoakPlan.approach, until: now)
        if isHarmed {
            day.tally.harmedVisits += 1
            day.tally.harmedOpened += day.hasOpened ? 1 : 0
        } else {
            day.tally.visits += 1
            day.tally.opened += day.hasOpened ? 1 : 0
        }
        day.hasOpened = false
    }

    /// The core and what its effects did.
    private struct Day {
        var core: Core
        var now: Instant
        var tally = SoakTally()
        var challenge: Challenge?
        var energisedAt: Instant?
        var unlocks = 0
        var hasOpened = false
        private let box = EffectsBox()
        private var nonces = RandomSource(seed: 3)

        init(core: Core, now: Instant) {
            self.core = core
            self.now = now
        }

        mutating func pass(_ interval: Interval) {
            let end = now + interval
            while let deadline = core.deadline, deadline <= end {
                now = max(now, deadline)
                give(.timer)
            }
            now = end
        }

        mutating func give(_ input: Input) {
            core.handle(input, at: now, into: &box.effects)
            var wantsNonce = false
            var moves: [Bool] = []
            var beacons: [BeaconOrder] = []
            box.effects.drain { (effect: consuming Effect) in
                switch consume effect {
                case .energise(_, _): moves.append(true)
                case .rest(_): moves.append(false)
                case .beacon(let order): beacons.append(order)
                case .drawNonce: wantsNonce = true
                case .record(_): break
                case .indicate(_, isOn: _): break
                case .keepTime(_): break
                case .zeroise: break
                }
            }
            for isEnergised in moves { move(isEnergised) }
            if let order = beacons.last { challenge = order.challenge }
            if wantsNonce { give(.nonce(nonces.next())) }
        }

        private mutating func move(_ isEnergised: Bool) {
            if isEnergised {
                energisedAt = now
                unlocks += 1
            } else if let since = energisedAt {
                tally.longestPulse = max(tally.longestPulse, now - since)
                energisedAt = nil
            }
        }
    }

    private final class EffectsBox {
        var effects = Effects()
    }
}
