// SPDX-License-Identifier: Apache-2.0
// `lintel detect`: what the detector says of a recording, one JSON line a change of state.
import DoorCore
import Timebase

/// Runs a trace through a detector.
public struct DetectCommand: Sendable {
    private var trace = DetectorTrace()
    private var detector = Detector(at: .origin)
    private let parameters: ProximityParameters

    public init(_ parameters: ProximityParameters) { self.parameters = parameters }

    /// Takes the next line of a trace in the form of `DetectorTrace`.
    /// - Parameter output: called with each JSON line, without its line end.
    public mutating func take(
        _ line: some StringProtocol, _ output: (String) -> Void
    ) throws(TraceProblem) {
        guard let row = try trace.row(line) else { return }
        while let deadline = detector.deadline, deadline <= row.time {
            guard let state = detector.advance(to: deadline, parameters) else { break }
            output(report(state, at: deadline))
        }
        if let state = detector.observe(row.sample, at: row.time, parameters) {
            output(report(state, at: row.time))
        }
    }

    private func report(_ state: ProximityState, at now: Instant) -> String {
        let seconds = DetectCommand.decimal(now.nanoseconds / 1_000_000, digits: 3)
        let tenths = (Int64(detector.evidence.rawValue) * 10) / 256
        let evidence = DetectCommand.decimal(tenths, digits: 1)
        return "{\"t\":\(seconds),\"state\":\"\(state)\",\"evidence\":\(evidence)}"
    }

    /// `value` / 10^`digits` as the shortest decimal.
    private static func decimal(_ value: Int64, digits: Int) -> String {
        var fraction = value.magnitude
        var places = digits
        while places > 0, fraction % 10 == 0 {
            fraction /= 10
            places -= 1
        }
        var text = String(fraction)
        if places > 0 {
            if text.count <= places {
                text = String(repeating: "0", count: places + 1 - text.count) + text
            }
            text.insert(".", at: text.index(text.endIndex, offsetBy: -places))
        }
        return (value < 0 ? "-" : "") + text
    }
}
