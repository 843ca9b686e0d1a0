// SPDX-License-Identifier: Apache-2.0
// A guest of a soak at the door, and what may explain that it stayed shut.
import Timebase

struct SoakVisit {
    let from: Instant
    let waitedBefore: Interval
    let unreadBefore: Int
    /// When the guest was let in, by the gateway's own word.
    var openedAt: Instant?
    /// Passes given.
    var adverts = 0
    /// What the gateway told of this time.
    var words: [String] = []
    /// Until when the guest stood there.
    private(set) var until = Instant.never
    /// How long the bench did nothing, where that may have mattered.
    private(set) var stall: Interval?
    private var waited = Interval.zero
    private var unread = 0

    init(from now: Instant, waited: Interval, unread: Int) {
        from = now
        waitedBefore = waited
        unreadBefore = unread
    }

    /// The guest goes away.
    ///
    /// - Parameters:
    ///   - stall: when the bench last did nothing for too long, and for how long.
    ///   - waited: how long the gateway was without a processor so far.
    ///   - unread: bytes it has not read in time so far.
    mutating func end(
        at now: Instant, stall: (until: Instant, lasted: Interval)?, waited: Interval, unread: Int
    ) {
        until = now
        // A controller that says nothing for that long is ill: as after a fault, the gateway needs
        // its time to find its way back.
        self.stall = stall.flatMap { from < $0.until + SoakPlan.recovery ? $0.lasted : nil }
        self.waited = waited - waitedBefore
        self.unread = unread - unreadBefore
    }

    func account(since start: Instant) -> String {
        """
        \((from - start).milliseconds / 1_000) s after the start: \(adverts) passes given, the \
        bench \((stall ?? .zero).milliseconds) ms late, the gateway \(waited.milliseconds) ms \
        without a processor, \(unread) bytes it did not read in time
        """ + words.map { "\n    " + $0 }.joined()
    }
}
