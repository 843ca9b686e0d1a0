// SPDX-License-Identifier: Apache-2.0
// Contact, request to exit, fire, privacy bolt, handle, tamper and bolt monitor at one door.
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorContactTests {
    @Test("An opening without pass or request to exit is forced, on the edge itself")
    func forced() {
        let bench = DoorBench()
        bench.wait(.seconds(5))
        bench.set(.contact, true)
        #expect(bench.kinds == [.opened, .forced])
        #expect(bench.events[1].at == bench.now)
        #expect(bench.isLit(.buzzer))
    }

    @Test("An opening up to half a second after the pulse belongs to it", arguments: [500, 501])
    func grace(afterMilliseconds: Int64) {
        let bench = DoorBench()
        bench.pass()
        bench.wait(.seconds(5) + .milliseconds(afterMilliseconds))
        bench.set(.contact, true)
        #expect(bench.kinds.contains(.forced) == (afterMilliseconds > 500))
        #expect(bench.passages.count == (afterMilliseconds > 500 ? 0 : 1))
    }

    @Test(
        "Forcing is told from leaving as configured",
        arguments: [
            (ForcedAlarm.whenExitIsSensed, true, true), (.whenExitIsSensed, false, false),
            (.always, false, true), (.always, true, true), (.never, true, false),
        ])
    func forcedRule(rule: ForcedAlarm, hasExit: Bool, isReported: Bool) {
        let bench = DoorBench(
            .bench(hasExit ? [.contact, .rex] : [.contact]) { $0.forcedAlarm = rule })
        bench.wait(.seconds(5))
        bench.set(.contact, true)
        #expect(bench.kinds.contains(.forced) == isReported)
    }

    @Test("A door left open warns at 80 % of its limit, is held at the limit, clears on closing")
    func held() {
        let bench = DoorBench()
        bench.pass()
        bench.set(.contact, true)
        bench.forgetEvents()
        bench.wait(.milliseconds(23_999))
        #expect(bench.kinds.isEmpty)
        bench.wait(.milliseconds(1))
        #expect(bench.kinds == [.heldWarning])
        #expect(bench.isLit(.preAlarmLight))
        bench.wait(.seconds(6))
        #expect(bench.kinds == [.heldWarning, .held])
        bench.wait(.minutes(5))
        bench.set(.contact, false)
        #expect(bench.kinds == [.heldWarning, .held, .closed, .heldCleared])
        #expect(!bench.isLit(.preAlarmLight) && !bench.isLit(.buzzer))
    }

    @Test("The open limit is kept within 10 s and 1 h", arguments: [(1, 10), (7_200, 3_600)])
    func openLimit(configured: Int64, effective: Int64) {
        let bench = DoorBench(.bench { $0.openLimit = .seconds(configured) })
        bench.pass()
        bench.set(.contact, true)
        bench.wait(.seconds(effective) - .milliseconds(1))
        #expect(!bench.kinds.contains(.held))
        bench.wait(.milliseconds(1))
        #expect(bench.kinds.contains(.held))
    }

    @Test("A repeated level is no new opening")
    func repeatedLevel() {
        let bench = DoorBench()
        bench.pass()
        for _ in 0..<3 { bench.set(.contact, true) }
        for _ in 0..<3 { bench.set(.contact, false) }
        #expect(bench.kinds.filter { $0 == .opened }.count == 1)
        #expect(bench.kinds.filter { $0 == .closed }.count == 1)
    }

    @Test("An input that cannot be read denies guests, is reported once and recovers")
    func lostInput() {
        let bench = DoorBench()
        bench.send(.lineFault(.privacyBolt))
        bench.send(.lineFault(.privacyBolt))
        #expect(bench.kinds == [.lineFault(.privacyBolt)])
        #expect(bench.pass() == .notReady)
        #expect(bench.isLit(.faultLight))
        bench.set(.privacyBolt, false)
        #expect(bench.kinds.last == .lineFaultCleared(.privacyBolt))
        #expect(bench.pass() == nil)
    }
}

@Suite struct DoorExitTests {
    private static func bench(unlocks: Bool = true, _ roles: Set<LineRole> = [.contact, .rex])
        -> DoorBench
    {
        DoorBench(.bench(roles) { $0.rexUnlocks = unlocks })
    }

    @Test("A request to exit unlocks without authentication where configured, and is recorded")
    func unlocks() {
        let bench = Self.bench()
        bench.set(.rex, true)
        #expect(bench.isEnergised)
        #expect(bench.kinds == [.rex, .unlocked(until: bench.energised[0].until)])
        let mechanical = Self.bench(unlocks: false)
        mechanical.set(.rex, true)
        #expect(mechanical.energised.isEmpty)
        #expect(mechanical.kinds == [.rex])
    }

    @Test("A request to exit excuses an opening for 5 s", arguments: [5_000, 5_001])
    func shunt(afterMilliseconds: Int64) {
        let bench = Self.bench(unlocks: false)
        bench.set(.rex, true)
        bench.wait(.milliseconds(100))
        bench.set(.rex, false)
        bench.wait(.milliseconds(afterMilliseconds - 100))
        bench.set(.contact, true)
        #expect(bench.kinds.contains(.forced) == (afterMilliseconds > 5_000))
    }

    @Test("A request to exit never hides a door left open")
    func neverHidesHeld() {
        let bench = Self.bench()
        bench.set(.rex, true)
        bench.set(.contact, true)
        for _ in 0..<8 {
            bench.wait(.seconds(4))
            bench.set(.rex, false)
            bench.set(.rex, true)
        }
        #expect(bench.kinds.contains(.held))
    }

