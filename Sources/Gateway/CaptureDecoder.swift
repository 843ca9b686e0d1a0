// SPDX-License-Identifier: Apache-2.0
// `lintel decode`: what advertisers said in a capture, one JSON object per report, fragments as
// they came.

import BLEWire
import CommandLineKit
import GuestPass
import Radio

/// Turns a capture into JSON lines.
public enum CaptureDecoder {
    /// What a capture held.
    public struct Summary: Hashable, Sendable {
        public var records = 0
        public var reports = 0
        /// Packets with lying lengths or reserved values, as with truncated records.
        public var malformedPackets = 0
    }

    /// Hands `output` one line per advertising report:
    /// `{"t":0.000042,"event":"ADV_IND","addressType":"random","address":"aa:bb:cc:dd:ee:ff",
    /// "rssi":-63,"data":"0201…"}`, with `t` in seconds since the capture's first record.
    ///
    /// - Throws: where the capture ends badly, after all reports before that.
    public static func decode(
        _ capture: consuming BTSnoopReader, output: (String) -> Void
    ) throws(CaptureError) -> Summary {
        var summary = Summary()
        var start: Int64?
        while let record = try capture.next() {
            let origin = start ?? record.unixMicroseconds
            start = origin
            summary.records += 1
            guard let packet = record.packet, packet.type == .event else { continue }
            let elapsed = record.unixMicroseconds &- origin
            do throws(WireError) {
                guard case .advertisingReports(var reports) = try HCIEvent(packet) else { continue }
                while let report = try reports.next() {
                    summary.reports += 1
                    output(line(report, microseconds: elapsed))
                }
            } catch {
                summary.malformedPackets += 1
            }
        }
        return summary
    }

    private static func line(_ report: AdvertisingReport, microseconds: Int64) -> String {
        var line = JSONLine()
        line.add("t", units: microseconds, places: 6)
        line.add("event", report.eventType.name)
        line.add("addressType", report.addressType.name)
        line.add("address", report.address.description)
        line.add("rssi", report.rssi)
        line.add("data", Hexadecimal.encode(report.data))
        return line.text
    }
}

extension AddressType {
    /// As the commands print it.
    var name: String {
        switch self {
        case .publicDevice: "public"
        case .randomDevice: "random"
        case .publicIdentity: "public-identity"
        case .randomIdentity: "random-identity"
        case .anonymous: "anonymous"
        }
    }
}
