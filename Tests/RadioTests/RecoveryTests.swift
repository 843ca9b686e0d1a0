// SPDX-License-Identifier: Apache-2.0

import Testing
import Timebase

@testable import Radio

@Suite("The recovery ladder")
struct RecoveryTests {
    private let start = Instant.origin + .hours(1)

    private func ladder(
        silenceMax: Interval = .seconds(90), rungs: [RecoveryRung] = RecoveryRung.allCases,
        exitsAfter: Interval = .hours(1)
    ) -> RecoveryLadder {
        RecoveryLadder(
            rungs: rungs, silenceMax: silenceMax, pause: .minutes(1),
            exitsFrom: start + exitsAfter)
    }

    /// The climbs of silence within a time, each with its second.
    private func climbs(
        of ladder: inout RecoveryLadder, for length: Interval
    ) -> [(second: Int64, rung: RecoveryRung)] {
        var found: [(Int64, RecoveryRung)] = []
        for second in 0...(length.milliseconds / 1_000) {
            let now = start + .seconds(second)
            if let rung = ladder.advance(to: now) {
                found.append((second, rung))
                ladder.pauseListening()
                ladder.listen(from: now)
            }
        }
        return found
    }

    @Test("Silence is climbed for rung by rung, and without a neighbour never to the last")
    func silence() {
        var ladder = ladder(exitsAfter: .zero)
        #expect(ladder.deadline == nil)
        ladder.listen(from: start)
        let found = climbs(of: &ladder, for: .seconds(90 * 12))
        #expect(
            found.map(\.rung) == [
                .restartScan, .findAgain, .unblock, .powerCycle, .resetDevice, .findAgain,
                .unblock, .powerCycle, .resetDevice, .findAgain,
            ])
        #expect(found.prefix(6).map(\.second) == [90, 180, 270, 360, 450, 540])
        #expect(found[6].second - found[5].second == 120, "each time round it comes more rarely")
        #expect(ladder.counts == [1, 3, 2, 2, 2, 0])
    }

    @Test("Where a neighbour's beacon is expected, 15 s are silence, and the last rung is climbed")
    func neighbour() {
        var ladder = ladder(exitsAfter: .zero)
        ladder.hear(at: start)
        ladder.hearNeighbour(at: start)
        #expect(ladder.deadline == start + .seconds(15))
        let found = climbs(of: &ladder, for: .seconds(350))
        #expect(found.map(\.rung) == RecoveryRung.allCases)
        #expect(found.map(\.second) == [15, 75, 135, 195, 255, 315])
    }

    @Test("A neighbour not heard for ten minutes is no longer expected")
    func neighbourForgotten() {
        var ladder = ladder()
        ladder.hearNeighbour(at: start)
        ladder.hear(at: start + .minutes(10))
        #expect(ladder.silence(at: start + .minutes(10)) == .seconds(15))
        ladder.hear(at: start + .minutes(10) + .seconds(1))
        #expect(ladder.deadline == start + .minutes(10) + .seconds(91))
    }

    @Test("A failure is climbed for at once, from finding the adapter again, but once a minute")
    func failure() {
        var ladder = ladder()
        ladder.listen(from: start)
        #expect(ladder.fail(.broken, at: start) == .findAgain)
        #expect(ladder.deadline == nil)
        #expect(ladder.fail(.broken, at: start + .milliseconds(59_999)) == nil)
        #expect(ladder.fail(.broken, at: start + .seconds(60)) == .unblock)
        #expect(ladder.fail(.broken, at: start + .seconds(120)) == .powerCycle)
        #expect(ladder.fail(.broken, at: start + .seconds(180)) == .resetDevice)
        #expect(ladder.fail(.broken, at: start + .seconds(240)) == .findAgain, "it is too young")
        #expect(ladder.counts == [0, 2, 1, 1, 1, 0])
    }

    @Test("A service that has run for an hour is ended for a broken adapter, after all else")
    func exit() {
        var ladder = ladder(exitsAfter: .minutes(4))
        let found = (0...5).compactMap { ladder.fail(.broken, at: start + .minutes(Int64($0))) }
        #expect(
            found == [.findAgain, .unblock, .powerCycle, .resetDevice, .exit, .findAgain])
    }

    @Test("For an adapter that is gone or blocked only what fits is done, and never the last")
    func gone() {
        var ladder = ladder(exitsAfter: .zero)
        for minute in 0..<10 {
            let now = start + .minutes(Int64(minute))
            #expect(ladder.fail(.gone, at: now) == .findAgain)
        }
        #expect(ladder.fail(.blocked, at: start + .minutes(10)) == .unblock)
        #expect(ladder.counts == [0, 10, 1, 0, 0, 0])
    }

    @Test("A byte stream has no switch, power or bus: those rungs are passed over")
    func stream() {
        var ladder = ladder(
            rungs: AdapterAddress.unix(path: "/run/x").rungs, exitsAfter: .zero)
        let found = (0...2).compactMap { ladder.fail(.broken, at: start + .minutes(Int64($0))) }
        #expect(found == [.findAgain, .exit, .findAgain])
    }

    @Test("Adverts heard for a minute send it back to the ground; a relapse before goes on up")
    func hears() {
        var ladder = ladder()
        ladder.listen(from: start)
        #expect(ladder.advance(to: start + .seconds(90)) == .restartScan)
        ladder.hear(at: start + .seconds(91))
        #expect(ladder.advance(to: start + .seconds(180)) == nil)
        #expect(ladder.advance(to: start + .seconds(181)) == .findAgain)
        ladder.hear(at: start + .seconds(241))
        #expect(ladder.advance(to: start + .seconds(331)) == .restartScan)
    }

    @Test("Attempts come twice as rarely each time, within a bound, until one lasted 20 s")
    func backoff() {
        var backoff = Backoff()
        let delays = (0..<8).map { _ in backoff.fail(at: start).milliseconds / 1_000 }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60])
        backoff.succeed(at: start)
        #expect(backoff.fail(at: start + .seconds(19)) == .seconds(60))
        backoff.succeed(at: start)
        #expect(backoff.fail(at: start + .seconds(20)) == .seconds(1))
    }
}
