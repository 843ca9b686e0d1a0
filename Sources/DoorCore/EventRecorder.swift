// SPDX-License-Identifier: Apache-2.0
// Numbers and stamps every event of the gateway. There is one; the core owns it and lends it to
// the doors.
import Timebase

/// Makes events: sequence number, wall clock and clock state.
public struct EventRecorder: Sendable {
    /// Of the last event.
    public private(set) var sequence: UInt64 = 0
    public private(set) var clock: ClockKeeper
    private var keepTimeAt: Instant

    public init(clock: ClockKeeper = ClockKeeper(), at now: Instant) {
        self.clock = clock
        keepTimeAt = now
    }

    /// Appends an event to the effects; call it after the effects that move a lock.
    public mutating func record(
        _ kind: EventKind, door: DoorIndex? = nil, credential: CredentialID? = nil,
        at now: Instant, into effects: inout Effects
    ) {
        sequence += 1
        effects.append(
            .record(
                Event(
                    sequence: sequence, at: now, wall: clock.wall(at: now), clock: clock.state,
                    door: door, credential: credential, kind: kind)))
    }

    /// `Input.wallClock`.
    public mutating func handle(
        _ reading: ClockReading, at now: Instant, into effects: inout Effects
    ) {
        let before = clock.state
        clock.handle(reading, at: now)
        settle(before, at: now, into: &effects)
    }

    /// `Command.confirmTime`: the operator has looked at the clock's last reading.
    public mutating func confirmTime(at now: Instant, into effects: inout Effects) {
        let before = clock.state
        clock.confirmLastReading(at: now)
        settle(before, at: now, into: &effects)
    }

    /// `Input.timer`.
    public mutating func advance(to now: Instant, into effects: inout Effects) {
        let before = clock.state
        clock.advance(to: now)
        settle(before, at: now, into: &effects)
    }

    public var deadline: Instant? { Instant.earlier(clock.deadline, keepTimeAt) }

    private mutating func settle(
        _ before: ClockState, at now: Instant, into effects: inout Effects
    ) {
        if clock.state != before { record(.clockState(clock.state), at: now, into: &effects) }
        guard now >= keepTimeAt else { return }
        keepTimeAt = now + Limits.keepTimePeriod
        if let bound = clock.lowerBound(at: now) { effects.append(.keepTime(bound)) }
    }
}
