// SPDX-License-Identifier: Apache-2.0
// A command held back by the broker, and a clock that is wrong, are the two ways in which a genuine
// command could do harm.
import DoorCore
import HotelWire
import Testing
import Timebase

@testable import Gateway

@Suite("Judging the hotel's commands")
struct HotelOrderJudgeTests {
    private static let issued = UnixTime(seconds: 1_767_225_600)

    private func judge(
        _ order: HotelOrder, clock: ClockState = .trusted, after age: Interval = .seconds(1),
        readingError: Interval = .zero
    ) throws -> HotelJudgement {
        let id = try #require(CommandID("000102030405060708090a0b0c0d0e0f"))
        let time = Self.issued + age
        let judge = HotelOrderJudge(
            doors: try Hotel().settings().doors, boot: 7, clock: clock, time: time,
            reading: time + readingError)
        return judge.judge(
            SignedCommand(
                id: id, issued: Self.issued, expires: Self.issued + .minutes(1), order: order,
                reason: ""))
    }

    private static let orders: [(HotelOrder, DoorCore.Command)] = [
        (.open(door: 2), .open(DoorIndex(2))),
        (.setMode(door: 2, .normal), .setMode(DoorIndex(2), .normal)),
        (.setMode(door: 2, .service), .setMode(DoorIndex(2), .service)),
        (.setMode(door: 2, .lockdown), .setMode(DoorIndex(2), .lockdown)),
        (.raiseLevel(door: 3, 4), .raiseLevel(DoorIndex(3), .connected)),
        (.identify(door: 3), .identify(DoorIndex(3))),
        (.resetFire(door: 2), .resetFire(DoorIndex(2))),
        (.confirmTime(boot: 7), .confirmTime),
    ]

    @Test("Within its life every command is obeyed, at its end none is")
    func life() throws {
        for (order, command) in Self.orders {
            #expect(try judge(order) == .obey(command), "\(order)")
            let last = try judge(order, after: .milliseconds(59_999))
            #expect(last == .obey(command), "\(order)")
            for age in [Interval.minutes(1), .hours(1)] {
                let late = try judge(order, after: age)
                #expect(late == .answer(.expired, reason: "expired"), "\(order)")
            }
        }
        #expect(try judge(.report) == .sendReport)
    }

    @Test("While the clock is not known, nothing is obeyed that makes a door easier to pass")
    func untrusted() throws {
        for (order, command) in Self.orders {
            let isSafe =
                switch order {
                case .setMode(_, .lockdown), .identify, .confirmTime: true
                default: false
                }
            let expected: HotelJudgement =
                isSafe ? .obey(command) : .answer(.refused, reason: "clockUntrusted")
            #expect(try judge(order, clock: .untrusted) == expected, "\(order)")
            #expect(try judge(order, clock: .holdover) == .obey(command), "\(order)")
        }
    }

    @Test("A clock is confirmed for one start only, and only where it is right")
    func confirmation() throws {
        let other = try judge(.confirmTime(boot: 6))
        #expect(other == .answer(.refused, reason: "otherStart"))
        for error in [Interval.seconds(60), .zero - .seconds(62), .hours(1)] {
            let wrong = try judge(.confirmTime(boot: 7), clock: .untrusted, readingError: error)
            #expect(wrong == .answer(.refused, reason: "clockIsWrong"), "\(error)")
        }
    }

    @Test("What this gateway does not have is answered")
    func unknown() throws {
        #expect(try judge(.open(door: 9)) == .answer(.unknown, reason: "door"))
        #expect(try judge(.unknown(kind: 99)) == .answer(.unknown, reason: "kind"))
        #expect(
            try judge(.setMode(door: 2, .freeAccess))
                == .answer(.refused, reason: "noFreeAccessHours"))
    }
}
