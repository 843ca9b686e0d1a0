// SPDX-License-Identifier: Apache-2.0
// Everything that can happen to a gateway. The core learns of nothing in any other way.
import GuestPass
import Timebase

/// One thing that happened; its moment travels beside it.
public enum Input: Sendable {
    /// A receiver heard an advert with a pass in it.
    case sighting(Sighting)
    /// An input line reads this level now (active-low already undone). Levels, not toggles:
    /// repeating one is harmless.
    case line(LineIndex, isActive: Bool)
    /// A line could not be driven or read; the adapter holds it at rest if it can.
    case lineFault(LineIndex)
    /// Eight bytes of the system's CSPRNG, asked for by `Effect.drawNonce`.
    case nonce(UInt64)
    /// The gateway is known to have advertised this challenge: in the replay of a recording.
    case challenge(Challenge)
    /// The office prepared a whole new set of credentials.
    case tables(CredentialTables)
    /// What the wall clock says, and how well it is known.
    case wallClock(ClockReading)
    /// A receiver began or ceased to hear.
    case radio(ReceiverIndex, isHearing: Bool)
    /// A step, from 1, of the recovery ladder is climbed for a receiver.
    case radioRecovery(ReceiverIndex, step: UInt8)
    /// The runner could not hand over this many events: its queue to the office was full.
    case recordsLost(UInt32)
    /// Something happened in the office that belongs into the audit.
    case fact(OfficeFact)
    /// New rules for every door, in the order of the old ones; what a door is wired to stays.
    case configuration([DoorConfiguration])
    /// An order, already authenticated by the office, and who gave it. Without a giver it is not
    /// recorded: the runner's own, in tests and replays.
    case command(Command, by: Order? = nil)
    /// The loop woke at `Core.deadline`.
    case timer
}

/// The wall clock at the moment of the input, from the operating system.
public struct ClockReading: Hashable, Sendable {
    public let time: UnixTime
    /// Whether the kernel says that a time server disciplines the clock.
    public let isSynchronised: Bool
    /// Whether the clock was set from a battery-backed RTC since boot.
    public let hasRealTimeClock: Bool
    /// It is certainly later than this: the latest of the time saved before the last stop, the
    /// newest snapshot's issue time and the build time.
    public let lowerBound: UnixTime?
    /// Local time minus UTC, for schedules.
    public let localOffset: Interval

    public init(
        time: UnixTime, isSynchronised: Bool, hasRealTimeClock: Bool = false,
        lowerBound: UnixTime? = nil, localOffset: Interval = .zero
    ) {
        self.time = time
        self.isSynchronised = isSynchronised
        self.hasRealTimeClock = hasRealTimeClock
        self.lowerBound = lowerBound
        self.localOffset = localOffset
    }
}
