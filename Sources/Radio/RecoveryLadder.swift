// SPDX-License-Identifier: Apache-2.0
// What to do about a controller that fails or says it scans but hears nothing. Each rung is dearer
// than the one before, so they are climbed one at a time and at most one a minute, and the ladder
// is left once something was heard for a minute. What fails by itself (a hardware error, a command
// unanswered) is climbed for at once; silence has to last.
//
// Silence may mean no more than an empty corridor. So without a neighbour whose beacon should be
// heard the last rung, which costs every door of the gateway a moment, is never climbed for it,
// and each time round the others come half as often.

import Timebase

/// The rungs climbed so far, and when to climb the next.
struct RecoveryLadder: Hashable, Sendable {
    /// What a failure says about the adapter.
    enum Trouble: Hashable, Sendable {
        /// It is not there or not ours to use: only time helps.
        case gone
        /// Software switched it off.
        case blocked
        /// It is there and does not work.
        case broken
    }

    private let rungs: [RecoveryRung]
    private let silenceMax: Interval
    private let pauseMin: Interval
    /// Before this the service is too young to be ended.
    private let exitsFrom: Instant
    private var climbs = [UInt64](repeating: 0, count: RecoveryRung.allCases.count)
    /// The last sign of life, or when scanning began; `nil` while nothing can be heard.
    private var heardAt: Instant?
    private var neighbourHeardAt: Instant?
    private var climbedAt: Instant?
    private var next = RecoveryRung.restartScan
    /// Times all rungs were climbed in vain.
    private var rounds = 0

    /// - Parameters:
    ///   - rungs: those there are for this adapter, lowest first.
    ///   - silenceMax: how long nothing may be heard where no neighbour's beacon is expected.
    ///   - pause: between two climbs.
    ///   - exitsFrom: when ending the service may first be asked for.
    init(
        rungs: [RecoveryRung], silenceMax: Interval, pause: Interval, exitsFrom: Instant
    ) {
        self.rungs = rungs
        self.silenceMax = silenceMax
        self.exitsFrom = exitsFrom
        pauseMin = pause
    }

    /// How often each rung was climbed, in their order.
    var counts: [UInt64] { climbs }

    /// When `advance` will climb.
    var deadline: Instant? {
        guard let heardAt else { return nil }
        let silent = heardAt + silence(at: heardAt)
        return climbedAt.map { max(silent, $0 + pause) } ?? silent
    }

    /// How long nothing may be heard: less while a neighbour's beacon is expected.
    func silence(at now: Instant) -> Interval {
        expectsNeighbour(at: now) ? min(silenceMax, Limits.neighbourSilenceMax) : silenceMax
    }

    /// Scanning began: silence is counted from here.
    mutating func listen(from now: Instant) { heardAt = now }

    /// No scan is running: silence says nothing.
    mutating func pauseListening() { heardAt = nil }

    /// An advert with contents was heard.
    mutating func hear(at now: Instant) {
        heardAt = now
        guard next != .restartScan, let climbedAt, now - climbedAt >= pauseMin else { return }
        next = .restartScan
        rounds = 0
    }

    /// The beacon of a gateway was heard: for a while another is expected.
    mutating func hearNeighbour(at now: Instant) { neighbourHeardAt = now }

    /// The rung to climb now because nothing was heard, if one is due.
    mutating func advance(to now: Instant) -> RecoveryRung? {
        guard let heardAt, let deadline, deadline <= now else { return nil }
        return climb(next, isCertain: expectsNeighbour(at: heardAt), at: now)
    }

    /// The rung to climb now because of a failure, if one is due.
    mutating func fail(_ trouble: Trouble, at now: Instant) -> RecoveryRung? {
        pauseListening()
        if let climbedAt, now - climbedAt < pause { return nil }
        switch trouble {
        case .gone: return count(.findAgain, at: now)
        case .blocked: return count(.unblock, at: now)
        case .broken:
            return climb(next == .restartScan ? .findAgain : next, isCertain: true, at: now)
        }
    }

    private var pause: Interval { pauseMin * Int64(1 << min(rounds, Limits.climbRoundsMax)) }

    private func expectsNeighbour(at now: Instant) -> Bool {
        neighbourHeardAt.map { now - $0 <= Limits.neighbourExpectedFor } ?? false
    }

    private mutating func climb(_ wanted: RecoveryRung, isCertain: Bool, at now: Instant)
        -> RecoveryRung
    {
        let mayExit = isCertain && now >= exitsFrom
        var rung = rungs.first { $0.rawValue >= wanted.rawValue } ?? .exit
        if rung == .exit, !mayExit {
            rung = .findAgain
            rounds += 1
        }
        next = RecoveryRung(rawValue: rung.rawValue + 1) ?? .findAgain
        return count(rung, at: now)
    }

    private mutating func count(_ rung: RecoveryRung, at now: Instant) -> RecoveryRung {
        climbs[rung.rawValue] += 1
        climbedAt = now
        return rung
    }
}
