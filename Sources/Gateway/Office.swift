// SPDX-License-Identifier: Apache-2.0
// The thread that may block: it owns files, keys and words. Whatever happens here, doors go on
// deciding with what they were last given.
import CommandLineKit
import DoorCore
import Glibc
import GuestPass
import HotelWire
import Journal
import Platform
import Timebase

/// Runs everything of a gateway that is not a door, on the service's main thread.
final class Office {
    let loop: EventLoop
    var settings: Settings
    let mail: Mail
    var store: SnapshotStore
    let log: Log
    let words: EventLine
    let keptDoors: KeptDoors
    let boot: UInt32
    let journal: Journal
    var hotel: HotelOffice?
    /// Where each event goes as one JSON line, instead of the log.
    let events: ((String) -> Void)?
    let notifier: ServiceNotifier
    let account: GatewayAccount
    let orders: OrderBook
    let api: LocalAPI
    private var clockFacts = ClockFacts()
    private var hasToldClockFacts = false
    /// The latest moment a signed message of the hotel speaks of.
    private var timeHint: UnixTime?
    var sources: [AnyObject] = []
    /// What the link to the hotel was begun with.
    var linkFiles: LinkFiles
    private var ticker: TimerSource?

    var grants: Grants?
    private var snapshotIdentity: StateFile.Identity?
    /// When the next window is to be prepared; `nil`: tables are needed at once.
    private var windowsDueAt: Instant?
    /// Wall time less monotonic time when tables were last made: a step of the clock shows here.
    private var windowsOffset = UnixTime(milliseconds: 0)
    /// Tables the door thread may still be letting go of: freeing them is the office's work.
    private var retired: [CredentialTables] = []

    init(
        _ settings: Settings, mail: Mail, store: SnapshotStore, log: Log,
        notifier: ServiceNotifier, events: ((String) -> Void)?
    ) throws(SystemError) {
        self.settings = settings
        self.mail = mail
        self.store = store
        self.log = log
        self.events = events
        self.notifier = notifier
        journal = Journal(path: "\(store.folder)/journal")
        boot = store.nextStart(above: max(journal.last.boot, settings.enrolment?.boot ?? 0))
        keptDoors = KeptDoors(folder: store.folder) { problem in
            log.error("\(problem); doors begin as they are configured")
        }
        account = GatewayAccount(
            settings, at: MonotonicClock.now(),
            trail: EventTrail(chain: EventChain(head: journal.head)))
        orders = OrderBook { command, order in mail.toDoors.push(.command(command, by: order)) }
        api = LocalAPI(account, orders)
        words = EventLine(settings, origin: .origin, boot: boot)
        linkFiles = LinkFiles(settings)
        loop = try EventLoop()
        hotel = try HotelOffice(
            loop, journal, boot: boot, account, orders, log,
            issuer: { [unowned self] () throws(SnapshotRefusal) in try self.store.issuer() },
            HotelOffice.Handlers(
                snapshot: { [unowned self] bytes throws(SnapshotRefusal) in
                    try take(snapshot: bytes)
                },
                timeHint: { [unowned self] in raiseLowerBound(to: $0) },
                fact: { [unowned self] in order(.fact($0)) },
                keepLevel: { [unowned self] level, door in
                    keep { () throws(SystemError) in
                        try keptDoors.keep(raisedLevel: level, at: door)
                    }
                }))
        sources.append(
            try IOSource(loop, descriptor: mail.toOffice.doorbell.rawValue, events: .readable) {
                [unowned self] _ in readReports()
            })
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
        do throws(SystemError) { try countStart() } catch {
            log.error(
                "\(error); this start is not counted, so the hotel may not confirm the time; "
                    + "doors go on, and it is tried again")
        }
    }

    /// Until then the next start may have the same number. That does no harm to events: they reach
    /// the hotel from the disk alone, which then has the number.
    private func countStart() throws(SystemError) {
        try store.noteStart(boot)
        hotel?.isStartCounted = true
    }

    /// Ends the service on any of these signals, or when the bell is rung.
    func stop(on signals: [Int32], or bell: Doorbell) throws(SystemError) {
        for signal in signals {
            sources.append(try SignalSource(loop, signal: signal) { [unowned self] in stop() })
        }
        sources.append(
            try IOSource(loop, descriptor: bell.rawValue, events: .readable) {
                [unowned self] _ in
                bell.answer()
                stop()
            })
    }

    private func stop() {
        notifier.stopping(status: "resting the locks")
        order(.stop)
    }

    /// Runs until the door thread has ended.
    ///
    /// - Returns: the service's exit status.
    func run() throws(SystemError) -> Int32 {
        let now = MonotonicClock.now()
        clockFacts.hasRealTimeClock = MachineClock.hasRealTimeClock()
        orderClockFacts()
        tick(now)
        api.listen(loop) { log.error("\($0); operators cannot reach the gateway that way") }
        hotel?.start(at: now)
        defer {
            api.stop()
            hotel?.stop(at: MonotonicClock.now())
        }
        if grants == nil {
            log.warning("no snapshot yet: no pass opens a door until one is accepted")
        }
        return try loop.run()
    }

    /// Gives the door thread an order; one that does not fit is given up with a message, because
    /// a door thread that reads nothing is about to be restarted by its watchdog.
    func order(_ order: OfficeOrder) {
        if !mail.toDoors.push(order) {
            log.error("the door thread does not read its orders; systemd will restart the gateway")
        }
    }

