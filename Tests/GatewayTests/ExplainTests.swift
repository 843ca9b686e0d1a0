// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Radio
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Why a door decided as it did")
struct ExplainTests {
    struct Sample: Decodable {
        let t: Double
        let explain: String?
        let event: String?
        let door: String?
        let credential: String?
        let receiver: String?
        let rssi: Int?
        let margin: Int?
        let state: String?
        let armed: Bool?
        let evidence: Double?
        let needed: Double?
        let fromLevel: Double?
        let fromMargin: Double?
        let fromMotion: Double?
    }

    /// Guest 1 comes to the door at 10 s and stays to 30 s; guest 2 walks past at 20 s.
    static func replay(explains: Bool, seed: UInt64 = 4) throws -> (lines: [String], plot: Plot?) {
        let folder = try ScratchFolder()
        var scene = AirScene(seed: seed)
        // The phone hears another gateway better until its owner is four metres away.
        for (begin, end, margin) in [(0.0, 6.0, UInt8(0)), (6, 30, 12)] {
            let pass = try SpaScene.pass(1, margin: margin)
            scene.phone(address: 1, from: begin, to: end, data: pass) { second in
                AirScene.level(max(0.6, (10 - second) * 1.1))
            }
        }
        scene.phone(address: 2, from: 12, to: 30, data: try SpaScene.pass(2, margin: 0)) { second in
            AirScene.level(3 + abs(20 - second) * 1.2, offset: -6)
        }
        let capture = folder.file("capture")
        try scene.write(to: capture)
        var lines: [String] = []
        let replay = Replay(
            try SpaScene().settings, try SpaScene.snapshot(guests: 1...2), explains: explains,
            plots: true
        ) { lines.append($0) }
        try replay.run(BTSnoopReader(path: capture))
        return (lines, replay.plot("Replay of capture"))
    }

    static func decoded(_ lines: [String]) throws -> [Sample] {
        try lines.map { try JSONDecoder().decode(Sample.self, from: Data($0.utf8)) }
    }

    @Test("Each grant has the samples of the five seconds before it and the two after it")
    func aroundDecisions() throws {
        let lines = try Self.decoded(Self.replay(explains: true).lines)
        let grant = try #require(lines.first { $0.event == "granted" })
        #expect((4...16).contains(grant.t), "\(grant.t)")
        let samples = lines.filter { $0.explain == "sample" && $0.credential == grant.credential }
        let first = try #require(samples.first)
        #expect((grant.t - 5.4...grant.t - 4).contains(first.t))
        let own = samples.filter { $0.t <= grant.t + 2 }
        #expect(own.count >= 18 && own.last.map { $0.t > grant.t + 1.4 } == true)
        let place = try #require(lines.firstIndex { $0.event == "granted" })
        #expect(lines[place - 1].t == grant.t && lines[place - 1].explain == "sample")
        #expect(lines[place - 1].state == "atDoor")
    }

    @Test("The terms of every sample add up to its evidence")
    func terms() throws {
        let samples = try Self.decoded(Self.replay(explains: true).lines).filter {
            $0.explain == "sample"
        }
        #expect(samples.count > 20)
        for sample in samples {
            let sum =
                (sample.fromLevel ?? .nan) + (sample.fromMargin ?? .nan)
                + (sample.fromMotion ?? .nan)
            let evidence = try #require(sample.evidence)
            let needed = try #require(sample.needed)
            #expect(abs(sum - evidence) < 0.05)
            #expect(sample.door == "spa" && sample.receiver == "outside")
            #expect(sample.margin == 0 || sample.margin == 12)
            if sample.state == "atDoor" { #expect(evidence > needed - 3.1) }
            if evidence >= needed { #expect(sample.state == "atDoor") }
        }
    }

    @Test("Explaining changes no event, and a guest nothing was decided about stays unmentioned")
    func eventsAreTheSame() throws {
        let plain = try Self.replay(explains: false).lines
        let explained = try Self.replay(explains: true).lines
        #expect(explained.filter { !$0.contains("\"explain\"") } == plain)
        #expect(!explained.contains { $0.contains("c0ffee02") })
        #expect(plain.contains { $0.contains("\"granted\"") })
    }

    @Test("The ring keeps no more than its bound, however fast a phone advertises")
    func bounded() {
        let sample = ExplainSample(
            at: .origin, heard: ProximitySample(rssi: -60), distance: nil, state: .present,
            isArmed: false, evidence: .zero, terms: EvidenceTerms(), needed: .zero,
            neededForTap: .zero)
        var printer = ExplainPrinter(origin: .origin)
        var lines: [String] = []
        for guest in 0..<UInt64(2 * Limits.explainedMax) {
            let subject = ExplainSubject(door: "spa", credential: CredentialID(guest))
            for _ in 0..<2 { printer.take(sample, of: subject) { lines.append($0) } }
        }
        let last = ExplainSubject(
            door: "spa", credential: CredentialID(UInt64(2 * Limits.explainedMax) - 1))
        for _ in 0..<2 * Limits.explainSamplesMax { printer.take(sample, of: last) { _ in } }
        #expect(lines.isEmpty)
        printer.decide(last, at: .origin) { lines.append($0) }
        #expect(lines.count == Limits.explainSamplesMax)
    }
}
