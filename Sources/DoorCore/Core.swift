// SPDX-License-Identifier: Apache-2.0
// The whole decision of a gateway, composed: one input at one moment in, effects out. It reads no
// clock, does no IO and draws no random numbers, so the same trace gives the same effects anywhere.
import GuestPass
import Timebase

/// A gateway's decisions.
public struct Core: Sendable {
    public internal(set) var configuration: CoreConfiguration
    public internal(set) var counters = CoreCounters()
    public internal(set) var doors: [Door]
    var tables = CredentialTables.empty
    var recorder: EventRecorder
    var nonces: NonceSchedule
    var used = UsedAnswers()
    var tracks = TrackTable()
    var antiPassback = AntiPassback()
    var directions: DirectionLights
    var wrongTags = RateAlarm(limit: Limits.wrongTagsPerMinuteAlarm, over: .minutes(1))
    /// When the first track changes by the mere passing of time; may be early, never late.
    var trackDeadline: Instant?
    /// When the first door wants its timer, as of the last change of any door.
    private var doorDeadline: Instant?
    /// The last window whose timed passes may have been used unremembered.
    var timedAfter: PassWindow?
    /// What each line is, by line number: several doors may share a fire or tamper contact.
    private let uses: [[LineUse]]

    private struct LineUse: Sendable {
        let door: Int
        let role: LineRole
    }

    public init(_ configuration: CoreConfiguration, at now: Instant) {
        self.configuration = configuration
        doors = configuration.doors.map { door in
            let kept = configuration.kept.first { $0.door == door.index }
            return Door(
                door, mode: kept?.mode, raisedLevel: kept?.raisedLevel ?? .presence, at: now)
        }
        uses = (0...UInt8.max).map { number in
            configuration.doors.enumerated().compactMap { place, door in
                door.role(of: LineIndex(number)).map { LineUse(door: place, role: $0) }
            }
        }
        directions = DirectionLights(configuration.directionLights)
        recorder = EventRecorder(at: now)
        nonces = NonceSchedule(at: now)
        doorsChanged(at: now)
    }

    /// How far the wall clock is believed.
    public var clock: ClockKeeper { recorder.clock }

    /// Of the tables in force; 0 before the first.
    public var epoch: UInt64 { tables.epoch }

    /// When `Input.timer` must be handed in at the latest, if nothing else happens before.
    public var deadline: Instant? {
        .earlier(
            .earlier(.earlier(nonces.deadline, directions.deadline), trackDeadline),
            .earlier(doorDeadline, recorder.deadline))
    }

    /// Takes one input and appends what must be done, in order.
    public mutating func handle(_ input: Input, at now: Instant, into effects: inout Effects) {
        switch input {
        case .sighting(let sighting):
            hear(sighting, at: now, into: &effects)
        case .line(let line, let isActive):
            for use in uses[Int(line.rawValue)] {
                handle(.level(use.role, isActive: isActive), door: use.door, now, &effects)
            }
        case .lineFault(let line):
            for use in uses[Int(line.rawValue)] {
                handle(.lineFault(use.role), door: use.door, now, &effects)
            }
        case .nonce(let value):
            nonces.add(value, at: now)
            sendBeacon(at: now, into: &effects)
        case .challenge(let challenge):
            nonces.adopt(challenge, at: now)
        case .tables(let tables):
            let isNew = tables.epoch != self.tables.epoch
            self.tables = tables
            guard isNew else { break }
            recorder.record(.snapshot(epoch: tables.epoch), at: now, into: &effects)
        case .wallClock(let reading):
            setClock(reading, at: now, into: &effects)
        case .radio(let receiver, let isHearing):
            recorder.record(
                isHearing ? .radioRestored(receiver) : .radioLost(receiver), at: now,
                into: &effects)
        case .radioRecovery(let receiver, let step):
            recorder.record(.radioRecovery(receiver, step: step), at: now, into: &effects)
        case .recordsLost(let count):
            recorder.record(.overflow(count), at: now, into: &effects)
        case .fact(let fact):
            recorder.record(fact.event, at: now, into: &effects)
        case .configuration(let rules):
            adopt(rules, at: now, into: &effects)
        case .command(let command, let order):
            if let order {
                recorder.record(.ordered(order), door: command.door, at: now, into: &effects)
            }
            obey(command, at: now, into: &effects)
        case .timer:
            break
        }
        letTimePass(to: now, into: &effects)
    }