    @Test("A request to exit active for 60 s is stuck: a fault, and no excuse any more")
    func stuck() {
        let bench = Self.bench()
        bench.set(.rex, true)
        bench.wait(.seconds(59))
        #expect(!bench.kinds.contains(.rexStuck))
        bench.wait(.seconds(1))
        #expect(bench.kinds.last == .rexStuck)
        #expect(bench.isLit(.faultLight))
        bench.set(.contact, true)
        #expect(bench.kinds.last == .forced)
        bench.set(.rex, false)
        #expect(!bench.isLit(.faultLight))
    }

    @Test("A lockdown does not keep anybody in")
    func lockdown() {
        let bench = Self.bench()
        bench.send(.command(.setMode(DoorIndex(2), .lockdown)))
        bench.set(.rex, true)
        #expect(bench.isEnergised)
    }
}

@Suite struct DoorFireTests {
    @Test("Fire is recorded and latched until a person resets it, and not before it is over")
    func latch() {
        let bench = DoorBench(.bench([.contact, .fire], kind: .shared))
        bench.set(.fire, true)
        #expect(bench.kinds == [.fireOn])
        bench.send(.command(.resetFire(DoorIndex(2))))
        #expect(bench.kinds == [.fireOn])
        bench.set(.fire, false)
        bench.send(.command(.resetFire(DoorIndex(9))))
        #expect(bench.kinds == [.fireOn])
        bench.send(.command(.resetFire(DoorIndex(2))))
        #expect(bench.kinds == [.fireOn, .fireReset])
    }

    @Test("Fire lifts a lockdown until it is reset, even after the panel is quiet")
    func overridesLockdown() {
        let bench = DoorBench(.bench([.contact, .fire], kind: .shared), mode: .lockdown)
        #expect(bench.pass() == .lockdown)
        bench.set(.fire, true)
        #expect(bench.pass() == nil)
        bench.wait(.seconds(6))
        bench.set(.fire, false)
        #expect(bench.pass() == nil)
        bench.wait(.seconds(6))
        bench.send(.command(.resetFire(DoorIndex(2))))
        #expect(bench.pass() == .lockdown)
    }

    @Test("At a fail-secure guest room, fire only reports")
    func guestRoomOnlyReports() {
        let bench = DoorBench(.bench([.contact, .fire]), mode: .lockdown)
        bench.set(.fire, true)
        #expect(bench.kinds == [.fireOn])
        #expect(bench.pass() == .lockdown)
    }

    @Test("Fire rests a fail-safe lock at once, and nothing energises it while it burns")
    func failSafeRests() {
        let bench = DoorBench(
            .bench([.contact, .fire, .rex], kind: .shared) {
                $0.failMode = .safe
                $0.rexUnlocks = true
            })
        bench.pass()
        bench.wait(.seconds(1))
        bench.set(.fire, true)
        #expect(!bench.isEnergised && bench.rests == 1)
        for holder in CredentialClass.allCases { #expect(bench.pass(holder) == .fire) }
        bench.set(.rex, true)
        #expect(bench.energised.count == 1)
        bench.set(.contact, true)
        #expect(!bench.kinds.contains(.forced))
        bench.set(.contact, false)
        bench.set(.fire, false)
        bench.wait(.seconds(1))
        #expect(bench.pass() == nil)
    }
}

@Suite struct DoorPrivacyTests {
    @Test("With the privacy bolt closed only the emergency grant passes")
    func onlyEmergency() {
        let bench = DoorBench(.bench { $0.rexUnlocks = true })
        bench.set(.privacyBolt, true)
        #expect(bench.kinds == [.privacyOn])
        for holder in [CredentialClass.guest, .housekeeping, .staff] {
            #expect(bench.pass(holder) == .privacy)
        }
        bench.set(.rex, true)
        #expect(bench.energised.isEmpty)
        #expect(bench.pass(.emergency) == nil)
        bench.wait(.seconds(6))
        bench.set(.privacyBolt, false)
        #expect(bench.kinds.last == .privacyOff)
        #expect(bench.pass() == nil)
    }

    @Test("Closing the privacy bolt ends a pulse, but not an emergency's")
    func endsPulse() {
        let bench = DoorBench()
        bench.pass()
        bench.set(.privacyBolt, true)
        #expect(!bench.isEnergised)
        #expect(bench.kinds.suffix(2) == [.relocked, .privacyOn])
        bench.wait(.seconds(1))
        bench.pass(.emergency)
        bench.set(.privacyBolt, false)
        bench.set(.privacyBolt, true)
        #expect(bench.isEnergised)
    }
}

@Suite struct DoorTamperTests {
    @Test("A tamper alarm is raised on the edge, and where configured erases the keys")
    func tamper() {
        let bench = DoorBench(.bench([.tamper]))
        bench.set(.tamper, true)
        #expect(bench.kinds == [.tamper])
        #expect(bench.isLit(.faultLight) && !bench.zeroised)
        bench.set(.tamper, false)
        #expect(bench.kinds == [.tamper, .tamperCleared])

        let careful = DoorBench(.bench([.tamper]) { $0.zeroisesOnTamper = true })
        careful.set(.tamper, true)
        #expect(careful.zeroised)
    }

    @Test("A housing opened while the power was off alarms at the first reading")
    func atStart() {
        let bench = DoorBench(.bench([.tamper]) { $0.zeroisesOnTamper = true }, isRead: false)
        bench.set(.tamper, true)
        #expect(bench.kinds == [.tamper])
        #expect(bench.zeroised)
    }

    @Test("A technician's service mode keeps the keys")
    func service() {
        let bench = DoorBench(
            .bench([.tamper]) { $0.zeroisesOnTamper = true }, mode: .service)
        bench.set(.tamper, true)
        #expect(bench.kinds == [.tamper])
        #expect(!bench.zeroised)
    }
}
