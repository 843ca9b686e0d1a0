// SPDX-License-Identifier: Apache-2.0
import Radio
import Testing

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("lintel decode")
struct CaptureDecoderTests {
    static let captures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/captures")

    static func path(_ name: String) -> String {
        captures.appendingPathComponent(name).path
    }

    /// Microseconds from `1444809568.004975`.
    static func microseconds(_ seconds: Substring) -> Int64? {
        let parts = seconds.split(separator: ".")
        guard parts.count == 2, parts[1].count == 6, let whole = Int64(parts[0]),
            let fraction = Int64(parts[1])
        else { return nil }
        return whole * 1_000_000 + fraction
    }

    /// The line a row of a golden CSV stands for; independent of the decoder's own tables.
    static func line(_ row: Substring, start: Int64) -> String? {
        let fields = row.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 8, let time = microseconds(fields[0]) else { return nil }
        let events = [
            "leg": ["0": "ADV_IND", "3": "ADV_NONCONN_IND", "4": "SCAN_RSP"],
            "ext": ["19": "ADV_IND", "27": "SCAN_RSP"],
        ]
        guard let event = events[String(fields[1])]?[String(fields[3])] else { return nil }
        let elapsed = time - start
        let fraction = String(elapsed % 1_000_000)
        let padding = String(repeating: "0", count: 6 - fraction.count)
        return "{\"t\":\(elapsed / 1_000_000).\(padding)\(fraction),\"event\":\"\(event)\""
            + ",\"addressType\":\"\(fields[4] == "0" ? "public" : "random")\""
            + ",\"address\":\"\(fields[5])\",\"rssi\":\(fields[6]),\"data\":\"\(fields[7])\"}"
    }

    @Test(
        "Each recorded capture decodes to its golden table exactly",
        arguments: [
            ("android_2015_numreports2.btsnoop", 59, 69), ("android_2023_ext.btsnoop", 12, 222),
            ("linux_monitor_noadv.btsnoop", 0, 554),
        ])
    func goldenTables(name: String, reports: Int, records: Int) throws {
        let table = try String(
            contentsOfFile: Self.path(name + ".advreports.csv"), encoding: .utf8)
        let rows = table.split(separator: "\n").dropFirst()
        #expect(rows.count == reports)

        var clock = try BTSnoopReader(path: Self.path(name))
        let start = try #require(try clock.next()?.unixMicroseconds)
        let expected = rows.compactMap { Self.line($0, start: start) }
        #expect(expected.count == reports)

        var lines: [String] = []
        let summary = try CaptureDecoder.decode(BTSnoopReader(path: Self.path(name))) {
            lines.append($0)
        }
        #expect(lines == expected)
        #expect(summary.reports == reports)
        #expect(summary.records == records)
        #expect(summary.malformedPackets == 0)
    }

    @Test("What stands before a torn end is decoded, then the tear is told")
    func tornCapture() throws {
        let bytes = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: Self.path("android_2023_ext.btsnoop"))))
        var lines: [String] = []
        #expect(
            throws: CaptureError.truncatedRecord(subject: "torn", number: 222)
        ) {
            _ = try CaptureDecoder.decode(
                BTSnoopReader(Array(bytes.dropLast()), subject: "torn"),
                output: { lines.append($0) })
        }
        #expect(lines.count == 12)
    }
}
