// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import DoorCore

/// 2026-01-01 00:00 UTC, a Thursday.
private let newYear = UnixTime(seconds: 1_767_225_600)

@Suite struct DoorModeTests {
    @Test("Lockdown denies all but emergency grants, and ends a guest's pulse")
    func lockdown() {
        let bench = DoorBench()
        bench.pass()
        bench.send(.command(.setMode(DoorIndex(2), .lockdown)))
        #expect(!bench.isEnergised)
        #expect(bench.kinds.suffix(2) == [.relocked, .modeChanged(.lockdown)])
        bench.wait(.seconds(1))
        for holder in [CredentialClass.guest, .housekeeping, .staff] {
            #expect(bench.pass(holder) == .lockdown)
        }
        bench.send(.command(.open(DoorIndex(2))))
        #expect(bench.energised.count == 1)
        #expect(bench.pass(.emergency) == nil)
    }

    @Test("A mode set twice, or for another door, changes nothing")
    func idempotent() {
        let bench = DoorBench()
        bench.send(.command(.setMode(DoorIndex(2), .normal)))
        bench.send(.command(.setMode(DoorIndex(3), .lockdown)))
        #expect(bench.kinds.isEmpty)
        #expect(bench.door.mode == .normal)
    }

    @Test("In service nothing unlocks and no alarm sounds, but the inputs are recorded")
    func service() {
        let bench = DoorBench(.bench { $0.rexUnlocks = true })
        bench.send(.command(.setMode(DoorIndex(2), .service)))
        for holder in CredentialClass.allCases { #expect(bench.pass(holder) == .service) }
        bench.set(.rex, true)
        bench.set(.rex, false)
        bench.wait(.minutes(1))
        bench.forgetEvents()
        bench.set(.contact, true)
        bench.wait(.minutes(5))
        #expect(bench.energised.isEmpty)
        #expect(bench.kinds == [.opened])
        #expect(!bench.isLit(.buzzer) && !bench.isLit(.preAlarmLight))
        bench.send(.command(.setMode(DoorIndex(2), .normal)))
        bench.wait(.milliseconds(1))
        #expect(bench.kinds.suffix(2) == [.heldWarning, .held])
    }

    @Test("A mode kept from before a restart is in force at once")
    func restoredMode() {
        let bench = DoorBench(mode: .lockdown)
        #expect(bench.pass() == .lockdown)
    }

    @Test("The server may raise a door's level, never lower it below its floor")
    func raisedLevel() {
        let bench = DoorBench(.bench(kind: .amenity, level: .handsFree))
        #expect(bench.door.requiredLevel == .handsFree)
        bench.send(.command(.raiseLevel(DoorIndex(2), .connected)))
        #expect(bench.door.requiredLevel == .connected)
        bench.send(.command(.raiseLevel(DoorIndex(2), .presence)))
        #expect(bench.door.requiredLevel == .handsFree)
    }

    @Test("A guest room without an inside guard never opens without intent, as configured or not")
    func guestRoomFloor() {
        let unguarded = DoorBench(.bench(level: .timed))
        #expect(unguarded.door.requiredLevel == .intent)
        let guarded = DoorBench(
            .bench(level: .timed) { $0.insideGuard = InsideGuardParameters() })
        #expect(guarded.door.requiredLevel == .handsFree)
    }

    @Test("A touched handle shows intent for 3 s, and only where the hotel opted in")
    func handleIntent() {
        let bench = DoorBench(.bench([.contact, .handle]) { $0.handleIsIntent = true })
        #expect(!bench.door.handleShowsIntent(at: bench.now))
        bench.set(.handle, true)
        #expect(bench.energised.isEmpty)
        bench.wait(.seconds(3))
        #expect(bench.door.handleShowsIntent(at: bench.now))
        bench.wait(.milliseconds(1))
        #expect(!bench.door.handleShowsIntent(at: bench.now))
        let cautious = DoorBench(.bench([.contact, .handle]))
        cautious.set(.handle, true)
        #expect(!cautious.door.handleShowsIntent(at: cautious.now))
    }
}

@Suite struct DoorFreeAccessTests {
    /// A spa open from 08:00 to 22:00, at 07:59.
    private static func bench(needsStaff: Bool = false, isSynchronised: Bool = true) -> DoorBench {
        let bench = DoorBench(
            .bench([.contact, .handle], kind: .amenity) {
                $0.freeAccess = Schedule([
                    Schedule.Span(days: .everyDay, startMinute: 480, endMinute: 1_320)
                ])
                $0.needsFirstPerson = needsStaff
            })
        bench.read(
            ClockReading(
                time: newYear + .minutes(7 * 60 + 59), isSynchronised: isSynchronised))
        bench.wait(.milliseconds(1))
        bench.forgetEvents()
        return bench
    }

