// SPDX-License-Identifier: Apache-2.0
import BLEWire
import CommandLineKit
import DoorCore
import Radio
import Synchronization
import Testing
import Timebase

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("lintel calibrate")
struct CalibrateTests {
    struct Rate: Decodable {
        let happened: Int
        let scenes: Int
        let steps: Int
        let low: Double
        let high: Double
    }

    struct Rates: Decodable {
        let missed: Rate?
        let openedByPassing: Rate?
        let takenFromInside: Rate?
    }

    struct Result: Decodable {
        let door: String
        let phone: String
        let near: Int
        let far: Int
        let currentNear: Int
        let nearError: Double
        let stands: Int
        let waysBorrowed: Bool
        let relaxed: Rates
        let normal: Rates
        let strict: Rates
        let warnings: [String]
    }

    struct Run {
        let status: ExitCode
        let output: String
        let errors: String
    }

    /// Runs `lintel calibrate spa` on a scene's capture.
    static func run(
        _ folder: ScratchFolder, _ scene: CalibrateScene, _ options: [String]
    ) throws -> Run {
        let config = try folder.write(
            SpaScene.settingsText(state: folder.path), to: "lintel.conf")
        let marks = try folder.write(scene.marks + "", to: "marks.csv")
        let capture = folder.file("capture")
        try scene.air.write(to: capture)
        return run(
            ["calibrate", "spa", "--config", config, "--from", capture, "--marks", marks] + options)
    }

    static func run(_ arguments: [String]) -> Run {
        let captured = Texts()
        let program = Program("lintel", summary: "Test.", commands: GatewayCommands.all)
        let status = program.run(
            arguments,
            console: Console(
                output: { captured.add($0, isError: false) },
                errors: { captured.add($0, isError: true) }))
        return Run(status: status, output: captured.output, errors: captured.errors)
    }

    @Test("A capture of known truth gives its level, few misses and no false openings")
    func knownTruth() throws {
        let folder = try ScratchFolder()
        let run = try Self.run(folder, CalibrateScene(seed: 11), ["--json"])
        #expect(run.status == .done, "\(run.errors)")
        let result = try JSONDecoder().decode(Result.self, from: Data(run.output.utf8))
        #expect(result.phone == "c0:de:c0:de:00:01" && result.stands == 6 && !result.waysBorrowed)
        #expect(abs(Double(result.near) - CalibrateScene.near) <= 2, "\(result.near)")
        #expect((-95...(-77)).contains(result.far), "\(result.far)")
        #expect(result.currentNear == -62)
        #expect((1...3).contains(result.nearError), "\(result.nearError)")
        let missed = try #require(result.relaxed.missed)
        #expect(missed.scenes == 6 && missed.steps == 6 && missed.happened <= 2, "\(missed)")
        let strict = try #require(result.strict.missed)
        #expect(strict.happened >= missed.happened)
        let passed = try #require(result.normal.openedByPassing)
        #expect(passed.scenes == 6 && passed.happened == 0)
        #expect(passed.low == 0 && (0.38...0.41).contains(passed.high))
        #expect(try #require(result.normal.takenFromInside).scenes == 2)
        #expect(result.warnings.contains { $0.hasPrefix("6 walks past cannot show") })
    }

    @Test("The same capture gives the same report, byte by byte")
    func deterministic() throws {
        let folder = try ScratchFolder()
        let first = try Self.run(folder, CalibrateScene(seed: 5), [])
        #expect(try Self.run(folder, CalibrateScene(seed: 5), []).output == first.output)
        #expect(first.output.contains("near"))
    }

    @Test("Without marked approaches the ways to the door are borrowed from walks, and it says so")
    func spliced() throws {
        let folder = try ScratchFolder()
        let scene = CalibrateScene(seed: 12, marksApproach: false)
        let run = try Self.run(folder, scene, ["--json"])
        let result = try JSONDecoder().decode(Result.self, from: Data(run.output.utf8))
        #expect(result.waysBorrowed)
        let missed = try #require(result.relaxed.missed)
        #expect(missed.scenes == 36 && missed.steps == 6)
        #expect(abs(Double(result.near) - CalibrateScene.near) <= 2)
    }

    @Test("Another advertiser can be named, and one that is not there is an error")
    func beacon() throws {
        let folder = try ScratchFolder()
        let scene = CalibrateScene(seed: 13)
        let named = try Self.run(folder, scene, ["--json", "--beacon", "00:aa:bb:cc:dd:ee"])
        let result = try JSONDecoder().decode(Result.self, from: Data(named.output.utf8))
        #expect(result.phone == "00:aa:bb:cc:dd:ee" && abs(result.near + 75) <= 1)
        let absent = try Self.run(folder, scene, ["--beacon", "00:00:00:00:00:01"])
        #expect(absent.status == .misused && absent.errors.contains("is not heard in any"))
    }

