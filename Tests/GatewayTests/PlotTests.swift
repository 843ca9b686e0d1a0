// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import DoorCore
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Plots for installers")
struct PlotTests {
    /// Opening and closing tags fit, and nothing is fetched from elsewhere.
    static func expectWellFormed(_ svg: String) {
        var open: [Substring] = []
        for part in svg.split(separator: "<").dropFirst(0) {
            guard let tag = part.split(separator: ">", omittingEmptySubsequences: false).first
            else { continue }
            if tag.hasSuffix("/") { continue }
            let name = tag.split(separator: " ")[0]
            if name.hasPrefix("/") {
                #expect(open.popLast() == name.dropFirst())
            } else {
                open.append(name)
            }
        }
        #expect(open.isEmpty)
        #expect(!svg.contains("nan") && !svg.contains("inf") && !svg.contains("href"))
        #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    }

    static func sample(at second: Double, rssi: Int8 = -60) -> ExplainSample {
        ExplainSample(
            at: Instant(nanoseconds: Int64(second * 1e9)), heard: ProximitySample(rssi: rssi),
            distance: nil, state: .present, isArmed: false, evidence: .zero,
            terms: EvidenceTerms(), needed: Evidence(rawValue: 2_000),
            neededForTap: Evidence(rawValue: 1_000))
    }

    static func recorder(_ seconds: [Double], guests: Int = 1) -> PlotRecorder {
        var recorder = PlotRecorder(origin: .origin)
        for second in seconds {
            for guest in 0..<guests {
                let subject = ExplainSubject(
                    door: "301 <&> \"suite\"", credential: CredentialID(UInt64(guest)))
                recorder.take(
                    sample(at: second), Detector(at: .origin), of: subject, ProximityParameters())
            }
        }
        return recorder
    }

    @Test("A replay shows guest, decision, lock and state where they happened")
    func replay() throws {
        let plot = try #require(try ExplainTests.replay(explains: false).plot)
        #expect(plot.visits.count == 2)
        let visit = try #require(plot.visits.first)
        let grant = try #require(visit.marks.first { $0.kind == .granted })
        let unlocked = try #require(plot.doors.first?.unlocked.first?.span)
        #expect(unlocked.lowerBound == grant.second)
        #expect(abs(unlocked.upperBound - unlocked.lowerBound - 5) < 0.1)
        #expect(visit.states.contains { $0.state == .atDoor && $0.second <= grant.second })
        let svg = PlotDrawing(plot).svg
        Self.expectWellFormed(svg)
        for text in ["Door spa, pass 00000000c0ffee01", "granted hands-free", "unlocked", "Lock"] {
            #expect(svg.contains(text), "\(text)")
        }
    }

    @Test("A trace is drawn by 'lintel detect --plot', also up to the line that cannot be read")
    func trace() throws {
        let folder = try ScratchFolder()
        let rows = (0..<40).map {
            "\(Double($0) / 4),\(-90 + min($0, 30)),15,\(10 - Double($0) / 4)"
        }
        let text = (["t_s,rssi_dbm,margin_db,distance_m"] + rows).joined(separator: "\n")
        let good = try folder.write(text, to: "good.csv")
        let bad = try folder.write(text + "\nnonsense\n", to: "bad.csv")
        for (file, status) in [(good, 0), (bad, 2)] {
            let picture = folder.file("picture.svg")
            let run = CalibrateTests.run(["detect", "--plot", picture, file])
            #expect(run.status.rawValue == status, "\(run.errors)")
            let svg = try folder.text("picture.svg")
            Self.expectWellFormed(svg)
            #expect(svg.contains("at the door, ") == run.output.contains("atDoor"))
            #expect(svg.contains("Distance") && svg.contains("Margin"))
            try FileManager.default.removeItem(atPath: picture)
        }
        let lost = CalibrateTests.run(["detect", "--plot", "/nonexistent/x.svg", good])
        #expect(lost.status == .failed && lost.errors.contains("cannot open '/nonexistent/x.svg"))
    }

    @Test("Names are escaped, and what is left out is said")
    func bounded() {
        let plot = Self.recorder([0, 1, 2], guests: Limits.plotVisitsMax + 3).plot("a & b")
        #expect(plot.visits.count == Limits.plotVisitsMax && plot.visitsLeftOut == 9)
        let svg = PlotDrawing(plot).svg
        Self.expectWellFormed(svg)
        #expect(svg.contains("Door 301 &lt;&amp;&gt; &quot;suite&quot;"))
        #expect(svg.contains("\(Limits.plotVisitsMax - Limits.plotPanelsMax) more visits"))
        #expect(svg.contains("9 later adverts"))
    }

    @Test("A guest who comes again after minutes gets a panel of their own")
    func visits() {
        let plot = Self.recorder([0, 1, 2, 300, 301]).plot("two visits")
        #expect(plot.visits.map(\.points.count) == [3, 2])
    }

    @Test("Ten minutes at ten adverts a second stay one picture of modest size")
    func longRecording() {
        let plot = Self.recorder((0..<6_000).map { Double($0) / 10 }).plot("long")
        let svg = PlotDrawing(plot).svg
        Self.expectWellFormed(svg)
        #expect(plot.visits.count == 1 && svg.utf8.count < 400_000)
    }

    @Test("Nothing heard is a picture that says so")
    func empty() {
        let svg = PlotDrawing(PlotRecorder(origin: .origin).plot("empty", end: .origin)).svg
        Self.expectWellFormed(svg)
        #expect(svg.contains("No guest"))
    }

    @Test(
        "Ticks are round numbers inside the axis",
        arguments: [(0.0, 10.0, 16), (3.2, 650.0, 16), (-100, -50, 6), (0, 0.4, 5), (5, 5, 5)])
    func ticks(from: Double, to: Double, count: Int) {
        let ticks = PlotScale(from: from...to, to: (0, 100)).ticks(count)
        #expect(ticks.count <= count + 1)
        for tick in ticks { #expect(tick >= from && tick <= to + 0.001) }
        for (left, right) in zip(ticks, ticks.dropFirst()) {
            #expect(right > left && (((right - left) * 10).rounded() - (right - left) * 10) < 1e-6)
        }
    }
}
