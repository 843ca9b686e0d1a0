// SPDX-License-Identifier: Apache-2.0
// What was done when in a recorded capture, written by hand: one line `t_s,step` for the beginning
// of each step, seconds counted as `lintel decode` counts them, from the capture's first record.
import Timebase

struct CalibrateMarks: Sendable {
    /// Steps in order of time; `nil` is a pause.
    private(set) var steps: [(start: Double, activity: CalibrateActivity?)] = []

    /// - Throws: a `CommandFailure`-worthy sentence with the line's number.
    init(_ text: String) throws(CalibrateProblem) {
        var isHeader = true
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { $0.filter { !$0.isWhitespace } }
            if fields == [""] { continue }
            if isHeader, fields == ["t_s", "step"] {
                isHeader = false
                continue
            }
            isHeader = false
            try add(fields, line: number + 1)
        }
        guard steps.contains(where: { $0.activity == .atDoor }) else {
            throw CalibrateProblem("no 'at-door' step: there is nothing to measure 'near' by")
        }
        guard steps.last?.activity == nil else {
            throw CalibrateProblem("the last line must be 'end': when the last step ended")
        }
    }

    private mutating func add(_ fields: [String], line: Int) throws(CalibrateProblem) {
        guard fields.count == 2, let second = Double(fields[0]), second.isFinite, second >= 0,
            second <= Limits.marksSecondsMax
        else {
            throw CalibrateProblem("line \(line): write 't_s,step', as '12.5,at-door'")
        }
        let activity = CalibrateActivity(rawValue: fields[1])
        guard activity != nil || fields[1] == "end" else {
            let known = CalibrateActivity.allCases.map(\.rawValue).joined(separator: ", ")
            throw CalibrateProblem("line \(line): step '\(fields[1])' is none of \(known), end")
        }
        guard second >= steps.last?.start ?? 0 else {
            throw CalibrateProblem("line \(line): \(fields[0]) s lies before the line above")
        }
        guard steps.count < Limits.marksMax else {
            throw CalibrateProblem("line \(line): more than \(Limits.marksMax) steps")
        }
        steps.append((second, activity))
    }

    /// Which step a moment of the capture belongs to.
    func step(at second: Double) -> Int? {
        guard let next = steps.firstIndex(where: { $0.start > second }), next > 0,
            steps[next - 1].activity != nil
        else { return nil }
        return next - 1
    }
}

/// What is wrong with marks, a state file or a recording, in words.
struct CalibrateProblem: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
