// SPDX-License-Identifier: Apache-2.0
// `lintel detect`: what the detector says of a recording, one JSON line a change of state.
import CommandLineKit
import DoorCore
import Platform
import Timebase

/// Runs a trace through a detector.
struct TraceDetection: Sendable {
    private var trace = DetectorTrace()
    private var detector = Detector(at: .origin)
    private let parameters: ProximityParameters
    private var tracker = ExplainTracker()

    init(_ parameters: ProximityParameters) { self.parameters = parameters }

    /// Takes the next line of a trace in the form of `DetectorTrace`.
    /// - Parameter output: called with each JSON line, without its line end.
    /// - Parameter draw: called with each advert and the detector after it.
    mutating func take(
        _ line: some StringProtocol, _ output: (String) -> Void,
        draw: (ExplainSample, Detector) -> Void = { _, _ in }
    ) throws(TraceProblem) {
        guard let row = try trace.row(line) else { return }
        while let deadline = detector.deadline, deadline <= row.time {
            guard let state = detector.advance(to: deadline, parameters) else { break }
            output(report(state, at: deadline))
        }
        if let state = detector.observe(row.sample, at: row.time, parameters) {
            output(report(state, at: row.time))
        }
        draw(
            tracker.sample(
                row.sample, detector, at: row.time, parameters, distance: row.distance), detector)
    }

    private func report(_ state: ProximityState, at now: Instant) -> String {
        var line = JSONLine()
        line.add("t", units: now.nanoseconds / 1_000_000, places: 3)
        line.add("state", "\(state)")
        line.add("evidence", units: Int64(detector.evidence.rawValue) * 10 / 256, places: 1)
        return line.text
    }
}

extension GatewayCommands {
    private static let traces = Parameter.repeated(
        "FILE", ValueFormat<String>.text("FILE"), "a trace, or - for standard input")
    private static let detectConfig = Parameter.optional(
        "--config", ValueFormat<String>.text("FILE"),
        "take the levels of the first door in these settings; the defaults where left out")

    static let detect = Command(
        "detect", summary: "Print what the detector makes of recorded traces",
        discussion: """
            A trace is CSV with a header: t_s,rssi_dbm and, where known, channel and margin_db;
            other columns are passed over. Prints one JSON line per change of state; evidence is
            in nats. --plot draws the traces under one another.
            """,
        parameters: [detectConfig, CaptureCommands.plot, traces]
    ) { arguments, console in
        var parameters = ProximityParameters()
        if let path = arguments[detectConfig] {
            let settings = try load(path, console)
            parameters = settings.doors.first?.configuration.proximity ?? parameters
        }
        let picture = arguments[CaptureCommands.plot]
        var recorder = picture.map { _ in PlotRecorder(origin: .origin, marksArrivals: true) }
        let outcome = Result {
            for path in arguments[traces] {
                try detect(path, parameters, &recorder, console)
            }
        }
        if let picture { try recorder?.plot("What the detector makes of it").write(to: picture) }
        try outcome.get()
        return .done
    }

    private static func detect(
        _ path: String, _ parameters: ProximityParameters, _ recorder: inout PlotRecorder?,
        _ console: Console
    ) throws {
        var detection = TraceDetection(parameters)
        let subject = ExplainSubject(
            door: path == "-" ? "standard input" : path, credential: nil)
        for line in try lines(of: path) {
            do throws(TraceProblem) {
                try detection.take(line, console.print) { sample, detector in
                    recorder?.take(sample, detector, of: subject, parameters)
                }
            } catch {
                throw CommandFailure(
                    "\(path):\(error.line): \(error.message); what was printed so far stands",
                    status: .misused)
            }
        }
    }

    private static func lines(of path: String) throws(SystemError) -> [Substring] {
        let bytes = try StateFile.read(
            path == "-" ? "/dev/stdin" : path, bytesMax: Limits.traceBytesMax)
        return String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }
}
