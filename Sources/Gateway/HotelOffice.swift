// SPDX-License-Identifier: Apache-2.0
// The office's dealings with the hotel: what is journalled goes out, what comes in is verified here
// before anything follows from it, and a command is obeyed once however often it comes.
import CommandLineKit
import DoorCore
import GuestPass
import HotelLink
import HotelWire
import Journal
import MQTT
import Platform
import Timebase

/// Journal and link of a gateway, on the office's loop.
final class HotelOffice {
    /// What the office does for the hotel.
    struct Handlers {
        /// A snapshot came, not verified yet; throws why it is not taken.
        var snapshot: ([UInt8]) throws(SnapshotRefusal) -> Void
        /// The hotel says that it is not earlier than this.
        var timeHint: (UnixTime) -> Void
        var fact: (OfficeFact) -> Void
        var keepLevel: (AccessLevel, DoorIndex) -> Void
    }

    let boot: UInt32
    /// No later start will have the same number.
    var isStartCounted = false
    let journal: Journal
    private(set) var link: HotelLink?
    private let account: GatewayAccount
    private let orders: OrderBook
    private let log: Log
    private let issuer: () throws(SnapshotRefusal) -> IssuingPublicKey
    private let handlers: Handlers
    private var timer: TimerSource?
    /// Commands on their way through the doors.
    private var obeying: Set<CommandID> = []
    /// Results to be told that the journal could not take, or has had before.
    private var unkept: [CommandID: String] = [:]
    /// Results the hotel has, though the journal could not note it: told once more after a restart.
    private var told: Set<CommandID> = []
    private var newestAcknowledgement = UnixTime(milliseconds: .min)
    private var forgetAt = Instant.origin
    /// Each further attempt that fails in the same way is no news.
    private var lastBreak: MQTTError?
    private var lastRefusal: (words: String, at: Instant)?
    private var lastFailure: String?

    init(
        _ loop: EventLoop, _ journal: Journal, boot: UInt32, _ account: GatewayAccount,
        _ orders: OrderBook, _ log: Log,
        issuer: @escaping () throws(SnapshotRefusal) -> IssuingPublicKey, _ handlers: Handlers
    ) throws(SystemError) {
        self.journal = journal
        self.boot = boot
        self.account = account
        self.orders = orders
        self.log = log
        self.issuer = issuer
        self.handlers = handlers
        timer = try TimerSource(loop) { [unowned self] now in commit(now) }
        let settings = account.settings
        guard let broker = settings.broker else { return }
        let link = try HotelLink(
            broker.session(of: settings), site: settings.site, gateway: settings.gateway, loop)
        link.owner = self
        self.link = link
    }

    func start(at now: Instant) {
        tellFailure()
        link?.start(at: now)
    }

    /// Keeps what is still in memory, and says goodbye.
    func stop(at now: Instant) {
        commit(now)
        link?.stop()
    }

    /// Keeps an event's line for the hotel.
    func record(_ event: Event, _ text: String, at now: Instant) {
        journal.append(
            EventPosition(boot: boot, sequence: event.sequence), text,
            isDispensable: event.kind.isDispensable, at: now)
        arm()
    }

    /// Once a second.
    func tick(_ now: Instant) {
        account.journal = journal.counters
        account.journalFailure = journal.failure
        guard let link else { return }
        account.link = link.counters
        account.unacknowledged = journal.counters.waiting
        guard now >= forgetAt, let time = account.doorTime(at: now) else { return }
        forgetAt = now + .hours(1)
        try? journal.forgetCommands(expiredBefore: time - Limits.commandsKeptFor)
    }

    private func commit(_ now: Instant) {
        for trouble in journal.commit(at: now) {
            switch trouble {
            case .evicted(let count): handlers.fact(.journalEvicted(count))
            case .unwritten(let count): handlers.fact(.journalUnwritten(count))
            case .renewed:
                log.error(
                    "the journal could not be read; it is now '\(journal.damagedPath)', and what "
                        + "the hotel had not heard is lost")
                handlers.fact(.journalRenewed)
            }
        }
        tellFailure()
        link?.eventsChanged(at: now)
        arm()
    }

    private func tellFailure() {
        guard journal.failure != lastFailure else { return }
        lastFailure = journal.failure
        if let failure = journal.failure {
            log.error("'\(journal.path)': \(failure); events wait in memory, doors go on")
        } else {
            log.notice("'\(journal.path)' is written again")
        }
    }

    private func arm() {
        do throws(SystemError) { try timer?.arm(journal.commitDueAt) } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    private func refuse(_ kind: TopicKind, _ reason: String) {
        account.messagesRefused[kind.rawValue, default: 0] += 1
        let words = "a message on the hotel's topic '\(kind.rawValue)' is refused: \(reason)"
        let now = MonotonicClock.now()
        // A hostile broker must not fill the log: more than one in a second is only counted.
        if let last = lastRefusal, last.words == words || now - last.at < Limits.refusalTellPeriod {
            return
        }
        lastRefusal = (words, now)
        log.error(words)
    }
}

// MARK: - What comes

extension HotelOffice: HotelLinkOwner {
    func receive(_ kind: TopicKind, _ payload: [UInt8]) {
        do {
            switch kind {
            case .snapshot: try handlers.snapshot(payload)
            case .ack: take(try Acknowledgement(payload, for: recipient()))
            case .command: take(try SignedCommand(payload, for: recipient()))
            case .event, .result, .report, .status: break
            }
        } catch {
            refuse(kind, "\(error)")
        }
    }

