// SPDX-License-Identifier: Apache-2.0
// How far the wall clock is to be believed. Door timing never depends on it; validity periods,
// schedules and event stamps do. Without an RTC the clock can only be behind after a power cut, so
// that expired grants look alive: hence the lower bound.
import Timebase

/// The wall clock as reckoned from its last good reading and the monotonic clock.
public struct ClockKeeper: Sendable {
    /// A reading that was believed.
    private struct Reference: Sendable {
        let time: UnixTime
        let at: Instant
        let errorThen: Interval

        func time(at now: Instant) -> UnixTime { time + (now - at) }
    }

    private enum Knowledge: Sendable {
        /// Booted and never set. `latest` serves for stamps only.
        case untrusted(latest: Reference?)
        /// Set by an RTC or an operator, or long ago by a time server.
        case holdover(Reference)
        case trusted(Reference)
    }

    private var knowledge = Knowledge.untrusted(latest: nil)
    private var floor: Reference?
    private var lastReading: Reference?
    private let bootedAt: Instant
    /// Local time minus UTC.
    public private(set) var localOffset = Interval.zero
    /// Readings rejected because they stepped back by more than 2 s.
    public private(set) var rejectedReadings: UInt64 = 0

    /// - Parameter bootedAt: when the machine started; CLOCK_MONOTONIC's origin.
    public init(bootedAt: Instant = .origin) { self.bootedAt = bootedAt }

    public var state: ClockState {
        switch knowledge {
        case .untrusted: .untrusted
        case .holdover: .holdover
        case .trusted: .trusted
        }
    }

    /// The best estimate, or `nil` before the first reading.
    public func wall(at now: Instant) -> UnixTime? {
        switch knowledge {
        case .trusted(let reference), .holdover(let reference): return reference.time(at: now)
        case .untrusted(let latest):
            guard let latest else { return nil }
            return max(latest.time(at: now), lowerBound(at: now) ?? latest.time(at: now))
        }
    }

    /// `t_low`: it is certainly not earlier.
    public func lowerBound(at now: Instant) -> UnixTime? {
        let bound = floor.map { $0.time(at: now) - drift(since: $0.at, at: now) }
        switch knowledge {
        case .untrusted: return bound
        case .holdover(let reference), .trusted(let reference):
            let known = reference.time(at: now) - error(of: reference, at: now)
            return bound.map { max($0, known) } ?? known
        }
    }

    /// How wrong `wall(at:)` may be; `nil` while nothing is known.
    public func error(at now: Instant) -> Interval? {
        switch knowledge {
        case .untrusted: nil
        case .holdover(let reference), .trusted(let reference): error(of: reference, at: now)
        }
    }

    /// Whether a timed pass may be believed: its freshness is the wall clock.
    public var permitsTimed: Bool { state != .untrusted }

    /// Why a grant valid in [notBefore, expires) may not be used now; `nil` if it may.
    ///
    /// With a known clock the whole range of possible times must be inside. With an untrusted one a
    /// guest is believed until the lower bound passes `expires`, for 8 h after boot.
    /// - Parameter isLeased: a staff grant, renewed while the gateway is online.
    public func refusal(
        notBefore: UnixTime, expires: UnixTime, isLeased: Bool, at now: Instant
    ) -> DenialReason? {
        switch knowledge {
        case .holdover(let reference), .trusted(let reference):
            let error = error(of: reference, at: now)
            if reference.time(at: now) - error < notBefore { return .notYetValid }
            if reference.time(at: now) + error >= expires { return .expired }
            return nil
        case .untrusted:
            guard !isLeased, let bound = lowerBound(at: now),
                now - bootedAt < Limits.untrustedGuestsFor
            else { return .clockUntrusted }
            return expires > bound ? nil : .expired
        }
    }

    /// Takes a reading in; call `advance` for the mere passing of time.
    public mutating func handle(_ reading: ClockReading, at now: Instant) {
        let new = Reference(time: reading.time, at: now, errorThen: Limits.clockErrorMin)
        localOffset = reading.localOffset
        lastReading = new
        if let bound = reading.lowerBound, lowerBound(at: now).map({ bound > $0 }) ?? true {
            floor = Reference(time: bound, at: now, errorThen: .zero)
        }
        guard !stepsBack(reading, at: now) else {
            rejectedReadings += 1
            return
        }
        switch (knowledge, reading.isSynchronised) {
        case (.untrusted, true), (.holdover, true), (.trusted, true): knowledge = .trusted(new)
        case (.untrusted, false):
            knowledge = believedRTC(reading, at: now) ?? .untrusted(latest: new)
        // An undisciplined reading is no better than our own reckoning.
        case (.holdover, false), (.trusted, false): advance(to: now)
        }
    }

    /// An operator says that the last reading is right, even one rejected for stepping back.
    /// Without a reading it changes nothing.
    public mutating func confirmLastReading(at now: Instant) {
        guard let lastReading else { return }
        floor = nil
        knowledge = .holdover(lastReading)
    }

    /// Trust fades a day after the last synchronisation.
    public mutating func advance(to now: Instant) {
        switch knowledge {
        case .trusted(let reference):
            if now - reference.at > Limits.clockTrustedFor { knowledge = .holdover(reference) }
        case .untrusted, .holdover: break
        }
    }

    public var deadline: Instant? {
        switch knowledge {
        case .trusted(let reference):
            reference.at + Limits.clockTrustedFor + .nanoseconds(1)
        case .untrusted, .holdover: nil
        }
    }

    private func error(of reference: Reference, at now: Instant) -> Interval {
        reference.errorThen + drift(since: reference.at, at: now)
    }

    private func drift(since then: Instant, at now: Instant) -> Interval {
        (now - then) / 1_000_000 * Limits.clockDriftPPM
    }

    /// Further back than 2 s, or than our own reckoning may be wrong.
    private func stepsBack(_ reading: ClockReading, at now: Instant) -> Bool {
        switch knowledge {
        case .untrusted(let latest):
            if let bound = lowerBound(at: now), reading.time < bound - Limits.clockBackwardMax {
                return true
            }
            // What an undisciplined clock said before binds only another such reading.
            guard !reading.isSynchronised, let latest else { return false }
            return reading.time < latest.time(at: now) - Limits.clockBackwardMax
        case .holdover(let reference), .trusted(let reference):
            let tolerance = max(Limits.clockBackwardMax, error(of: reference, at: now))
            return reading.time < reference.time(at: now) - tolerance
        }
    }

    /// An RTC ran on its battery since the lower bound was saved; a dead one is far off.
    private func believedRTC(_ reading: ClockReading, at now: Instant) -> Knowledge? {
        guard reading.hasRealTimeClock, let bound = lowerBound(at: now) else { return nil }
        let age = max(reading.time - bound, .zero)
        guard age <= Limits.clockAheadMax else { return nil }
        return .holdover(
            Reference(
                time: reading.time, at: now,
                errorThen: Limits.clockErrorMin + age / 1_000_000 * Limits.clockDriftPPM))
    }
}