    /// What is due is done whatever the input was: a late timer delays nothing that another input
    /// can carry.
    private mutating func letTimePass(to now: Instant, into effects: inout Effects) {
        if let due = doorDeadline, due <= now {
            for place in doors.indices { handle(.timer, door: place, now, &effects) }
        }
        if nonces.drawIsDue(at: now) { effects.append(.drawNonce) }
        if let due = trackDeadline, due <= now { advanceTracks(to: now, into: &effects) }
        directions.advance(to: now, into: &effects)
        if let due = recorder.deadline, due <= now { recorder.advance(to: now, into: &effects) }
    }

    private mutating func setClock(
        _ reading: ClockReading, at now: Instant, into effects: inout Effects
    ) {
        let before = recorder.clock
        recorder.handle(reading, at: now, into: &effects)
        refuseWindowsUsed(under: before, at: now)
        guard before.wall(at: now) == nil, recorder.clock.wall(at: now) != nil else { return }
        recorder.record(.boot(configuration.bootCause), at: now, into: &effects)
    }

    /// Used windows are remembered in memory, for as long as the clock only goes on. Those that
    /// may have been used before it was known after a start, or before it was set back, are
    /// refused. While it is not known no timed pass is believed, so that none is used.
    private mutating func refuseWindowsUsed(under before: ClockKeeper, at now: Instant) {
        guard recorder.clock.permitsTimed, let wall = recorder.clock.wall(at: now) else { return }
        let latest: UnixTime
        if !before.permitsTimed {
            guard configuration.hasEarlierRun else { return }
            latest = max(wall, before.lowerBound(at: now) ?? wall)
        } else {
            guard let earlier = before.wall(at: now), wall < earlier - Limits.clockBackwardMax
            else { return }
            latest = earlier
        }
        let last = PassWindow(latest).advanced(by: 1)
        timedAfter = max(timedAfter ?? last, last)
    }

    func sendBeacon(at now: Instant, into effects: inout Effects) {
        guard let challenge = nonces.current, let wall = recorder.clock.wall(at: now) else {
            return
        }
        var flags: BeaconFlags = []
        if configuration.doors.contains(where: { $0.level >= .intent }) {
            flags.insert(.intentRequired)
        }
        if recorder.clock.state == .untrusted { flags.insert(.degraded) }
        effects.append(
            .beacon(
                BeaconOrder(
                    challenge: challenge, time: wall, flags: flags,
                    interval: nonces.interval(at: now))))
    }

    // MARK: - Doors

    private mutating func handle(
        _ input: DoorInput, door place: Int, _ now: Instant, _ effects: inout Effects
    ) {
        let wasOpen = doors[place].leaf.isOpen
        let passage = doors[place].handle(input, at: now, recorder: &recorder, into: &effects)
        if let passage { note(passage) }
        if wasOpen, doors[place].leaf == .closed {
            tracks.doorCycled(doors[place].configuration.index, at: now)
        }
        doorsChanged(at: now)
    }

    /// To be called after every change of a door.
    mutating func doorsChanged(at now: Instant) {
        doorDeadline = nil
        for place in doors.indices {
            doorDeadline = .earlier(doorDeadline, doors[place].deadline)
        }
    }

    /// Somebody went through a door: who is in one place is in no other.
    mutating func note(_ passage: Passage) {
        for place in doors.indices {
            if doors[place].configuration.index == passage.door {
                antiPassback.note(passage, through: doors[place].configuration)
            } else {
                doors[place].insideGuard?.seenElsewhere(passage.credential, at: passage.at)
            }
        }
    }

    func place(of door: DoorIndex) -> Int? { doors.firstIndex { $0.configuration.index == door } }

    private mutating func obey(
        _ command: Command, at now: Instant, into effects: inout Effects
    ) {
        switch command {
        case .confirmTime:
            let before = recorder.clock
            recorder.confirmTime(at: now, into: &effects)
            refuseWindowsUsed(under: before, at: now)
        case .open, .setMode, .raiseLevel, .identify, .resetFire:
            // Each door ignores orders to others.
            for place in doors.indices { handle(.command(command), door: place, now, &effects) }
        }
    }
}
