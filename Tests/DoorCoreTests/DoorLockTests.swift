// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorLockTests {
    @Test("A guest's pass pulses the lock for the configured time, and no longer")
    func pulse() {
        let bench = DoorBench()
        #expect(bench.pass() == nil)
        #expect(bench.isEnergised)
        bench.wait(.milliseconds(4_999))
        #expect(bench.isEnergised)
        bench.wait(.milliseconds(1))
        #expect(!bench.isEnergised)
        #expect(bench.rests == 1)
        #expect(
            bench.kinds == [
                .granted(.intent), .unlocked(until: bench.energised[0].until), .relocked,
            ])
    }

    @Test("A pulse configured out of bounds is clamped", arguments: [(1, 3), (45, 30), (7, 7)])
    func clamped(configured: Int64, effective: Int64) {
        let bench = DoorBench(.bench { $0.pulse = .seconds(configured) })
        bench.pass()
        #expect(bench.energised[0].until - bench.energised[0].from == .seconds(effective))
    }

    @Test("With the loop stuck the permit still ends, and the door rests at its next turn")
    func lateTimer() {
        let bench = DoorBench()
        bench.pass()
        bench.sleep(.minutes(10))
        #expect(!bench.isEnergised)
        bench.send(.timer)
        #expect(bench.rests == 1)
        #expect(bench.kinds.last == .relocked)
    }

    @Test("The door relocks as soon as it opens, or at the pulse's end where configured")
    func relocksOnOpening() {
        let bench = DoorBench()
        bench.pass()
        bench.wait(.seconds(1))
        bench.set(.contact, true)
        #expect(!bench.isEnergised)
        #expect(bench.kinds.suffix(2) == [.relocked, .opened])

        let patient = DoorBench(.bench { $0.relocksOnOpening = false })
        patient.pass()
        patient.wait(.seconds(1))
        patient.set(.contact, true)
        #expect(patient.isEnergised)
        patient.wait(.seconds(4))
        #expect(patient.rests == 1)
    }

    @Test("An unlocked door is not pulsed again, and nobody is told they were denied")
    func alreadyUnlocked() {
        let bench = DoorBench()
        bench.pass()
        bench.forgetEvents()
        #expect(bench.pass(.guest, CredentialID(2)) == .alreadyUnlocked)
        #expect(bench.energised.count == 1)
        #expect(bench.kinds.isEmpty)
        #expect(!bench.isLit(.deniedLight))
    }

    @Test("The lock rests at least a second between pulses")
    func offTime() {
        let bench = DoorBench()
        bench.pass()
        bench.wait(.seconds(5))
        #expect(bench.pass() == .tooManyPulses)
        bench.wait(.milliseconds(999))
        #expect(bench.pass() == .tooManyPulses)
        bench.wait(.milliseconds(1))
        #expect(bench.pass() == nil)
    }

    @Test("A lock is pulsed at most 20 times in any minute")
    func pulsesPerMinute() {
        let bench = DoorBench(.bench([.contact]))
        for _ in 0..<20 {
            #expect(bench.pass() == nil)
            bench.set(.contact, true)
            bench.wait(.milliseconds(500))
            bench.set(.contact, false)
            bench.wait(.milliseconds(500))
        }
        #expect(bench.pass() == .tooManyPulses)
        bench.wait(.milliseconds(39_999))
        #expect(bench.pass() == .tooManyPulses)
        bench.wait(.milliseconds(1))
        #expect(bench.pass() == nil)
    }

    @Test("No pulse while the door stands open, for anybody")
    func openDoor() {
        let bench = DoorBench(.bench([.contact, .rex]) { $0.rexUnlocks = true })
        bench.set(.contact, true)
        for holder in CredentialClass.allCases { #expect(bench.pass(holder) == .doorOpen) }
        bench.send(.command(.open(DoorIndex(2))))
        bench.set(.rex, true)
        #expect(bench.energised.isEmpty)
    }

    @Test("A door starts at rest and admits nobody before its inputs are read")
    func start() {
        let bench = DoorBench(.bench([.contact, .privacyBolt, .fire]), isRead: false)
        #expect(bench.energised.isEmpty && bench.events.isEmpty)
        for role in [LineRole.contact, .privacyBolt, .fire] {
            #expect(bench.pass() == .notReady)
            bench.set(role, false)
        }
        #expect(bench.pass() == nil)
    }

    @Test("What inputs read at the start unlocks nothing and accuses nobody")
    func initialLevels() {
        let bench = DoorBench(
            .bench(Set(LineRole.allCases.filter(\.isInput))) {
                $0.rexUnlocks = true
                $0.freeAccess = .always
            }, isRead: false)
        bench.read(ClockReading(time: UnixTime(seconds: 1_767_225_600), isSynchronised: true))
        for role in [LineRole.handle, .rex, .lockFeedback, .contact] { bench.set(role, true) }
        #expect(bench.energised.isEmpty)
        #expect(!bench.kinds.contains(.forced) && !bench.kinds.contains(.rex))
        #expect(bench.kinds.contains(.opened))
    }

    @Test("A lock line that cannot be driven denies passes until the adapter has it back")
    func lineFault() {
        let bench = DoorBench()
        bench.pass()
        bench.send(.lineFault(.lock))
        #expect(!bench.isEnergised)
        #expect(bench.kinds.suffix(2) == [.relocked, .lockFault])
        #expect(bench.isLit(.faultLight))
        #expect(bench.pass() == .lockFault)
        bench.set(.lock, false)
        #expect(bench.kinds.last == .lockFaultCleared)
        #expect(!bench.isLit(.faultLight))
        bench.wait(.seconds(1))
        #expect(bench.pass() == nil)
    }

    @Test("A pulse the adapter ended at its ceiling is over for the door too")
    func adapterCeiling() {
        let bench = DoorBench()
        bench.pass()
        bench.wait(.seconds(1))
        bench.set(.lock, false)
        #expect(bench.kinds.last == .relocked)
        bench.wait(.seconds(10))
        #expect(bench.rests == 1)
    }

    @Test("A line found energised without a pulse is driven to rest")
    func strayEnergy() {
        let bench = DoorBench()
        bench.set(.lock, true)
        #expect(bench.rests == 1)
    }

    @Test("An operator's order opens once, is recorded, and is denied like any other pass")
    func operatorOrder() {
        let bench = DoorBench()
        bench.send(.command(.open(DoorIndex(3))))
        #expect(bench.energised.isEmpty)
        bench.send(.command(.open(DoorIndex(2))))
        #expect(bench.energised.count == 1)
        #expect(bench.kinds.first == .operatorOpen)
        bench.wait(.seconds(6))
        bench.set(.privacyBolt, true)
        bench.send(.command(.open(DoorIndex(2))))
        #expect(bench.energised.count == 1)
        #expect(bench.kinds.last == .denied(.privacy))
    }

    @Test("Events leave with what they tell of: one sequence, no gap, the lock moved first")
    func sequence() {
        let bench = DoorBench(
            .bench([.contact, .rex, .privacyBolt, .fire], kind: .shared) { $0.rexUnlocks = true })
        let ways: [(DoorBench) -> Void] = [
            { $0.pass() }, { $0.set(.rex, true) }, { $0.send(.command(.open(DoorIndex(2)))) },
        ]
        for way in ways {
            way(bench)
            #expect(bench.isEnergised)
            bench.set(.privacyBolt, true)
            bench.set(.privacyBolt, false)
            bench.wait(.seconds(6))
        }
        bench.pass()
        bench.set(.contact, true)
        bench.wait(.minutes(1))
        bench.set(.contact, false)
        bench.pass()
        bench.send(.command(.setMode(DoorIndex(2), .lockdown)))
        bench.set(.fire, true)
        #expect(!bench.recordsBeforeLock)
        #expect(bench.events.map(\.sequence) == (1...UInt64(bench.events.count)).map { $0 })
        #expect(bench.events.allSatisfy { $0.door == DoorIndex(2) })
    }
}

extension Schedule {
    static let always = Schedule([Span(days: .everyDay, startMinute: 0, endMinute: 1_440)])
}
