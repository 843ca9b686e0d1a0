// SPDX-License-Identifier: Apache-2.0
// `lintel detect` on whole files: what it prints, and what it says of a file it cannot use.
import CommandLineKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("lintel detect")
struct DetectCommandTests {
    private static let traces = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/traces").path
    private static let arrival = traces + "/arrival-2026000000.csv"
    /// What the detector makes of `arrival`, to the digit on every machine.
    private static let golden = [
        #"{"t":0.204,"state":"present","evidence":1.4}"#,
        #"{"t":8.878,"state":"approaching","evidence":0.3}"#,
        #"{"t":10.403,"state":"passing","evidence":3.9}"#,
        #"{"t":11.929,"state":"atDoor","evidence":7.1}"#,
    ]

    private func trace(_ text: String) throws -> (folder: ScratchFolder, path: String) {
        let folder = try ScratchFolder()
        let path = folder.file("trace.csv")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return (folder, path)
    }

    @Test("A trace gives one line per change of state, the same every time")
    func lines() {
        for _ in 0..<2 {
            let run = CommandRun.lintel("detect", Self.arrival)
            #expect(run.lines == Self.golden)
            #expect(run.status == .done && run.errors.isEmpty)
        }
    }

    @Test("Each of several traces is another phone")
    func severalFiles() {
        let run = CommandRun.lintel("detect", Self.arrival, Self.arrival)
        #expect(run.lines == Self.golden + Self.golden)
    }

    @Test("Columns come in any order, and a phone gone silent leaves at the stated times")
    func columnsAndSilence() throws {
        let file = try trace("note,rssi_dbm,t_s\nfar off,-80,1\n\nstill there,-80,40\n")
        let states = CommandRun.lintel("detect", file.path).lines
        #expect(states.count == 3)
        #expect(states[0].hasPrefix(#"{"t":1.000,"state":"present""#))
        #expect(states[1].hasPrefix(#"{"t":31.000,"state":"absent""#))
        #expect(states[2].hasPrefix(#"{"t":40.000,"state":"present""#))
    }

    @Test(
        "What cannot be read is named with its line, and earlier lines stand",
        arguments: [
            ("t_s,level\n1,-70\n", 1, "the header has no column 'rssi_dbm'"),
            ("t_s,rssi_dbm\n1,loud\n", 2, "rssi_dbm = 'loud' is not a number"),
            ("t_s,rssi_dbm\n1,-200\n", 2, "rssi_dbm = '-200' is not in -128 … 127"),
            ("t_s,rssi_dbm\n1,-70\n0.5,-70\n", 3, "t_s = '0.5' lies before the line above"),
            ("t_s,rssi_dbm\n1,-70\n\n2,-70,7\n", 4, "has 3 values, the header names 2"),
            ("t_s,rssi_dbm,margin_db\n1,-70,300\n", 2, "margin_db = '300' is not in 0 … 255"),
            (
                "t_s,rssi_dbm,receiver\n1,-70,roof\n", 2,
                "receiver = 'roof' is neither outside nor inside"
            ),
        ])
    func problems(text: String, line: Int, message: String) throws {
        let file = try trace(text)
        let run = CommandRun.lintel("detect", file.path)
        #expect(
            run.errors
                == "lintel: \(file.path):\(line): \(message); what was printed so far stands\n")
        #expect(run.status == .misused)
        #expect(run.lines.count == (line > 2 ? 1 : 0))
    }

    @Test("A margin below zero counts as zero, as phones say it")
    func negativeMargin() throws {
        let runs = try ["-3.4", "0"].map { margin in
            let rows = (1...40).map { "\($0),-60,\(margin)" }
            let file = try trace((["t_s,rssi_dbm,margin_db"] + rows).joined(separator: "\n"))
            return CommandRun.lintel("detect", file.path)
        }
        #expect(runs[0].status == .done && !runs[0].lines.isEmpty)
        #expect(runs[0].lines == runs[1].lines)
    }

    @Test("A file that is not there is a failure that names it")
    func missing() {
        let run = CommandRun.lintel("detect", "/nonexistent/trace.csv")
        #expect(run.errors.contains("/nonexistent/trace.csv"))
        #expect(run.status == .failed && run.output.isEmpty)
    }

    @Test("The levels of the settings' first door are used")
    func settings() throws {
        let folder = try ScratchFolder()
        let corridor = Self.traces + "/../settings/corridor.conf"
        let text = try String(contentsOfFile: corridor, encoding: .utf8)
        let deaf = folder.file("lintel.conf")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasPrefix("near") ? "near = -40dBm" : String($0)
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: deaf))
        let usual = CommandRun.lintel("detect", "--config", corridor, Self.arrival)
        let strict = CommandRun.lintel("detect", "--config", deaf, Self.arrival)
        #expect(usual.lines.contains { $0.contains("atDoor") })
        #expect(!strict.output.isEmpty && strict.lines != usual.lines)
    }

    @Test("A trace may come from standard input")
    func standardInput() async throws {
        let text = try String(contentsOfFile: Self.arrival, encoding: .utf8)
        let file = try trace(text)
        let lintel = Programs.lintel
        let run = try await ChildProcess.run([
            "sh", "-c", "cat '\(file.path)' | '\(lintel)' detect -",
        ])
        #expect(run.output == Self.golden.joined(separator: "\n"))
        #expect(run.status == 0)
    }
}
