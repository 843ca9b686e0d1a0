// SPDX-License-Identifier: Apache-2.0

import Testing
import Timebase

@testable import Radio

@Suite("When nothing is heard")
struct RecoveryTests {
    private let start = Instant.origin + .hours(1)

    @Test("The rungs are climbed in order, a minute apart, and the last again and again")
    func climbs() {
        var ladder = RecoveryLadder(silenceMax: .seconds(15))
        #expect(ladder.deadline == nil)
        ladder.listen(from: start)
        #expect(ladder.advance(to: start + .milliseconds(14_999)) == nil)
        #expect(ladder.advance(to: start + .seconds(15)) == .restartScan)
        #expect(ladder.advance(to: start + .seconds(15)) == nil)
        #expect(ladder.deadline == start + .seconds(75))
        #expect(ladder.advance(to: start + .seconds(75)) == .reopen)
        ladder.pause()
        #expect(ladder.deadline == nil)
        ladder.listen(from: start + .seconds(76))
        #expect(ladder.advance(to: start + .seconds(134)) == nil)
        #expect(ladder.advance(to: start + .seconds(135)) == .reopen)
        #expect(ladder.count(.restartScan) == 1 && ladder.count(.reopen) == 2)
    }

    @Test("Anything heard sends it back to the ground")
    func hears() {
        var ladder = RecoveryLadder(silenceMax: .seconds(90))
        ladder.listen(from: start)
        #expect(ladder.advance(to: start + .seconds(90)) == .restartScan)
        ladder.hear(at: start + .seconds(91))
        #expect(ladder.advance(to: start + .seconds(180)) == nil)
        #expect(ladder.advance(to: start + .seconds(181)) == .restartScan)
    }

    @Test("Attempts come twice as rarely each time, within a bound, until one lasted a minute")
    func backoff() {
        var backoff = Backoff()
        let delays = (0..<8).map { _ in backoff.fail(at: start).milliseconds / 1_000 }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60])
        backoff.succeed(at: start)
        #expect(backoff.fail(at: start + .seconds(59)) == .seconds(60))
        backoff.succeed(at: start)
        #expect(backoff.fail(at: start + .seconds(60)) == .seconds(1))
    }
}
