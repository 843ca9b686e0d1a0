// SPDX-License-Identifier: Apache-2.0
// Re-arming, silence and deadlines of a detector.
import DoorCore
import Testing
import Timebase

@Suite("Detector states")
struct DetectorStateTests {
    private let parameters = ProximityParameters()

    /// A detector that heard a guest come and stop, and the moment of the last advert.
    private func arrived() -> (detector: Detector, at: Instant) {
        var detector = Detector(at: .origin)
        var now = Instant.origin
        for step in 0..<80 {
            let metres = max(0.6, 10 - Double(step) * 0.275)
            let lost = metres < 1 ? 0 : metres < 2 ? 8 : metres < 4 ? 13 : 19
            now = now + .milliseconds(250)
            let sample = ProximitySample(rssi: Int8(-60 - lost), margin: metres < 2 ? 14 : 0)
            _ = detector.observe(sample, at: now, parameters)
        }
        return (detector, now)
    }

    /// Hears a phone at one level and margin for some seconds.
    private func hear(
        _ detector: inout Detector, _ rssi: Int8, margin: UInt8, for seconds: Int,
        _ now: inout Instant
    ) {
        for _ in 0..<seconds * 4 {
            now = now + .milliseconds(250)
            let sample = ProximitySample(rssi: rssi, margin: margin)
            _ = detector.observe(sample, at: now, parameters)
        }
    }

    @Test("One approach opens once; half a minute far away allows the next")
    func rearming() {
        var (detector, now) = arrived()
        #expect(detector.mayUnlockPassively)
        #expect(detector.isArmed(.normal))
        detector.didUnlock(at: now)
        #expect(!detector.mayUnlockPassively)
        hear(&detector, -92, margin: 0, for: 20, &now)
        #expect(detector.state != .atDoor)
        hear(&detector, -58, margin: 15, for: 20, &now)
        #expect(detector.state == .atDoor && !detector.mayUnlockPassively)
        hear(&detector, -92, margin: 0, for: 35, &now)
        hear(&detector, -58, margin: 15, for: 20, &now)
        #expect(detector.mayUnlockPassively)
    }

    @Test("After the door has cycled leaving it is enough for a new approach, staying is not")
    func cycling() {
        var (detector, now) = arrived()
        detector.didUnlock(at: now)
        detector.doorCycled(at: now)
        hear(&detector, -58, margin: 15, for: 10, &now)
        #expect(detector.state == .atDoor && !detector.mayUnlockPassively)
        hear(&detector, -80, margin: 0, for: 10, &now)
        #expect(detector.state != .atDoor)
        hear(&detector, -58, margin: 15, for: 20, &now)
        #expect(detector.mayUnlockPassively)
        detector.didUnlock(at: now)
        #expect(!detector.mayUnlockPassively)
    }

    @Test("Silence ends a visit at the deadlines the detector names")
    func silence() throws {
        var (detector, heard) = arrived()
        let quiet = try #require(detector.deadline)
        #expect(quiet == heard + .seconds(5))
        #expect(detector.advance(to: quiet - .nanoseconds(1), parameters) == nil)
        #expect(detector.advance(to: quiet, parameters) == .leaving)
        #expect(!detector.tapIsPlausible(at: quiet + .seconds(1), since: quiet, parameters))
        let gone = try #require(detector.deadline)
        #expect(detector.advance(to: gone, parameters) == .absent)
        #expect(detector.deadline == nil)
        #expect(!detector.isArmed(.normal))
    }

    @Test("Time that stands still or leaps by years harms nothing")
    func oddTimes() {
        var (detector, now) = arrived()
        _ = detector.observe(ProximitySample(rssi: -60), at: now, parameters)
        _ = detector.observe(ProximitySample(rssi: -60), at: now - .seconds(9), parameters)
        now = now + .hours(24 * 400)
        _ = detector.observe(ProximitySample(rssi: -60, margin: 255), at: now, parameters)
        #expect(detector.state != .atDoor)
    }

    @Test("Where gateways are not compared, a phone's margin says nothing")
    func comparison() {
        var lonely = parameters
        lonely.comparesGateways = false
        let evidences = [UInt8?.none, 0, 14].map { margin in
            var detector = Detector(at: .origin)
            for step in 0..<40 {
                let level = Int8(max(-90, min(-60, -90 + step)))
                let sample = ProximitySample(rssi: level, margin: margin)
                _ = detector.observe(
                    sample, at: .origin + .milliseconds(Int64(step) * 250), lonely)
            }
            return detector.evidence
        }
        #expect(Set(evidences).count == 1)
    }

    @Test("More caution asks for more evidence, with the margin and without")
    func caution() {
        for margin in [UInt8?.none, 14] {
            var firsts: [Int] = []
            for caution in [Caution.relaxed, .normal, .strict] {
                var parameters = ProximityParameters()
                parameters.caution = caution
                var detector = Detector(at: .origin)
                let first = (0..<200).first { step in
                    let level = Int8(max(-90, min(-56, -90 + step)))
                    let sample = ProximitySample(rssi: level, margin: margin)
                    let now = Instant.origin + .milliseconds(Int64(step) * 250)
                    return detector.observe(sample, at: now, parameters) == .atDoor
                }
                firsts.append(first ?? .max)
            }
            #expect(firsts == firsts.sorted())
        }
    }
}
