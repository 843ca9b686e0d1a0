// SPDX-License-Identifier: Apache-2.0
// Whether a file of events is whole: `lintel events --verify`. HotelWire says what the chain is.
import CommandLineKit
import HotelWire

/// What is to be said of a file of events.
struct EventChainReport: Equatable {
    /// The first line that does not follow from the one before.
    struct Break: Equatable, CustomStringConvertible {
        let line: Int
        let problem: String
        var description: String { "line \(line) \(problem)" }
    }

    var events = 0
    /// Runs of the service: how often the sequence begins anew.
    var runs = 0
    /// Events that never reached the office, by the gaps in the sequence.
    var missing: UInt64 = 0
    var firstBreak: Break?
    /// The hash of the last line, to compare with one kept elsewhere.
    var head = EventChain.beginning

    var text: String {
        if let firstBreak { return "the chain is broken: \(firstBreak)" }
        var text = "\(events) events in \(runs == 1 ? "1 run" : "\(runs) runs"), "
        text += "chain whole, last hash \(head)"
        if missing > 0 { text += "; \(missing) events were lost before they were chained" }
        return text
    }
}

extension EventChain {
    /// Follows the chain through the lines of a file. The first line may continue an earlier file.
    static func verify(_ text: String) -> EventChainReport {
        var report = EventChainReport()
        var sequence: UInt64 = 0
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !(line.isEmpty && index == lines.count - 1) {
            func broken(_ problem: String) -> EventChainReport {
                report.firstBreak = .init(line: index + 1, problem: problem)
                return report
            }
            guard let event = JSONValue(line.utf8),
                let number = event["sequence"]?.number(as: UInt64.self),
                (1...EventPosition.sequenceMax).contains(number),
                let previous = event["previous"]?.string
            else { return broken("is no event of ours") }
            let isFirst = report.events == 0
            if !isFirst, previous != report.head, previous != beginning || number != 1 {
                return broken("does not follow from the line before")
            }
            if number == 1 || isFirst {
                report.runs += 1
            } else if number <= sequence {
                return broken("has sequence \(number) after \(sequence)")
            } else {
                report.missing += number - sequence - 1
            }
            sequence = number
            report.events += 1
            report.head = hash(line)
        }
        return report
    }
}
