// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import DoorCore

/// 2026-01-01 00:00 UTC.
private let newYear = UnixTime(seconds: 1_767_225_600)
private let start = Instant.origin + .seconds(20)

/// Read `offset` after new year's midnight.
private func reading(
    _ offset: Interval = .zero, isSynchronised: Bool = false, hasRTC: Bool = false,
    lowerBound: UnixTime? = nil
) -> ClockReading {
    ClockReading(
        time: newYear + offset, isSynchronised: isSynchronised, hasRealTimeClock: hasRTC,
        lowerBound: lowerBound)
}

@Suite struct ClockKeeperTests {
    @Test("Before the first reading nothing is known and nobody is let in by time")
    func nothingKnown() {
        let clock = ClockKeeper()
        #expect(clock.state == .untrusted)
        #expect(clock.wall(at: start) == nil && clock.lowerBound(at: start) == nil)
        #expect(
            clock.refusal(
                notBefore: newYear, expires: newYear + .hours(1), isLeased: false, at: start)
                == .clockUntrusted)
    }

    @Test("A synchronised clock is trusted for 24 h and then held over")
    func trusted() {
        var clock = ClockKeeper()
        clock.handle(reading(isSynchronised: true), at: start)
        #expect(clock.state == .trusted)
        #expect(clock.wall(at: start + .hours(1)) == newYear + .hours(1))
        clock.advance(to: start + .hours(24))
        #expect(clock.state == .trusted)
        let deadline = clock.deadline
        #expect(deadline.map { $0 > start + .hours(24) } == true)
        clock.advance(to: deadline ?? start)
        #expect(clock.state == .holdover)
        clock.handle(reading(.hours(25), isSynchronised: true), at: start + .hours(25))
        #expect(clock.state == .trusted)
    }

    @Test("An unsynchronised reading neither moves a known clock nor renews its trust")
    func unsynchronisedIgnored() {
        var clock = ClockKeeper()
        clock.handle(reading(isSynchronised: true), at: start)
        clock.handle(reading(.hours(7)), at: start + .seconds(10))
        #expect(clock.wall(at: start + .seconds(10)) == newYear + .seconds(10))
        clock.handle(reading(.hours(25)), at: start + .hours(25))
        #expect(clock.state == .holdover)
    }

    @Test(
        "The error is 100 ppm of the age and one second",
        arguments: [(0, 1_000), (1, 1_360), (240, 87_400)])
    func error(hours: Int64, milliseconds: Int64) {
        var clock = ClockKeeper()
        clock.handle(reading(isSynchronised: true), at: start)
        #expect(clock.error(at: start + .hours(hours)) == .milliseconds(milliseconds))
    }

    @Test("With a known clock a grant must hold for every time it may be")
    func boundsWithError() {
        var clock = ClockKeeper()
        clock.handle(reading(isSynchronised: true), at: start)
        func refusal(_ notBefore: Interval, _ expires: Interval) -> DenialReason? {
            clock.refusal(
                notBefore: newYear + notBefore, expires: newYear + expires, isLeased: true,
                at: start)
        }
        #expect(refusal(.seconds(-1), .seconds(2)) == nil)
        #expect(refusal(.milliseconds(-999), .seconds(2)) == .notYetValid)
        #expect(refusal(.seconds(-1), .seconds(1)) == .expired)
    }

    @Test("A step back of more than 2 s is rejected, and a smaller one followed")
    func backwardSteps() {
        var clock = ClockKeeper()
        clock.handle(reading(.hours(1), isSynchronised: true), at: start)
        clock.handle(reading(.hours(1) - .milliseconds(2_001), isSynchronised: true), at: start)
        #expect(clock.wall(at: start) == newYear + .hours(1))
        #expect(clock.rejectedReadings == 1)
        clock.handle(reading(.hours(1) - .seconds(2), isSynchronised: true), at: start)
        #expect(clock.wall(at: start) == newYear + .hours(1) - .seconds(2))
    }

    @Test("After a long holdover a step back within our own error is a correction")
    func correction() {
        var clock = ClockKeeper()
        clock.handle(reading(isSynchronised: true), at: start)
        let later = start + .hours(240)
        clock.advance(to: later)
        clock.handle(reading(.hours(240) - .seconds(87), isSynchronised: true), at: later)
        #expect(clock.state == .trusted)
        #expect(clock.wall(at: later) == newYear + .hours(240) - .seconds(87))
    }

    @Test("After a power cut without an RTC, expired grants do not come back to life")
    func lowerBound() {
        var clock = ClockKeeper()
        clock.handle(reading(.hours(-30), lowerBound: newYear), at: start)
        #expect(clock.state == .untrusted && !clock.permitsTimed)
        let later = start + .hours(2)
        func guest(_ expires: Interval) -> DenialReason? {
            clock.refusal(
                notBefore: newYear + .hours(5), expires: newYear + expires, isLeased: false,
                at: later)
        }
        #expect(guest(.hours(1)) == .expired)
        #expect(guest(.hours(3)) == nil)
        #expect(
            clock.refusal(
                notBefore: newYear, expires: newYear + .hours(9), isLeased: true, at: later)
                == .clockUntrusted)
    }

    @Test("The lower bound only rises, with the uptime, never by more than has surely passed")
    func lowerBoundRises() throws {
        var clock = ClockKeeper()
        clock.handle(reading(lowerBound: newYear), at: start)
        clock.handle(reading(lowerBound: newYear - .hours(3)), at: start + .hours(1))
        let bound = try #require(clock.lowerBound(at: start + .hours(1)))
        #expect(bound == newYear + .hours(1) - .milliseconds(360))
    }

    @Test("With an untrusted clock guests are refused 8 h after boot, until an operator confirms")
    func eightHours() {
        var clock = ClockKeeper()
        clock.handle(reading(lowerBound: newYear), at: start)
        func guest(_ at: Instant) -> DenialReason? {
            clock.refusal(
                notBefore: newYear - .hours(1), expires: newYear + .hours(48), isLeased: false,
                at: at)
        }
        let end = Instant.origin + .hours(8)
        #expect(guest(end - .nanoseconds(1)) == nil)
        #expect(guest(end) == .clockUntrusted)
        clock.handle(reading(.hours(8)), at: end)
        clock.confirmLastReading(at: end)
        #expect(clock.state == .holdover)
        #expect(guest(end) == nil)
    }

    @Test("An operator can correct even a clock that ran ahead")
    func operatorCorrects() {
        var clock = ClockKeeper()
        clock.confirmLastReading(at: start)
        #expect(clock.state == .untrusted, "there was no reading to confirm")
        clock.handle(reading(.hours(500), isSynchronised: true), at: start)
        clock.handle(reading(.hours(1), isSynchronised: true), at: start)
        clock.confirmLastReading(at: start)
        #expect(clock.wall(at: start) == newYear + .hours(1))
        #expect(clock.lowerBound(at: start) == newYear + .hours(1) - .seconds(1))
    }

    @Test(
        "A battery-backed RTC is believed from the lower bound to a year after it",
        arguments: [(0, true), (72, true), (-1, false), (366 * 24 + 1, false)])
    func realTimeClock(hours: Int64, isBelieved: Bool) {
        var clock = ClockKeeper()
        clock.handle(
            reading(.hours(hours), hasRTC: true, lowerBound: newYear), at: start)
        #expect(clock.state == (isBelieved ? .holdover : .untrusted))
        if isBelieved {
            let drift = Interval.milliseconds(hours * 360)
            #expect(clock.error(at: start) == Interval.seconds(1) + drift)
        }
    }

    @Test("Without any lower bound an RTC cannot be checked, and is not believed")
    func realTimeClockAlone() {
        var clock = ClockKeeper()
        clock.handle(reading(hasRTC: true), at: start)
        #expect(clock.state == .untrusted)
    }

    @Test("A wildly early or late first reading serves for stamps only, and sync replaces it")
    func stamps() {
        var clock = ClockKeeper()
        clock.handle(reading(.hours(900_000)), at: start)
        #expect(clock.wall(at: start) == newYear + .hours(900_000))
        clock.handle(reading(isSynchronised: true), at: start)
        #expect(clock.wall(at: start) == newYear)
    }

    @Test("Every change of state is an event, and the lower bound is saved every 5 min")
    func recorder() {
        var recorder = EventRecorder(at: start)
        var effects = Effects()
        recorder.handle(reading(isSynchronised: true), at: start, into: &effects)
        recorder.handle(reading(isSynchronised: true), at: start, into: &effects)
        var kept: [UnixTime] = []
        var events: [Event] = []
        for _ in 0..<3 {
            effects.drain { (effect: consuming Effect) in
                switch consume effect {
                case .record(let event): events.append(event)
                case .keepTime(let time): kept.append(time)
                case .energise(_, _): break
                case .rest(_): break
                case .indicate(_, isOn: _): break
                case .beacon(_): break
                case .drawNonce: break
                case .zeroise: break
                }
            }
            recorder.advance(to: recorder.deadline ?? start, into: &effects)
        }
        #expect(events.map(\.kind) == [.clockState(.trusted)])
        #expect(
            kept == [
                newYear - .seconds(1), newYear + .minutes(5) - .milliseconds(1_030),
            ] + kept.dropFirst(2))
        #expect(recorder.sequence == 1)
    }
}
