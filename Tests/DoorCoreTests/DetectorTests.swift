// SPDX-License-Identifier: Apache-2.0
// The detector on whole traces: recorded walks, and one simulated trace of each kind of visit.
import DoorCore
import Testing
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Detector")
struct DetectorTests {
    @Test("A guest who stops at the door is at the door within five seconds")
    func arrival() throws {
        let run = try DetectorRun("arrival-2026000000")
        let stop = try #require(run.firstTime(of: "atDoor"))
        let opened = try #require(run.changes.first { $0.state == .atDoor })
        #expect(opened.at <= stop + .seconds(5))
        #expect(opened.at >= stop - .seconds(2))
    }

    @Test("Coming, standing, going and silence are told in this order")
    func visit() throws {
        var run = try DetectorRun("arrival-2026000000")
        #expect(run.changes.prefix(2).map(\.state) == [.present, .approaching])
        #expect(run.changes.last?.state == .atDoor)
        let arrived = run.changes.count
        run.goBack()
        #expect(run.changes[arrived].state == .leaving)
        #expect(run.changes.last?.state != .atDoor)
        run.fallSilent()
        #expect(run.changes.suffix(2).map(\.state) == [.leaving, .absent])
    }

    @Test("Someone who walks past does not open the door and is seen to have passed")
    func passBy() throws {
        let run = try DetectorRun("passBy-2026000000")
        #expect(!run.states.contains(.atDoor))
        #expect(run.states.contains(.passing))
    }

    @Test("A guest at the next door, or one who stands in the corridor, opens nothing here")
    func neighbours() throws {
        #expect(try !DetectorRun("neighbourStop-2026000000").states.contains(.atDoor))
        #expect(try !DetectorRun("tapFar-2026000000").states.contains(.atDoor))
    }

    @Test("A receiver inside tells a guest in the room from one at the door")
    func inside() throws {
        let run = try DetectorRun("inside-two-receivers")
        #expect(run.states.contains(.inside))
        #expect(!run.states.contains(.atDoor))
        let arrival = try DetectorRun("arrival-two-receivers")
        #expect(arrival.states.contains(.atDoor))
        #expect(!arrival.states.contains(.inside))
    }

    @Test("A phone left on a table opens nothing")
    func table() throws {
        #expect(try !DetectorRun("table-2026000000").states.contains(.atDoor))
    }

    @Test("No recorded walker opens the door from 1.5 m and farther at the normal setting")
    func walks() throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: DetectorRun.directory + "/walks")
        #expect(names.count == 60)
        for name in names {
            let run = try DetectorRun("walks/" + name.dropLast(4))
            let openings = run.changes.filter { $0.state == .atDoor }
            #expect(openings.allSatisfy { $0.distance < 1.5 }, "\(name)")
        }
    }

    @Test("One advert a second decides as four do, as far as the missing samples allow")
    func rates() throws {
        let fast = try DetectorRun("arrival-2026000000")
        let slow = try DetectorRun("arrival-2026000000", keepEvery: 4)
        let four = try #require(fast.changes.first { $0.state == .atDoor }).at
        let one = try #require(slow.changes.first { $0.state == .atDoor }).at
        #expect((one - four).nanoseconds.magnitude <= 3_000_000_000)
        #expect(
            try !DetectorRun("passBy-2026000000", keepEvery: 4).states.contains(.atDoor))
    }

    @Test("Levels that mean nothing change nothing", arguments: [127, -103, 0, 4, 62, -128, -127])
    func garbage(rssi: Int) throws {
        let clean = try DetectorRun("arrival-2026000000")
        let dirty = try DetectorRun("arrival-2026000000", adding: Int8(rssi))
        #expect(clean.changes.map(\.state) == dirty.changes.map(\.state))
        #expect(clean.evidence == dirty.evidence)
    }

    @Test("The same trace gives the same evidence, pinned for every machine")
    func determinism() throws {
        let runs = try (0..<2).map { _ in try DetectorRun("arrival-2026000000") }
        #expect(runs[0].evidence == runs[1].evidence)
        #expect(runs[0].evidence.last == 2_153)
    }

    @Test("The parts of the evidence sum to the whole")
    func terms() throws {
        let detector = try DetectorRun("arrival-2026000000").detector
        let terms = detector.terms
        let sum = terms.level.rawValue + terms.margin.rawValue + terms.motion.rawValue
        #expect(sum == detector.evidence.rawValue)
        #expect(terms.margin > .zero)
    }

    @Test("A detector takes at most 256 bytes and owns nothing on the heap")
    func size() {
        #expect(MemoryLayout<Detector>.size <= 256)
        #expect(_isPOD(Detector.self))
    }
}
