// SPDX-License-Identifier: Apache-2.0
// When the beacon changes and which nonces still count (protocol.md §5, §6.3). A fresh nonce every
// second, always: a phone that first hears the slow beacon can then answer it at once.
import GuestPass
import Timebase

/// The gateway's recent nonces and the time of the next one.
struct NonceSchedule: Sendable {
    private struct Issued: Sendable {
        let challenge: Challenge
        let at: Instant
    }

    /// Newest last; never more than `Limits.noncesKept`.
    private var recent: [Issued] = []
    private var nextDraw: Instant
    private var activeUntil: Instant?

    init(at now: Instant) {
        nextDraw = now
        recent.reserveCapacity(Limits.noncesKept)
    }

    var current: Challenge? { recent.last?.challenge }
    var deadline: Instant { nextDraw }

    func isActive(at now: Instant) -> Bool { activeUntil.map { now < $0 } ?? false }

    func interval(at now: Instant) -> Interval {
        isActive(at: now) ? Limits.beaconActiveInterval : Limits.beaconIdleInterval
    }

    /// Whether a nonce is due; the caller then asks for one. Asked again only after a full period,
    /// so that a lost answer delays the next nonce instead of flooding.
    mutating func drawIsDue(at now: Instant) -> Bool {
        guard now >= nextDraw else { return false }
        nextDraw = now + Limits.noncePeriod
        return true
    }

    mutating func add(_ value: UInt64, at now: Instant) {
        adopt(
            current?.successor(nonce: value) ?? Challenge(counter: 1, nonce: value), at: now)
    }

    /// Makes this the current challenge; one that is current already only stays so.
    mutating func adopt(_ challenge: Challenge, at now: Instant) {
        guard challenge != current else { return }
        if recent.count == Limits.noncesKept { recent.removeFirst() }
        recent.append(Issued(challenge: challenge, at: now))
    }

    /// A recognised guest is near. Returns whether the beacon must become fast now.
    mutating func guestIsNear(at now: Instant) -> Bool {
        let wasActive = isActive(at: now)
        activeUntil = now + Limits.beaconActiveFor
        return !wasActive
    }

    /// The challenge whose counter ends in these four bits, if it is fresh.
    func fresh(counterLow: UInt8, at now: Instant) -> Challenge? {
        guard let issued = recent.last(where: { $0.challenge.counterLow == counterLow }),
            now - issued.at <= Limits.nonceAgeMax
        else { return nil }
        return issued.challenge
    }

    /// Whether an answer is one to a challenge of the last minute or so that is too old by now.
    /// Counters come round every sixteen nonces: an answer that stays on air then names a fresh
    /// one, and is late all the same and not forged. Only the few of the same counter are tried:
    /// whoever floods wrong tags must not make each cost a hundred.
    func isLate(_ pass: OpenPass, of gateway: GatewayID, by key: GatewayKey, at now: Instant)
        -> Bool
    {
        recent.contains {
            $0.challenge.counterLow == pass.header.counterLow && now - $0.at > Limits.nonceAgeMax
                && pass.answers($0.challenge, of: gateway, by: key)
        }
    }
}