    private static func touch(_ bench: DoorBench) {
        bench.set(.handle, true)
        bench.wait(.milliseconds(300))
        bench.set(.handle, false)
    }

    @Test("During free access each touch of the handle gives one bounded pulse")
    func touch() {
        let bench = Self.bench()
        Self.touch(bench)
        #expect(bench.energised.isEmpty)
        bench.wait(.minutes(2))
        #expect(bench.kinds == [.freeAccess(isOn: true)])
        for count in 1...3 {
            Self.touch(bench)
            #expect(bench.energised.count == count)
            bench.wait(.minutes(30))
        }
        #expect(bench.energised.allSatisfy { $0.until - $0.from == .seconds(5) })
        bench.wait(.hours(14))
        #expect(bench.kinds.last == .freeAccess(isOn: false))
        Self.touch(bench)
        #expect(bench.energised.count == 3)
    }

    @Test("Free access may wait for staff to come in; a guest or an opening from afar is not one")
    func firstPerson() {
        let bench = Self.bench(needsStaff: true)
        bench.wait(.minutes(2))
        Self.touch(bench)
        #expect(bench.energised.isEmpty)
        bench.pass(.guest)
        bench.wait(.seconds(6))
        #expect(!bench.door.isFreeAccess)
        bench.send(.command(.open(DoorIndex(2))))
        bench.wait(.seconds(6))
        #expect(bench.energised.count == 2 && !bench.door.isFreeAccess)
        bench.pass(.staff)
        #expect(bench.kinds.last == .freeAccess(isOn: true))
        bench.wait(.seconds(6))
        Self.touch(bench)
        #expect(bench.energised.count == 4)
    }

    @Test("With an untrusted clock there is no free access")
    func untrustedClock() {
        let bench = Self.bench(isSynchronised: false)
        bench.wait(.hours(2))
        #expect(!bench.door.isFreeAccess)
    }

    @Test("Lockdown ends free access; mode freeAccess resumes it within its hours")
    func lockdown() {
        let bench = Self.bench()
        bench.wait(.minutes(2))
        bench.send(.command(.setMode(DoorIndex(2), .lockdown)))
        Self.touch(bench)
        #expect(bench.energised.isEmpty)
        bench.send(.command(.setMode(DoorIndex(2), .freeAccess)))
        bench.wait(.milliseconds(1))
        Self.touch(bench)
        #expect(bench.energised.count == 1)
    }

    @Test("Hours run past midnight, on the days they begin, in local time")
    func schedule() {
        let night = Schedule([Schedule.Span(days: .friday, startMinute: 1_320, endMinute: 120)])
        let friday = newYear + .hours(24)
        #expect(!night.contains(friday + .hours(21), offset: .zero))
        #expect(night.contains(friday + .hours(22), offset: .zero))
        #expect(night.contains(friday + .minutes(25 * 60 + 59), offset: .zero))
        #expect(!night.contains(friday + .hours(26), offset: .zero))
        #expect(night.contains(friday + .hours(21), offset: .hours(1)))
        #expect(!night.contains(newYear + .hours(22), offset: .zero))
        #expect(Schedule.always.contains(UnixTime(seconds: -1), offset: .hours(-11)))
    }
}
