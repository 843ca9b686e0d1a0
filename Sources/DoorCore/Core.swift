// SPDX-License-Identifier: Apache-2.0
// The whole decision of a gateway, composed: one input at one moment in, effects out. It reads no
// clock, does no IO and draws no random numbers, so the same trace gives the same effects anywhere.
import GuestPass
import Timebase

/// A gateway's decisions.
public struct Core: Sendable {
    public let configuration: CoreConfiguration
    public internal(set) var counters = CoreCounters()
    var tables = CredentialTables.empty
    var doors: [Door]
    var clock: ClockKeeper
    var recorder = EventRecorder()
    var nonces: NonceSchedule
    var used = UsedAnswers()
    var tracks = TrackTable()
    var wrongTags = RateAlarm(limit: Limits.wrongTagsPerMinuteAlarm, over: .minutes(1))
    /// When the first track changes by the mere passing of time; may be early, never late.
    var trackDeadline: Instant?
    /// The last window whose timed passes may have been used before this start.
    var timedAfter: PassWindow?
    /// What each line means, by line number.
    private let roles: [DoorLine?]

    public init(_ configuration: CoreConfiguration, at now: Instant) {
        self.configuration = configuration
        doors = configuration.doors.map { Door($0, at: now) }
        roles = DoorLine.table(of: configuration.doors)
        clock = ClockKeeper(at: now)
        nonces = NonceSchedule(at: now)
    }

    /// When `Input.timer` must be handed in at the latest, if nothing else happens before.
    public var deadline: Instant? {
        var deadline = Instant.earlier(nonces.deadline, trackDeadline)
        for index in doors.indices {
            deadline = Instant.earlier(deadline, doors[index].deadline)
        }
        return Instant.earlier(deadline, clock.deadline)
    }

    /// Takes one input and appends what must be done, in order.
    public mutating func handle(
        _ input: Input, at now: Instant, into effects: inout Effects
    ) {
        switch input {
        case .sighting(let sighting):
            hear(sighting, at: now, into: &effects)
        case .line(let line, let isActive):
            guard let role = role(of: line) else { return }
            doors[role.door].handle(
                .line(role.function, isActive: isActive), at: now, &recorder, into: &effects)
            afterDoorInput(role.door, at: now)
        case .lineFault(let line):
            guard let role = role(of: line) else { return }
            doors[role.door].handle(
                .lineFault(role.function), at: now, &recorder, into: &effects)
        case .nonce(let value):
            nonces.add(value, at: now)
            sendBeacon(at: now, into: &effects)
        case .tables(let tables):
            self.tables = tables
            recorder.record(.snapshot(epoch: tables.epoch), at: now, into: &effects)
        case .wallClock(let reading):
            setClock(reading, at: now, into: &effects)
        case .radio(let receiver, let isHearing):
            recorder.record(
                isHearing ? .radioRestored(receiver) : .radioLost(receiver), at: now,
                into: &effects)
        case .command(let command):
            obey(command, at: now, into: &effects)
        case .timer:
            break
        }
        wake(at: now, into: &effects)
    }

    // MARK: - Time

    /// Everything that is due, whatever the input was: a late timer delays nothing that another
    /// input can carry.
    private mutating func wake(at now: Instant, into effects: inout Effects) {
        for index in doors.indices where doors[index].isDue(at: now) {
            doors[index].handle(.timer, at: now, &recorder, into: &effects)
        }
        if nonces.drawIsDue(at: now) { effects.append(.drawNonce) }
        if let deadline = trackDeadline, now >= deadline {
            advanceTracks(to: now, into: &effects)
        }
    }

    private mutating func setClock(
        _ reading: ClockReading, at now: Instant, into effects: inout Effects
    ) {
        let isFirst = clock.wall(at: now) == nil
        clock.read(reading, at: now, recorder: &recorder, into: &effects)
        guard isFirst, let wall = clock.wall(at: now) else { return }
        if configuration.hasEarlierRun { timedAfter = PassWindow(wall).advanced(by: 1) }
        recorder.record(.boot(configuration.bootCause), at: now, into: &effects)
    }

    func sendBeacon(at now: Instant, into effects: inout Effects) {
        guard let challenge = nonces.current, let wall = clock.wall(at: now) else { return }
        var flags: BeaconFlags = []
        if configuration.doors.contains(where: { $0.level >= .intent }) {
            flags.insert(.intentRequired)
        }
        if clock.state == .untrusted { flags.insert(.degraded) }
        effects.append(
            .beacon(
                BeaconOrder(
                    challenge: challenge, time: wall, flags: flags,
                    interval: nonces.interval(at: now))))
    }

    // MARK: - Doors

    private func role(of line: LineIndex) -> DoorLine? {
        Int(line.rawValue) < roles.count ? roles[Int(line.rawValue)] : nil
    }

    func doorPlace(_ index: DoorIndex) -> Int? {
        doors.firstIndex { $0.index == index }
    }

    private mutating func obey(
        _ command: Command, at now: Instant, into effects: inout Effects
    ) {
    }
}