    private func recipient() throws(SnapshotRefusal) -> MessageRecipient {
        MessageRecipient(
            site: account.settings.site, gateway: account.settings.gateway, issuer: try issuer())
    }

    private func take(_ acknowledgement: Acknowledgement) {
        // An older one that comes again would make us send again for nothing.
        guard acknowledgement.time >= newestAcknowledgement else { return }
        newestAcknowledgement = acknowledgement.time
        handlers.timeHint(acknowledgement.time)
        guard acknowledgement.position.boot <= boot else {
            return refuse(
                .ack,
                "the hotel has events of start \(acknowledgement.position.boot) of this gateway, "
                    + "which is at start \(boot); its state was lost: enrol it anew")
        }
        let now = MonotonicClock.now()
        journal.acknowledge(acknowledgement.position, at: now)
        link?.eventsChanged(at: now)
        arm()
    }

    private func take(_ command: SignedCommand) {
        handlers.timeHint(command.issued)
        guard !obeying.contains(command.id) else { return }
        do {
            switch try journal.begin(command.id, expires: command.expires) {
            case .new: obey(command)
            case .begun: finish(command.id, .undeliverable, "interrupted")
            case .done(let result):
                // Not written down again: who plays it again and again would wear out the disk.
                unkept[command.id] = result
                link?.resultsChanged()
            }
        } catch {
            log.error("'\(journal.path)': \(error); the hotel's command cannot be written down")
            guard command.order.isHarmlessTwice else {
                return finish(command.id, .undeliverable, "journal")
            }
            obey(command)
        }
    }

    private func obey(_ command: SignedCommand) {
        let now = MonotonicClock.now()
        let judge = HotelOrderJudge(
            doors: account.settings.doors, boot: isStartCounted ? boot : nil,
            clock: account.figures.clock,
            time: account.doorTime(at: now), reading: WallClock.now())
        switch judge.judge(command) {
        case .obey(let order):
            obeying.insert(command.id)
            let reason = command.reason.isEmpty ? nil : command.reason
            orders.place(order, by: .hotel, reason: reason, at: now) {
                [unowned self] outcome, _ in
                obeying.remove(command.id)
                if case .raiseLevel(let door, let level) = order, outcome == .done {
                    handlers.keepLevel(level, door)
                }
                finish(command.id, outcome)
            }
        case .sendReport:
            var header = JSONLine()
            header.add("format", 1)
            header.add("command", "\(command.id)")
            let bundle = GatewayReport.bundle(account, at: now)
            link?.send(report: Array((header.text + "\n" + bundle).utf8))
            finish(command.id, .done, nil)
        case .answer(let outcome, let reason): finish(command.id, outcome, reason)
        }
    }

    private func finish(_ id: CommandID, _ outcome: OrderOutcome) {
        switch outcome {
        case .done: finish(id, .done, nil)
        case .refused(let reason): finish(id, .refused, "\(reason)")
        case .undeliverable: finish(id, .undeliverable, "doors")
        case .unanswered: finish(id, .undeliverable, "unanswered")
        }
    }

    private func finish(_ id: CommandID, _ outcome: CommandResult.Outcome, _ reason: String?) {
        account.commands[outcome.rawValue, default: 0] += 1
        let result = CommandResult(
            command: id, outcome: outcome, reason: reason,
            at: account.doorTime(at: MonotonicClock.now()))
        keep(result.text, of: id)
    }

    /// What cannot be kept is at least said, as long as the service runs.
    private func keep(_ result: String, of id: CommandID) {
        do { try journal.finish(id, result) } catch { unkept[id] = result }
        link?.resultsChanged()
    }

    // MARK: - What goes

    var acknowledged: EventPosition { journal.acknowledged }

    func events(after position: EventPosition) -> [(position: EventPosition, line: String)] {
        do {
            return try journal.events(
                after: position, countMax: EventBatch.eventsMax,
                bytesMax: EventBatch.linesBytesMax)
        } catch {
            log.error("'\(journal.path)': \(error); the hotel hears no events")
            return []
        }
    }

    func unsentResults() -> [(id: CommandID, result: String)] {
        ((try? journal.unsentResults()) ?? []).filter { !told.contains($0.id) }
            + unkept.map { (id: $0.key, result: $0.value) }
    }

    func sent(_ id: CommandID) {
        guard unkept.removeValue(forKey: id) == nil else { return }
        do { try journal.noteSent(id) } catch { told.insert(id) }
    }

    func status() -> GatewayStatus { account.hotelStatus(boot: boot) }

    func linkChanged() {
        guard let link else { return }
        account.linkState = link.state
        switch link.state {
        case .connected:
            lastBreak = nil
            log.info("connected to the hotel's broker")
        case .waiting(let error):
            guard error != lastBreak else { return }
            lastBreak = error
            log.warning("\(error); trying again")
        case .connecting, .stopped: break
        }
    }
}
