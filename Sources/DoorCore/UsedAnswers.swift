// SPDX-License-Identifier: Apache-2.0
// Replay memory: each answer unlocks once (protocol.md §6.4).
import GuestPass
import Timebase

/// Answers that have unlocked a door and could still be heard again.
struct UsedAnswers: Sendable {
    /// What made the tag fresh.
    enum Freshness: Hashable, Sendable {
        /// The nonce it answered.
        case challenge(Challenge)
        /// Its window of 30 s.
        case timed(PassWindow)

        /// `nil` for presence, which is never fresh enough to open anything.
        init?(_ proof: AuthenticatedPass.Proof) {
            switch proof {
            case .presence: return nil
            case .timed(let window): self = .timed(window)
            case .challenge(let challenge): self = .challenge(challenge)
            }
        }
    }

    private struct Entry: Sendable {
        let credential: CredentialID
        let door: DoorIndex
        let freshness: Freshness
        let forgetAt: Instant
    }

    private var entries: [Entry] = []

    init() { entries.reserveCapacity(Limits.usedAnswersMax) }

    var isFull: Bool { entries.count >= Limits.usedAnswersMax }

    /// Whether this answer, or for timed passes a later one, has unlocked this door already.
    func contains(_ freshness: Freshness, by credential: CredentialID, at door: DoorIndex) -> Bool {
        entries.contains { entry in
            guard entry.credential == credential, entry.door == door else { return false }
            switch (entry.freshness, freshness) {
            case (.challenge(let used), .challenge(let offered)): return used == offered
            case (.timed(let used), .timed(let offered)): return offered <= used
            case (.challenge, .timed), (.timed, .challenge): return false
            }
        }
    }

    /// - Precondition: not full; the policy denies when it is.
    mutating func insert(
        _ freshness: Freshness, by credential: CredentialID, at door: DoorIndex, now: Instant
    ) {
        precondition(!isFull, "the policy asked before spending")
        let lifetime: Interval
        switch freshness {
        case .challenge: lifetime = Limits.nonceAgeMax + Limits.noncePeriod
        // Accepted from one window before its time to one after: three windows of 30 s, and the
        // clock may be corrected by a little meanwhile.
        case .timed: lifetime = .minutes(5)
        }
        entries.append(
            Entry(
                credential: credential, door: door, freshness: freshness,
                forgetAt: now + lifetime))
    }

    mutating func forgetOld(at now: Instant) {
        entries.removeAll { $0.forgetAt <= now }
    }
}
