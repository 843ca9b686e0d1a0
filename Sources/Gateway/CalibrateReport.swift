// SPDX-License-Identifier: Apache-2.0
// A proposal in words, as JSON, and as the drop-in that puts it in force.
import CommandLineKit
import DoorCore

extension CalibrateProposal {
    /// For people, in about 80 columns.
    /// - Parameter listsSteps: a line for each step, before the result.
    func text(door: String, listsSteps: Bool = true) -> [String] {
        var lines = [
            "Door \(door): \(recording.samples) adverts of \(recording.phone)"
        ]
        if listsSteps { lines.append("") }
        for segment in recording.segments where listsSteps {
            let level = segment.levels().median.map { "\(Int($0.rounded())) dBm" } ?? "not heard"
            lines.append(
                "  \(padded(segment.activity.words, 14))\(padded(segment.label, 32))"
                    + "\(padded(level, 10))\(segment.levels().count) adverts")
        }
        let error = nearError.map { "  ± \(PlotSVG.number($0)) dB" } ?? ""
        lines += ["", "  proposed                now"]
        lines.append(row("near", parameters.near, current.near, "dBm") + error)
        lines.append(row("far", parameters.far, current.far, "dBm"))
        if let comparison {
            let (proposed, now) = (parameters.comparesGateways, current.comparesGateways)
            lines.append(
                row("compare", proposed ? "yes" : "no", now ? "yes" : "no", "")
                    + "  \(comparison.text)")
            if proposed { lines.append(row("margin", parameters.margin, current.margin, "dB")) }
        }
        if let separation {
            lines.append(
                row(
                    "inside-offset", parameters.insideReceiverOffset, current.insideReceiverOffset,
                    "dB")
                    + "  inside is told by \(PlotSVG.number(separation)) dB")
        }
        lines += ["", "  expected    not open after 5 s    opened by passing    taken from inside"]
        for expectation in expectations {
            let isCurrent = expectation.caution == current.caution
            lines.append(
                "  \(padded("\(expectation.caution)\(isCurrent ? " *" : "")", 12))"
                    + "\(padded(expectation.missed?.text ?? "unknown", 22))"
                    + "\(padded(expectation.passed?.text ?? "unknown", 21))"
                    + (expectation.fromInside?.text ?? "unknown"))
        }
        lines.append("  * the caution set now; ranges hold nine times in ten")
        lines.append("  a phone inside is the inside guard's matter, not the levels'")
        if isSpliced {
            lines.append(
                "  ways to the door were borrowed from walks past: mark 'approach' for real ones")
        }
        for caution in cautions { lines.append("  ! \(caution)") }
        return lines
    }

    private func row<Value>(
        _ key: String, _ proposed: Value, _ now: Value, _ unit: String
    ) -> String {
        "  \(padded(key, 14))\(padded("\(proposed)", 4)) \(padded(unit, 5))\(now) \(unit)"
    }

    /// One object; rates as shares of one.
    func json(door: String) -> String {
        var line = JSONLine()
        line.add("door", door)
        line.add("phone", recording.phone)
        line.add("near", parameters.near)
        line.add("far", parameters.far)
        line.add("offset", parameters.receiverOffset)
        line.add("insideOffset", parameters.insideReceiverOffset)
        if let comparison {
            line.add("compare", parameters.comparesGateways)
            line.add("margin", comparison.standing)
            if let passing = comparison.passing { line.add("passingMargin", passing) }
        }
        line.add("currentNear", current.near)
        line.add("currentFar", current.far)
        line.add("currentInsideOffset", current.insideReceiverOffset)
        if let nearError { line.add("nearError", units: Int64(nearError * 10), places: 1) }
        if let separation { line.add("insideSeparation", units: Int64(separation * 10), places: 1) }
        line.add("adverts", recording.samples)
        line.add("stands", recording.segments(.atDoor).count)
        line.add("waysBorrowed", isSpliced)
        for expectation in expectations {
            var inner = JSONLine()
            inner.add("missed", expectation.missed)
            inner.add("openedByPassing", expectation.passed)
            inner.add("takenFromInside", expectation.fromInside)
            line.add("\(expectation.caution)", literal: inner.text)
        }
        line.add(
            "warnings",
            literal: "[\(cautions.map { JSONLine.quoted($0) }.joined(separator: ","))]")
        return line.text
    }

    /// The drop-in. Only what was measured stands in it.
    func configuration(door: String) -> String {
        var text = """
            ; Measured by 'lintel calibrate' with \(recording.phone): \
            \(recording.segments(.atDoor).count) stands, \(recording.samples) adverts.
            ; Remove this file to go back to what the other settings say.
            [door \(door)]
            near = \(parameters.near)dBm
            far = \(parameters.far)dBm

            """
        if comparison != nil {
            text += "compare = \(parameters.comparesGateways ? "yes" : "no")\n"
            if parameters.comparesGateways { text += "margin = \(parameters.margin)dB\n" }
        }
        if separation != nil {
            text += "inside-offset = \(parameters.insideReceiverOffset)dB\n"
        }
        return text
    }
}

extension JSONLine {
    fileprivate mutating func add(_ name: String, _ rate: CalibrateRate?) {
        guard let rate else { return add(name, literal: "null") }
        var inner = JSONLine()
        inner.add("happened", rate.happened)
        inner.add("scenes", rate.scenes)
        inner.add("steps", rate.steps)
        inner.add("low", units: Int64((rate.low * 1_000).rounded()), places: 3)
        inner.add("high", units: Int64((rate.high * 1_000).rounded()), places: 3)
        add(name, literal: inner.text)
    }
}

func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
}
