// SPDX-License-Identifier: Apache-2.0
// What to do about a controller that says it scans but hears nothing. Each rung is dearer than
// the one before, so they are climbed one at a time, at most one a minute, and the ladder is left
// as soon as anything is heard.

import Timebase

/// The rungs climbed so far, and when to climb the next.
public struct RecoveryLadder: Hashable, Sendable {
    public enum Rung: Int, Hashable, Sendable, CaseIterable {
        /// Stop the scan, start it again.
        case restartScan
        /// Close the adapter, find it by its address, bring it up anew. Climbed again each time
        /// it did not help.
        case reopen
    }

    /// How long nothing may be heard: 15 s where a neighbour's beacon is expected, else 90 s.
    public var silenceMax: Interval
    private var climbs = [UInt64](repeating: 0, count: Rung.allCases.count)
    /// The last sign of life, or when scanning began; `nil` while nothing can be heard.
    private var heardAt: Instant?
    private var climbedAt: Instant?
    private var next = Rung.restartScan

    public init(silenceMax: Interval) { self.silenceMax = silenceMax }

    /// How often a rung was climbed.
    public func count(_ rung: Rung) -> UInt64 { climbs[rung.rawValue] }

    /// When `advance` will climb.
    public var deadline: Instant? {
        guard let heardAt else { return nil }
        let silent = heardAt + silenceMax
        return climbedAt.map { max(silent, $0 + Limits.climbPause) } ?? silent
    }

    /// Scanning began: silence is counted from here.
    public mutating func listen(from now: Instant) { heardAt = now }

    /// No scan is running: silence says nothing.
    public mutating func pause() { heardAt = nil }

    /// An advert with contents was heard.
    public mutating func hear(at now: Instant) {
        heardAt = now
        next = .restartScan
    }

    /// The rung to climb now, if one is due.
    public mutating func advance(to now: Instant) -> Rung? {
        guard let deadline, deadline <= now else { return nil }
        let rung = next
        climbs[rung.rawValue] += 1
        climbedAt = now
        next = .reopen
        return rung
    }
}
