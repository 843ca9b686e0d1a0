// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import DoorCore

@Suite struct DoorFeedbackTests {
    private static func bench() -> DoorBench {
        DoorBench(.bench([.contact, .lockFeedback, .privacyBolt]))
    }

    @Test("A bolt that follows within 2 s is no fault")
    func follows() {
        let bench = Self.bench()
        bench.pass()
        bench.wait(.milliseconds(1_999))
        bench.set(.lockFeedback, true)
        bench.wait(.milliseconds(4_500))
        bench.set(.lockFeedback, false)
        bench.wait(.minutes(1))
        #expect(bench.energised.count == 1)
        #expect(!bench.kinds.contains(.lockFault))
    }

    @Test("A bolt that does not withdraw is tried once more after a second of rest, then a fault")
    func stuckLocked() {
        let bench = Self.bench()
        bench.pass()
        bench.wait(.minutes(1))
        #expect(bench.energised.count == 2)
        let (first, second) = (bench.energised[0], bench.energised[1])
        #expect(first.until - first.from == .seconds(2))
        #expect(second.from - first.until == .seconds(1))
        #expect(second.until - second.from == .seconds(2))
        #expect(bench.kinds.filter { $0 == .lockFault }.count == 1)
        #expect(bench.isLit(.faultLight))
    }

    @Test("The second try may succeed")
    func secondTry() {
        let bench = Self.bench()
        bench.pass()
        bench.wait(.milliseconds(3_500))
        #expect(bench.energised.count == 2)
        bench.set(.lockFeedback, true)
        bench.set(.contact, true)
        #expect(
            bench.passages == [
                Passage(door: DoorIndex(2), credential: CredentialID(1), at: bench.now)
            ])
        #expect(!bench.kinds.contains(.lockFault))
    }

    @Test("The second try asks again: a privacy bolt closed meanwhile stops it")
    func secondTryIsBarred() {
        let bench = Self.bench()
        bench.pass()
        bench.wait(.milliseconds(2_500))
        bench.set(.privacyBolt, true)
        bench.wait(.minutes(1))
        #expect(bench.energised.count == 1)
    }

    @Test("A faulty bolt is tried again for the next guest, and clears when it withdraws")
    func recovers() {
        let bench = Self.bench()
        bench.pass()
        bench.wait(.minutes(1))
        #expect(bench.pass() == nil)
        bench.set(.lockFeedback, true)
        #expect(bench.kinds.last == .lockFaultCleared)
        #expect(!bench.isLit(.faultLight))
    }

    @Test("A bolt that does not lock again is driven to rest once more, then a fault until it does")
    func stuckUnlocked() {
        let bench = Self.bench()
        bench.pass()
        bench.set(.lockFeedback, true)
        bench.wait(.seconds(5))
        #expect(bench.rests == 1)
        bench.wait(.seconds(2))
        #expect(bench.rests == 2)
        #expect(!bench.kinds.contains(.lockFault))
        bench.wait(.seconds(2))
        #expect(bench.kinds.last == .lockFault)
        bench.set(.lockFeedback, false)
        #expect(bench.kinds.last == .lockFaultCleared)
    }

    @Test("While the door is open the bolt may do as it likes")
    func openDoor() {
        let bench = Self.bench()
        bench.pass()
        bench.set(.lockFeedback, true)
        bench.set(.contact, true)
        bench.wait(.seconds(20))
        #expect(!bench.kinds.contains(.lockFault))
    }
}
