// SPDX-License-Identifier: Apache-2.0
// The thread that owns radios, decisions and lines: it waits for its loop alone, touches no disk or
// network, and allocates nothing for an advert. What it has to say goes into the ring to the
// office; when that is full the loss is counted and told.
import BLEWire
import DoorCore
import GuestPass
import Locks
import Platform
import Radio
import Timebase

/// Runs a gateway's doors on one event loop.
final class DoorThread {
    let loop: EventLoop
    var settings: Settings
    let decorate: Radio.Decorator
    private let mail: Mail
    private let lines: LineAdapter
    private var core: Core
    private var effects = Effects()
    var radios: [Radio] = []
    var ears: [Ear] = []
    /// The radio that nothing else can help.
    var beyondHelp: ReceiverIndex?
    private var lineSources: [IOSource?] = []
    private var orderSource: IOSource?
    private var timer: TimerSource?
    private var ticker: TimerSource?

    private var beaconKey: BeaconKey?
    private var clockFacts = ClockFacts()
    let watchdogs: Watchdogs
    private var stall: Stall?
    private var lastMoment: Instant
    /// What performing effects brought about, to be handed in once they are all performed.
    private var (wantsNonce, isZeroised) = (false, false)
    private var wantedBeacon: BeaconOrder?
    private var isAdvertising = false
    private var failedLines: [LineIndex] = []
    private var eventsLost: UInt32 = 0
    var malformedReports: UInt64 = 0

    /// Requests the lines, outputs at rest, and opens the radios.
    ///
    /// - Parameters:
    ///   - kept: what was set at the doors before the last restart.
    ///   - decorate: wraps each way to a controller that was opened.
    init(
        _ settings: Settings, mail: Mail, simulated: SimulatedChip,
        notifier: ServiceNotifier = ServiceNotifier(), kept: [KeptDoor] = [],
        decorate: @escaping Radio.Decorator = { $0 }
    ) throws(SystemError) {
        self.settings = settings
        self.decorate = decorate
        self.mail = mail
        let now = MonotonicClock.now()
        lastMoment = now
        loop = try EventLoop()
        lines = try LineAdapter(settings.lines.map(\.request), simulated: simulated)
        core = Core(
            CoreConfiguration(
                gateway: settings.gateway, doors: settings.doors.map(\.configuration),
                bootCause: mail.bootCause, directionLights: settings.directionLights, kept: kept),
            at: now)
        watchdogs = Watchdogs(settings, notifier: notifier, at: now) { error in
            _ = mail.toOffice.push(.watchdogRefused(error))
        }
        failedLines.reserveCapacity(settings.lines.count)
        timer = try TimerSource(loop) { [unowned self] now in
            lines.settle(at: now) { [self] in hear($0) }
            take(.timer, at: now)
        }
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
        try watchLines()
        orderSource = try IOSource(
            loop, descriptor: mail.toDoors.doorbell.rawValue, events: .readable
        ) { [unowned self] _ in readOrders() }
        try makeRadios()
    }

    /// Runs until told to stop. Locks rest before this returns.
    func run() throws(SystemError) -> DoorsEnd {
        let now = MonotonicClock.now()
        lines.reportLevels(since: now) { [self] in hear($0) }
        tick(now)
        for radio in radios { radio.start() }
        post(.started)
        defer {
            for radio in radios { radio.stop() }
            lines.stop()
        }
        _ = try loop.run()
        lines.stop()
        watchdogs.disarm()
        return beyondHelp.map(DoorsEnd.beyondHelp) ?? .asTold
    }

    // MARK: - Inputs

    /// Hands one input to the core and performs what it asks for.
    func take(_ input: Input, at moment: Instant) {
        // A batch of adverts may be stamped a little before a timer that was handled already.
        lastMoment = max(lastMoment, moment)
        handle(input)
        while let line = failedLines.popLast() { handle(.lineFault(line)) }
        if isZeroised {
            isZeroised = false
            handle(.tables(.empty))
        }
        if wantsNonce {
            wantsNonce = false
            handle(.nonce(UInt64.random(in: .min ... .max)))
        }
        advertise()
        arm()
    }

    private func handle(_ input: Input) {
        core.handle(input, at: lastMoment, into: &effects)
        perform()
    }

    private func watchLines() throws(SystemError) {
        for (number, watch) in lines.watches.enumerated() {
            lineSources.append(
                try IOSource(loop, descriptor: watch.descriptor, events: .readable) {
                    [unowned self] _ in
                    if !lines.receive(watch, report: { [self] in hear($0) }) {
                        lineSources[number] = nil
                    }
                    arm()
                })
        }
    }

    private func hear(_ report: LineAdapter.Report) {
        let now = MonotonicClock.now()
        switch report {
        case .level(let line, let isActive, _): take(.line(line, isActive: isActive), at: now)
        case .fault(let line, let error):
            post(.lineFault(line, error))
            take(.lineFault(line), at: now)
        case .overrun(let line):
            post(.lineOverrun(line))
            take(.line(line, isActive: false), at: now)
        }
    }

