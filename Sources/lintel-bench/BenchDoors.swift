// SPDX-License-Identifier: Apache-2.0
// A door thread whose clock can be sent ahead, so that five hundred pulses need not be waited for.
// Radio, ear, core and line adapter are the product's own and are used as the gateway's door thread
// uses them; what a real line costs, one system call, is paid by writing to an eventfd.
import BLEWire
import DoorCore
import Gateway
import GuestPass
import Locks
import Platform
import Radio
import Timebase

/// From the bench to its doors.
enum BenchOrder: Sendable {
    case tables(CredentialTables)
    /// Lets this much time pass at once; answered by `leapt`.
    case leap(Interval)
    /// Lets this much time pass at every advert from now on.
    case step(Interval)
    /// Answered by `allocations`.
    case countAllocations
    /// Draws no more nonces, so that nothing happens but adverts; or draws them again.
    case quiet(Bool)
    case stop
}

/// From the doors to the bench.
enum BenchReport: Sendable {
    case scanning
    case leapt(Challenge?, UnixTime)
    /// A pass was handled; if it opened a door, when the line was set.
    case heard(lineSetAt: Instant?)
    case allocations(UInt64)
    case failed(String)
}

/// What both threads hold.
final class BenchMail: Sendable {
    let toDoors: SPSCRing<BenchOrder>
    let toBench: SPSCRing<BenchReport>

    init() throws(SystemError) {
        toDoors = try SPSCRing(capacity: 64)
        toBench = try SPSCRing(capacity: 64)
    }
}

/// One door, run by the thread that makes it.
final class BenchDoors {
    static let start = UnixTime(seconds: 1_767_225_600)

    private let mail: BenchMail
    private let loop: EventLoop
    private let lines: LineAdapter
    /// Stands for the GPIO character device; nobody waits for it.
    private let line: Doorbell
    private let beaconKey: BeaconKey
    private var core: Core
    private var effects = Effects()
    private let ear = Ear(receiver: ReceiverIndex(0), air: Crowd.air)
    private var radio: Radio?
    private var timer: TimerSource?
    private var orders: IOSource?

    /// How far the core's clock is ahead of the machine's, and how much further with every advert.
    private var ahead = Interval.zero
    private var step = Interval.zero
    private let startedAt: Instant
    private var lastMoment: Instant
    private var challenge: Challenge?
    private var wantsNonce = false
    private var isQuiet = false
    private var lineSetAt: Instant?

    /// - Parameter socket: where the controller listens.
    init(_ mail: BenchMail, socket: String) throws {
        self.mail = mail
        startedAt = MonotonicClock.now()
        lastMoment = startedAt
        loop = try EventLoop()
        line = try Doorbell()
        var generator = SystemRandomNumberGenerator()
        beaconKey = BeaconKey.random(using: &generator)
        let door = Crowd.door(0)
        lines = try LineAdapter([
            LineRequest(try LineSpecification("sim/lock"), .lock(door.index))
        ])
        core = Core(
            CoreConfiguration(gateway: Crowd.gateway, doors: [door], hasEarlierRun: false),
            at: startedAt)
        timer = try TimerSource(loop) { [unowned self] now in take(.timer, at: now + ahead) }
        orders = try IOSource(
            loop, descriptor: mail.toDoors.doorbell.rawValue, events: .readable
        ) { [unowned self] _ in obey() }
        radio = try Radio(
            loop, RadioConfiguration(name: "bench", adapter: .unix(path: socket)),
            onReports: { [unowned self] reports, moment in hear(reports, at: moment) },
            onNotice: { [unowned self] notice in
                switch notice {
                case .scanning: tell(.scanning)
                case .failed(let failure, _): tell(.failed("\(failure)"))
                case .climbing, .remedyFailed, .beaconRefused: break
                }
            })
    }

    func run() throws {
        readClock()
        radio?.start()
        _ = try loop.run()
        radio?.stop()
        lines.stop()
    }

    private func hear(_ reports: AdvertisingReports, at moment: Instant) {
        ahead = ahead + step
        _ = ear.listen(to: reports) { [unowned self] sighting in
            lineSetAt = nil
            take(.sighting(sighting), at: moment + ahead)
            tell(.heard(lineSetAt: lineSetAt))
        }
    }

    private func obey() {
        mail.toDoors.doorbell.answer()
        while let order = mail.toDoors.pop() {
            switch order {
            case .tables(let tables): take(.tables(tables), at: now)
            case .leap(let interval): leap(interval)
            case .step(let interval): step = interval
            case .countAllocations: tell(.allocations(Allocations.ofThisThread))
            case .quiet(let isQuiet): self.isQuiet = isQuiet
            case .stop: loop.exit(code: 0)
            }
        }
    }

    private func leap(_ interval: Interval) {
        let end = now + interval
        while let deadline = core.deadline, deadline <= end {
            ahead = ahead + max(.zero, deadline - now)
            take(.timer, at: now)
        }
        ahead = ahead + max(.zero, end - now)
        readClock()
        tell(.leapt(challenge, wall))
    }

    private func readClock() {
        take(.wallClock(ClockReading(time: wall, isSynchronised: true)), at: now)
    }

    private var now: Instant { MonotonicClock.now() + ahead }
    private var wall: UnixTime { Self.start + (now - startedAt) }

    private func take(_ input: Input, at moment: Instant) {
        lastMoment = max(lastMoment, moment)
        core.handle(input, at: lastMoment, into: &effects)
        perform()
        if wantsNonce {
            wantsNonce = false
            core.handle(.nonce(UInt64.random(in: .min ... .max)), at: lastMoment, into: &effects)
            perform()
        }
        try? timer?.arm(core.deadline.map { $0 - ahead })
    }

    private func perform() {
        effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(let index, let permit):
                do throws(SystemError) {
                    try lines.energise(index, permit)
                    line.ring()
                    lineSetAt = MonotonicClock.now()
                } catch {
                    tell(.failed("\(error)"))
                }
            case .rest(let index): try? lines.rest(index)
            case .beacon(let order): advertise(order)
            case .drawNonce: wantsNonce = !isQuiet
            case .indicate(_, isOn: _): break
            case .record(_): break
            case .keepTime(_): break
            case .zeroise: break
            }
        }
    }

    private func advertise(_ order: BeaconOrder) {
        challenge = order.challenge
        let beacon = Beacon(
            flags: order.flags, gateway: Crowd.gateway, challenge: order.challenge,
            time: order.time)
        guard let carried = CarriedBeacon(beacon.encoded(key: beaconKey)) else { return }
        radio?.advertisement = Advertisement(
            payload: carried.encode(air: Crowd.air), interval: order.interval)
    }

    private func tell(_ report: BenchReport) { _ = mail.toBench.push(report) }
}
