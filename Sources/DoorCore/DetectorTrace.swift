// SPDX-License-Identifier: Apache-2.0
// Recorded levels as text: comma-separated values, one heard advert a line, columns named by the
// first line, in any order. `t_s` and `rssi_dbm` are needed; `channel`, `margin_db`, `distance_m`
// and `receiver` (outside, inside) are used where present, other columns are ignored. A margin
// below zero counts as zero.
import Timebase

/// A line of a trace that cannot be used.
public struct TraceProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Counted from 1, the header included.
    public let line: Int
    public let message: String

    public var description: String { "line \(line): \(message)" }
}

/// Reads a trace line by line.
public struct DetectorTrace: Sendable {
    /// One heard advert.
    public struct Row: Sendable {
        public var time: Instant
        /// As the controller reported it, nonsense included.
        public var rssi: Int8
        public var channel: UInt8?
        public var margin: UInt8?
        /// Metres, for plots.
        public var distance: Double?
        public var receiver = Side.outside

        /// What the detector is told.
        public var sample: ProximitySample {
            ProximitySample(rssi: rssi, channel: channel, receiver: receiver, margin: margin)
        }
    }

    /// Longest recording: times beyond it are a unit mistaken.
    static let secondsMax = 10_000_000.0

    private var line = 0
    private var last = -Double.infinity
    private var columns: [Column?] = []

    private enum Column: String {
        case time = "t_s"
        case level = "rssi_dbm"
        case channel
        case margin = "margin_db"
        case distance = "distance_m"
        case receiver
    }

    public init() {}

    /// Takes the next line.
    /// - Returns: its advert; `nil` for the header and for empty lines.
    public mutating func row(_ text: some StringProtocol) throws(TraceProblem) -> Row? {
        line += 1
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            .map { DetectorTrace.trimmed(String($0)) }
        if fields == [""] { return nil }
        guard !columns.isEmpty else {
            try readHeader(fields)
            return nil
        }
        guard fields.count == columns.count else {
            throw problem("has \(fields.count) values, the header names \(columns.count)")
        }
        var row = Row(time: .origin, rssi: 127)
        for (column, field) in zip(columns, fields) {
            switch column {
            case .time: row.time = try time(field)
            case .level: row.rssi = try integer(field, .level)
            case .channel: row.channel = field.isEmpty ? nil : try integer(field, .channel)
            case .margin: row.margin = field.isEmpty ? nil : try margin(field)
            case .distance:
                row.distance = field.isEmpty ? nil : try number(field, .distance)
            case .receiver: row.receiver = try side(field)
            case nil: break
            }
        }
        return row
    }

    private mutating func readHeader(_ fields: [String]) throws(TraceProblem) {
        columns = fields.map(Column.init(rawValue:))
        for column in [Column.time, .level] where !columns.contains(column) {
            throw problem("the header has no column '\(column.rawValue)'")
        }
    }

    private mutating func time(_ field: String) throws(TraceProblem) -> Instant {
        let seconds = try number(field, .time)
        guard seconds >= 0, seconds <= DetectorTrace.secondsMax else {
            throw problem("t_s = '\(field)' is not a time of 0 … \(DetectorTrace.secondsMax) s")
        }
        guard seconds >= last else {
            throw problem("t_s = '\(field)' lies before the line above")
        }
        last = seconds
        return Instant(nanoseconds: Int64((seconds * 1e9).rounded()))
    }

    private func side(_ field: String) throws(TraceProblem) -> Side {
        switch field {
        case "outside", "": return .outside
        case "inside": return .inside
        default: throw problem("receiver = '\(field)' is neither outside nor inside")
        }
    }

    /// `EXT` has no sign: 0 stands also for a gateway that is not the loudest.
    private func margin(_ field: String) throws(TraceProblem) -> UInt8 {
        try number(field, .margin) < 0 ? 0 : integer(field, .margin)
    }

    private func number(_ field: String, _ column: Column) throws(TraceProblem) -> Double {
        guard let number = Double(field), number.isFinite else {
            throw problem("\(column.rawValue) = '\(field)' is not a number")
        }
        return number
    }

    private func integer<Value: FixedWidthInteger>(
        _ field: String, _ column: Column
    ) throws(TraceProblem) -> Value {
        guard let value = Value(exactly: try number(field, column).rounded()) else {
            throw problem("\(column.rawValue) = '\(field)' is not in \(Value.min) … \(Value.max)")
        }
        return value
    }

    private func problem(_ message: String) -> TraceProblem {
        TraceProblem(line: line, message: message)
    }

    private static func trimmed(_ field: String) -> String {
        let start = field.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