    private func readOrders() {
        mail.toDoors.doorbell.answer()
        while let order = mail.toDoors.pop() {
            switch order {
            case .tables(let tables): take(.tables(tables), at: MonotonicClock.now())
            case .beaconKey(let key): beaconKey = key
            case .clockFacts(let facts):
                clockFacts = facts
                readClock(MonotonicClock.now())
            case .command(let command, let order):
                take(.command(command, by: order), at: MonotonicClock.now())
                postFigures()
                post(.obeyed(order.number))
            case .settings(let new):
                adopt(new)
                post(.reloaded)
            case .fact(let fact): take(.fact(fact), at: MonotonicClock.now())
            case .stop: loop.exit(code: 0)
            }
        }
    }

    /// Once a second: the wall clock, lost edges, lost reports, the watchdog.
    private func tick(_ now: Instant) {
        readClock(now)
        lines.resample(at: now) { [self] in hear($0) }
        if eventsLost > 0 {
            let count = eventsLost
            eventsLost = 0
            take(.recordsLost(count), at: now)
        }
        feedWatchdogs(now)
        postFigures()
        endIfBeyondHelp(core.doors.map { $0.status(at: now) })
        arm(ticker, now + Limits.tickPeriod)
    }

    private func feedWatchdogs(_ now: Instant) {
        let found = watchdogs.tick(
            at: now, guardBeat: lines.guardBeat, officeBeat: mail.officeBeat,
            radios: radios.map { RadioSign($0) })
        if found != stall { post(.stalled(found)) }
        stall = found
    }

    private func postFigures() {
        let now = lastMoment
        post(
            .figures(
                DoorFigures(
                    at: now, core: core.counters, doors: core.doors.map { $0.status(at: now) },
                    radios: radios.map(\.counters), radioStates: radios.map(\.state),
                    radioFacts: radios.map(\.facts),
                    clock: core.clock.state, wall: core.clock.wall(at: now),
                    clockReadingsRejected: core.clock.rejectedReadings, epoch: core.epoch,
                    watchdogs: watchdogs.counters, reportsLost: mail.toOffice.lost,
                    malformedReports: malformedReports)))
    }

    private func readClock(_ now: Instant) {
        take(
            .wallClock(
                ClockReading(
                    time: WallClock.now(), isSynchronised: WallClock.isSynchronised,
                    hasRealTimeClock: clockFacts.hasRealTimeClock,
                    lowerBound: clockFacts.lowerBound, localOffset: clockFacts.localOffset)),
            at: now)
    }

    // MARK: - Effects

    private func perform() {
        effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(let line, let permit):
                do throws(SystemError) { try lines.energise(line, permit) } catch {
                    failed(line, error)
                }
            case .rest(let line):
                do throws(SystemError) { try lines.rest(line) } catch { failed(line, error) }
            case .indicate(let line, let isOn):
                do throws(SystemError) {
                    try lines.indicate(line, isOn: isOn)
                } catch { failed(line, error) }
            case .record(let event): tell(event)
            case .beacon(let order): wantedBeacon = order
            case .keepTime(let time): post(.keepTime(time))
            case .zeroise:
                beaconKey = nil
                isZeroised = true
                post(.zeroise)
            case .drawNonce: wantsNonce = true
            }
        }
    }

    private func tell(_ event: Event) {
        guard !post(.event(event)) else { return }
        eventsLost += 1
        // A loss that could not be told is told with the next.
        if case .overflow(let untold) = event.kind { eventsLost += untold }
    }

    private func failed(_ line: LineIndex, _ error: SystemError) {
        failedLines.append(line)
        post(.lineFault(line, error))
    }

    /// An adapter that is gone shows here, and is an input of its own from within: what that asks
    /// for is advertised after this.
    private func advertise() {
        guard !isAdvertising else { return }
        isAdvertising = true
        defer { isAdvertising = false }
        while let order = wantedBeacon.take() {
            guard let beaconKey else { continue }
            let beacon = Beacon(
                flags: order.flags, gateway: settings.gateway, challenge: order.challenge,
                time: order.time)
            guard let carried = CarriedBeacon(beacon.encoded(key: beaconKey)) else { continue }
            for (radio, receiver) in zip(radios, settings.receivers) {
                radio.advertisement = Advertisement(
                    payload: carried.encode(air: receiver.air), interval: order.interval)
            }
        }
    }

    @discardableResult
    func post(_ report: DoorReport) -> Bool { mail.toOffice.push(report) }

    private func arm() {
        arm(timer, Instant.earlier(core.deadline, lines.deadline))
    }

    private func arm(_ timer: TimerSource?, _ deadline: Instant?) {
        do {
            try timer?.arm(deadline)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }
}
