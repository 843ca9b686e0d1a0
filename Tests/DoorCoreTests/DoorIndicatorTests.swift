// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import DoorCore

/// One output's switching, in milliseconds since `start`.
private func pattern(_ bench: DoorBench, _ role: LineRole, since start: Instant) -> [String] {
    bench.switches.filter { $0.line == .bench(role) && $0.at >= start }.map {
        "\($0.isOn ? "on" : "off") \(($0.at - start).milliseconds)"
    }
}

@Suite struct DoorIndicatorTests {
    @Test("A grant lights the light for the pulse and beeps once")
    func granted() {
        let bench = DoorBench()
        let start = bench.now
        bench.pass()
        bench.wait(.seconds(10))
        #expect(pattern(bench, .grantedLight, since: start) == ["on 0", "off 5000"])
        #expect(pattern(bench, .buzzer, since: start) == ["on 0", "off 100"])
    }

    @Test("The grant light goes out with the pulse, not after it")
    func grantEnds() {
        let bench = DoorBench()
        let start = bench.now
        bench.pass()
        bench.wait(.seconds(1))
        bench.set(.contact, true)
        #expect(pattern(bench, .grantedLight, since: start) == ["on 0", "off 1000"])
    }

    @Test("Every denial looks and sounds the same", arguments: DenialReason.allCases)
    func denied(reason: DenialReason) {
        let bench = DoorBench()
        let start = bench.now
        bench.deny(reason)
        bench.wait(.milliseconds(300))
        bench.deny(reason)
        bench.wait(.seconds(5))
        guard reason != .alreadyUnlocked else {
            #expect(bench.switches.isEmpty && bench.events.isEmpty)
            return
        }
        #expect(pattern(bench, .deniedLight, since: start) == ["on 0", "off 1000"])
        #expect(
            pattern(bench, .buzzer, since: start) == ["on 0", "off 100", "on 200", "off 300"])
        #expect(bench.kinds == [.denied(reason), .denied(reason)])
    }

    @Test("The pre-alarm beeps every second; the alarm takes over and ends with the closing")
    func preAlarm() {
        let bench = DoorBench(.bench { $0.openLimit = .seconds(10) })
        bench.pass()
        bench.wait(.seconds(1))
        let start = bench.now
        bench.set(.contact, true)
        bench.wait(.milliseconds(11_200))
        bench.set(.contact, false)
        bench.wait(.minutes(1))
        #expect(pattern(bench, .preAlarmLight, since: start) == ["on 8000", "off 11200"])
        #expect(
            pattern(bench, .buzzer, since: start) == [
                "on 8000", "off 8100", "on 9000", "off 9100", "on 10000", "off 10500",
                "on 11000", "off 11200",
            ])
    }

    @Test("A forced door sounds until it closes, at most 30 s")
    func forced() {
        let bench = DoorBench(.bench { $0.openLimit = .minutes(2) })
        bench.wait(.seconds(5))
        let start = bench.now
        bench.set(.contact, true)
        bench.wait(.minutes(1))
        let sound = pattern(bench, .buzzer, since: start)
        #expect(sound.count == 60 && sound.last == "off 29500")
    }

    @Test("Identify blinks the grant light for 10 s and moves no lock")
    func identify() {
        let bench = DoorBench()
        let start = bench.now
        bench.send(.command(.identify(DoorIndex(2))))
        bench.send(.command(.identify(DoorIndex(4))))
        bench.wait(.minutes(1))
        let light = pattern(bench, .grantedLight, since: start)
        #expect(light.count == 40 && light.prefix(3) == ["on 0", "off 250", "on 500"])
        #expect(bench.energised.isEmpty)
    }

    @Test("A door without indicators asks for no wake-up on their behalf")
    func noIndicators() {
        let bench = DoorBench(
            .bench([.contact]) {
                $0.grantedLight = nil
                $0.deniedLight = nil
                $0.preAlarmLight = nil
                $0.faultLight = nil
                $0.buzzer = nil
            })
        bench.deny(.expired)
        #expect(bench.door.deadline == nil)
    }
}