    @Test("Nothing is written without --write; with it the settings take the levels up")
    func writes() throws {
        let folder = try ScratchFolder()
        let dropIn = "lintel.conf.d/calibration-spa.conf"
        let asked = try Self.run(folder, CalibrateScene(seed: 14), [])
        #expect(asked.status == .done && asked.errors.contains("nothing was written"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("lintel.conf.d")))
        let written = try Self.run(folder, CalibrateScene(seed: 14), ["--write"])
        #expect(written.status == .done, "\(written.errors)")
        let text = try folder.text(dropIn)
        #expect(text.contains("[door spa]\nnear = ") && !text.contains("inside-offset"))
        let settings = try #require(Settings.load(folder.file("lintel.conf")).settings)
        let near = try #require(settings.doors.first?.configuration.proximity.near)
        #expect(abs(Double(near) - CalibrateScene.near) <= 2)
        #expect(text.contains("near = \(near)dBm"))
    }

    @Test("A pass is followed by its rolling identifier, whatever its address and level")
    func pass() throws {
        let folder = try ScratchFolder()
        var air = AirScene(seed: 15)
        // Over a window's end at 60 s: another address and another identifier from there.
        air.phone(address: 1, from: 40, to: 60, data: try SpaScene.pass(1)) { _ in -70 }
        air.phone(address: 2, from: 60, to: 80, data: try SpaScene.pass(1)) { _ in -70 }
        air.phone(address: 3, from: 0, to: 90) { _ in -50 }
        try air.write(to: folder.file("capture"))
        let settings = try SpaScene().settings
        let door = try #require(settings.doors.first)
        var reader = CalibrateCapture(
            try CalibrateMarks("42,at-door\n78,end\n"), settings, door,
            try SpaScene.snapshot(guests: 1...2))
        let recording = try reader.read(
            BTSnoopReader(path: folder.file("capture")), beacon: nil)
        #expect(recording.phone == "pass 00000000c0ffee01")
        let samples = try #require(recording.segments.first).samples
        #expect(samples.count > 100 && samples.allSatisfy { $0.heard.margin == 12 })
        #expect(abs((recording.segments[0].levels().median ?? 0) + 70) < 2)
    }

    @Test(
        "Marks that cannot be read are refused with their line",
        arguments: [
            ("t_s,step\n1,at-door\n", "the last line must be 'end'"),
            ("1,walk-past\n2,end\n", "no 'at-door' step"),
            ("1,at-door\n0.5,end\n", "line 2: 0.5 s lies before"),
            ("1,dancing\n", "line 1: step 'dancing' is none of approach, at-door"),
            ("1,at-door,2\n", "line 1: write 't_s,step'"), ("x,end\n", "line 1: write"),
            ("1e99,end\n", "line 1: write"), ("", "no 'at-door' step"),
        ])
    func marks(text: String, finding: String) {
        #expect {
            _ = try CalibrateMarks(text)
        } throws: { error in
            "\(error)".contains(finding)
        }
    }

    @Test("Two receivers give the inside offset that sets inside and outside apart")
    func insideOffset() throws {
        let recording = CalibrateScene.recording(seed: 3, inside: 5.5)
        let proposal = try CalibrateProposal(recording, current: ProximityParameters())
        #expect((3...5).contains(proposal.parameters.insideReceiverOffset))
        #expect(abs((proposal.separation ?? 0) - 11) < 2)
        #expect(proposal.configuration(door: "301").contains("inside-offset = "))
        // Taken as it is proposed, half a minute inside is never an arrival.
        let inside = proposal.expectations.compactMap(\.fromInside)
        #expect(inside.count == 3 && inside.allSatisfy { $0.happened == 0 })
    }

    @Test("A phone never heard at the door gives no proposal")
    func silence() {
        let recording = CalibrateRecording(
            segments: [CalibrateSegment(activity: .atDoor, label: "hand")], phone: "test")
        #expect(throws: CalibrateProblem.self) {
            _ = try CalibrateProposal(recording, current: ProximityParameters())
        }
    }

    @Test(
        "A rate knows how little a few steps say",
        arguments: [
            (Array(repeating: false, count: 6), 0.0, 0.393),
            (Array(repeating: true, count: 6), 0.607, 1.0), ([false], 0, 0.95),
        ])
    func fewSteps(outcomes: [Bool], low: Double, high: Double) throws {
        let rate = try #require(
            CalibrateRate(outcomes.enumerated().map { ($0.offset, $0.element) }))
        #expect(abs(rate.low - low) < 0.001 && abs(rate.high - high) < 0.001)
    }

    @Test("Scenes of one step count as one: the range is that of the steps")
    func clusters() throws {
        let alike = (0..<40).map { (step: $0 / 10, happened: $0 < 10) }
        let apart = (0..<40).map { (step: $0, happened: $0 < 10) }
        let (wide, narrow) = (
            try #require(CalibrateRate(alike)), try #require(CalibrateRate(apart))
        )
        #expect(wide.share == 0.25 && narrow.share == 0.25)
        #expect(wide.high - wide.low > 2 * (narrow.high - narrow.low))
        #expect(CalibrateRate([]) == nil)
    }
}

/// What a program printed.
final class Texts: Sendable {
    private let texts = Mutex((output: "", errors: ""))

    func add(_ text: String, isError: Bool) {
        texts.withLock { if isError { $0.errors += text } else { $0.output += text } }
    }
    var output: String { texts.withLock { $0.output } }
    var errors: String { texts.withLock { $0.errors } }
}
