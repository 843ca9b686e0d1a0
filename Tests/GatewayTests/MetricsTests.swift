// SPDX-License-Identifier: Apache-2.0
// The grammar of Prometheus' text format 0.0.4 and its naming conventions, checked by a small
// parser of our own.
import DoorCore
import Platform
import Radio
import Testing
import Timebase

@testable import Gateway

/// One page of metrics, read strictly.
private struct MetricsReader {
    struct Sample {
        let name: String
        let label: String?
        let value: Double
    }

    private(set) var kinds: [String: String] = [:]
    private(set) var samples: [Sample] = []
    private(set) var faults: [String] = []

    init(_ page: String) {
        if !page.hasSuffix("\n") { faults.append("the last line has no end") }
        var family = ""
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            if line.hasPrefix("# HELP ") {
                if words.count < 4 || kinds[words[2]] != nil { faults.append("help: \(line)") }
                family = words[2]
            } else if line.hasPrefix("# TYPE ") {
                if words.count != 4 || words[2] != family { faults.append("type: \(line)") }
                kinds[family] = words[3]
            } else if let sample = Self.sample(String(line)), sample.name == family,
                kinds[family] != nil
            {
                samples.append(sample)
            } else {
                faults.append("sample: \(line)")
            }
        }
    }

    /// `name value` or `name{label="value"} value`; a second label follows the first.
    private static func sample(_ line: String) -> Sample? {
        let value = #""((?:[^"\\]|\\[\\n"])*)""#
        let pattern = try? Regex(
            #"([a-z_][a-z0-9_]*)(?:\{[a-z_]+="# + value + #"(,[a-z_]+="[a-zA-Z]+")?\})? ([0-9.]+)"#,
            as: (Substring, Substring, Substring?, Substring?, Substring).self)
        guard let pattern, let match = line.wholeMatch(of: pattern),
            let value = Double(match.output.4)
        else {
            return nil
        }
        return Sample(
            name: String(match.output.1),
            label: match.output.2.map { String($0 + (match.output.3 ?? "")) },
            value: value)
    }
}

@Suite("Metrics", .serialized)
struct MetricsTests {
    @Test("The page of a running gateway follows the grammar and the naming conventions")
    func grammar() async throws {
        let gateway = try await TestGateway()
        _ = try gateway.post("/v1/doors/301/open", #"{"reason":"metrics"}"#)
        let page = MetricsReader(try gateway.get("/metrics").text)
        #expect(page.faults == [])
        for (name, kind) in page.kinds {
            #expect(kind == "counter" || kind == "gauge")
            #expect(name.hasSuffix("_total") == (kind == "counter"), "\(name)")
            #expect(name.hasPrefix("lintel_") || name.hasPrefix("process_"), "\(name)")
            for unit in ["milliseconds", "minutes", "kilobytes", "dbm", "percent"] {
                #expect(!name.contains(unit), "\(name) is not in base units")
            }
        }
        let keys = page.samples.map { "\($0.name) \($0.label ?? "")" }
        #expect(Set(keys).count == keys.count, "a sample twice")
        for reason in DenialReason.allCases {
            #expect(keys.contains("lintel_denials_total \(reason)"))
        }
        func value(_ name: String, _ label: String? = nil) -> Double? {
            page.samples.first { $0.name == name && $0.label == label }?.value
        }
        #expect(value("lintel_events_total", "operatorOpen") == 1)
        #expect(value("lintel_events_total", "ordered") == 1)
        #expect(value("lintel_door_unlocked", "301") == 1)
        #expect(value("lintel_door_unlocked", "spa / sauna") == 0)
        #expect(value("lintel_radio_hearing", "corridor") == 0)
        #expect(try #require(value("lintel_radio_openings_total", "corridor")) >= 1)
        #expect(
            page.samples.filter { $0.name == "lintel_radio_climbs_total" }.count
                == RecoveryRung.allCases.count, "one for each step")
        #expect(try #require(value("process_resident_memory_bytes")) > 1_000_000)
        #expect(value("lintel_api_replies_total", "200") == 1)
        #expect(value("lintel_queue_lost_total", "office") == 0)
        let states = ["untrusted", "holdover", "trusted"].compactMap {
            value("lintel_clock_state", $0)
        }
        #expect(states.reduce(0, +) == 1 && states.count == 3)
    }

    @Test("Times are in seconds to the millisecond, and odd labels are escaped")
    func text() {
        var text = MetricsText()
        text.add(seconds: "a_seconds", .gauge, "A.", .milliseconds(61_007))
        text.add("b_total", .counter, "B.", by: "c", [("\"\\\n", 3)])
        #expect(
            text.text == """
                # HELP a_seconds A.
                # TYPE a_seconds gauge
                a_seconds 61.007
                # HELP b_total B.
                # TYPE b_total counter
                b_total{c="\\"\\\\\\n"} 3

                """)
        #expect(MetricsReader(text.text).faults == [])
        #expect(!MetricsReader("a 1\n").faults.isEmpty, "a sample without family")
    }
}
