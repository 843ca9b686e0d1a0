// SPDX-License-Identifier: Apache-2.0
// The chain that shows whether the audit was altered. Every event leaves the office as one line of
// JSON whose last member, `previous`, is the SHA-256 of the line before: of its bytes exactly as
// they were written, without the end of line, so there is no canonical form to disagree about. The
// first line of a service's run continues the chain kept from before, or begins with 64 zeros.
//
// Changing, removing or inserting a line breaks the chain at the next one. Lines cut off at the end
// leave it whole: that shows only against a hash kept elsewhere, as the hotel's acknowledgements
// do. What was lost before it reached the office is a gap in the sequence, which `overflow` tells.
import CSodium
import CommandLineKit
import GuestPass

/// The end of a chain, to which the next line is tied.
struct EventChain: Equatable {
    static let beginning = String(repeating: "0", count: 64)

    /// The SHA-256 of the last line, in hexadecimal.
    private(set) var head: String

    init(head: String = beginning) { self.head = head }

    /// Completes a line and ties the next one to it.
    mutating func tie(_ line: JSONLine) -> String {
        var line = line
        line.add("previous", head)
        let text = line.text
        head = Self.hash(text)
        return text
    }

    static func hash(_ line: some StringProtocol) -> String {
        let bytes = Array(line.utf8)
        var hash = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256(&hash, bytes, UInt64(bytes.count))
        return Hexadecimal.encode(hash)
    }
}

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
            guard let event = FlatJSON(Array(line.utf8)),
                let number: UInt64 = event.number("sequence"), number > 0,
                let previous = event.string("previous")
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
