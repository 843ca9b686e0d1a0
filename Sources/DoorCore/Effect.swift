// SPDX-License-Identifier: Apache-2.0
// Everything the core can ask for. The runner performs effects in the order given: the core puts
// locks first and records after them, so that no lock waits for a log.
import GuestPass
import Timebase

/// One thing to be done by the runner.
public enum Effect: ~Copyable {
    /// Energise a lock line, at most until the permit's end. Only the line adapter can spend it.
    case energise(LineIndex, UnlockPermit)
    /// Drive a lock line to its resting value now.
    case rest(LineIndex)
    /// Switch an LED, buzzer or direction light.
    case indicate(LineIndex, isOn: Bool)
    /// Keep this event; it already has its sequence number.
    case record(Event)
    /// Advertise this beacon from now on, at this interval.
    case beacon(BeaconOrder)
    /// Answer with `Input.nonce`.
    case drawNonce
    /// Keep this lower bound of the wall clock (`t_low`) over a restart.
    case keepTime(UnixTime)
    /// Tamper: erase every key of this gateway, in memory and on disk.
    case zeroise
}

/// What the gateway's beacon shall say (protocol.md §5); the runner adds nothing but the tag.
public struct BeaconOrder: Hashable, Sendable {
    public let challenge: Challenge
    /// The wall clock the phones shall use.
    public let time: UnixTime
    public let flags: BeaconFlags
    /// Advertising interval: 100 ms while a guest is near, 1 s otherwise.
    public let interval: Interval

    public init(
        challenge: Challenge, time: UnixTime, flags: BeaconFlags, interval: Interval
    ) {
        self.challenge = challenge
        self.time = time
        self.flags = flags
        self.interval = interval
    }
}