    // MARK: - Grants

    private func tick(_ now: Instant) {
        mail.officeBeat = now
        if hotel?.isStartCounted == false { try? countStart() }
        loadSnapshot()
        orderClockFacts()
        api.tick(now)
        hotel?.tick(now)
        account.ordersLost = mail.toDoors.lost
        if hasClockStepped(at: now) { windowsDueAt = nil }
        if grants != nil, now >= windowsDueAt ?? now { handOverTables(now) }
        do {
            try ticker?.arm(now + Limits.tickPeriod)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    /// Takes up a snapshot that has become current, whoever accepted it.
    private func loadSnapshot() {
        let identity = store.currentIdentity
        guard identity != snapshotIdentity else { return }
        snapshotIdentity = identity
        do {
            let found = try store.current { refusal in
                log.error("\(refusal); looking at the snapshot before it")
            }
            guard let snapshot = found else { return }
            if let epoch = grants?.snapshot.epoch, epoch > snapshot.epoch {
                return log.error("the gateway goes on with the snapshot of epoch \(epoch)")
            }
            grants = Grants(snapshot)
            account.snapshot = .init(
                epoch: snapshot.epoch, issued: snapshot.issued,
                credentials: snapshot.credentials.count, leasedUntil: grants?.leasedUntil)
            windowsDueAt = nil
            let time = account.doorTime(at: MonotonicClock.now()) ?? WallClock.now()
            if let key = snapshot.beaconKey(at: time) { order(.beaconKey(key)) }
            orderClockFacts()
            log.info(
                "snapshot in force: epoch \(snapshot.epoch), issued \(snapshot.issued.text), "
                    + "\(snapshot.credentials.count) passes")
        } catch {
            log.error("\(error); the gateway goes on with what it had")
        }
    }

    /// Identifiers are prepared for the doors' own time, as the beacon tells it to the phones.
    private func doorTime(at now: Instant) -> UnixTime {
        account.doorTime(at: now) ?? WallClock.now()
    }

    /// The hotel sent a snapshot: verified, kept, and then taken up like any other.
    private func take(snapshot bytes: [UInt8]) throws(SnapshotRefusal) {
        let snapshot: Snapshot
        do throws(SnapshotRefusal) {
            snapshot = try store.accept(bytes, subject: "the hotel's snapshot")
        } catch {
            if case .snapshot(_, .epochBelowFloor(let epoch, _)) = error,
                account.epochsRefused.insert(epoch).inserted
            {
                order(.fact(.snapshotRejected(epoch: epoch)))
            }
            throw error
        }
        raiseLowerBound(to: snapshot.issued)
        loadSnapshot()
        if windowsDueAt == nil, grants != nil { handOverTables(MonotonicClock.now()) }
    }

    /// A signed message says that it is not earlier than this (doors.md, "Time without an RTC").
    private func raiseLowerBound(to time: UnixTime) {
        guard clockFacts.lowerBound.map({ time > $0 }) ?? true else { return }
        timeHint = [timeHint, time].compactMap { $0 }.max()
        orderClockFacts()
    }

    /// Whether the tables were made for windows that are no longer around the present one, as when
    /// a board without a clock of its own hears the time for the first time.
    private func hasClockStepped(at now: Instant) -> Bool {
        let drift = doorTime(at: now) - (now - .origin) - windowsOffset
        return drift > Limits.clockStepMax || drift < .zero - Limits.clockStepMax
    }

    private func handOverTables(_ now: Instant) {
        guard var grants else { return }
        let time = doorTime(at: now)
        // Of a new snapshot, or at a new time, at once what is needed now, on the next tick what is
        // needed if we are delayed; afterwards there is but one window more to prepare.
        let isUrgent = windowsDueAt == nil
        windowsOffset = time - (now - .origin)
        // The doors have long taken the last ones: those before are let go of first.
        retired.removeFirst(max(0, retired.count - 1))
        let tables =
            isUrgent ? grants.immediateTables(at: time) : grants.fullTables(at: time)
        windowsDueAt = isUrgent ? now : now + Limits.windowRefreshPeriod
        self.grants = grants
        order(.tables(tables))
        if let key = grants.snapshot.beaconKey(at: time) { order(.beaconKey(key)) }
        retired.append(tables)
    }

    /// Lets go of every key: they are being erased.
    func forgetGrants() {
        grants = nil
        retired.removeAll()
        account.snapshot = nil
        // What was on its way reached the doors after these had let go of theirs.
        order(.tables(.empty))
        order(.beaconKey(nil))
    }

    /// Tells the doors what has changed in what is known of the clock.
    private func orderClockFacts() {
        var facts = clockFacts
        facts.localOffset = MachineClock.localOffset(at: WallClock.now())
        // Saved and built times of this run change nothing: the door thread reckons on from them.
        if facts.lowerBound == nil {
            facts.lowerBound = [(try? store.savedTime()) ?? nil, MachineClock.builtAt]
                .compactMap { $0 }.max()
        }
        facts.lowerBound = [facts.lowerBound, grants?.snapshot.issued, timeHint]
            .compactMap { $0 }.max()
        guard facts != clockFacts || !hasToldClockFacts else { return }
        (clockFacts, hasToldClockFacts) = (facts, true)
        order(.clockFacts(facts))
    }
}
