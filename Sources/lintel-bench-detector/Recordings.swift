// SPDX-License-Identifier: Apache-2.0
// Real recordings as traces.
import DoorCore
import Rig
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Files of recorded levels.
enum Recordings {
    /// Every recorded walk of a directory, sorted by name, verbatim.
    static func walks(in directory: String) throws -> [Trace] {
        try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
            .filter { $0.hasSuffix(".csv") }
            .map { try trace("\(directory)/\($0)", name: $0) }
    }

    private static func trace(_ path: String, name: String) throws -> Trace {
        var reader = DetectorTrace()
        var samples: [TraceSample] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            guard let row = try reader.row(line) else { continue }
            samples.append(
                TraceSample(
                    time: row.time, rssi: row.rssi, channel: row.channel, margin: row.margin,
                    distance: row.distance ?? .infinity, truth: .passing))
        }
        return Trace(name: name, samples: samples)
    }

    /// Every recorded stand of a directory, sorted by name and carry.
    static func stands(in directory: String) throws -> [RecordedStand] {
        var stands: [RecordedStand] = []
        for file in try FileManager.default.contentsOfDirectory(atPath: directory).sorted() {
            let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
            var samples: [TraceCarry: [(time: Double, rssi: Double)]] = [:]
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: ",")
                guard fields.count == 4, let time = Double(fields[0]), let rssi = Double(fields[2]),
                    let carry = TraceCarry(recorded: fields[3])
                else { continue }
                samples[carry, default: []].append((time, rssi))
            }
            for carry in TraceCarry.allCases {
                guard let samples = samples[carry] else { continue }
                stands.append(
                    RecordedStand(
                        name: "\(file.dropLast(4))-\(carry)", carry: carry,
                        isBehindWall: file.contains("wall"), samples: samples))
            }
        }
        return stands
    }

    /// The fields of every line after the first.
    static func rows(_ path: String) throws -> [[String]] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").dropFirst()
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    }

    static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    /// Writes traces in the form `DetectorTrace` reads.
    static func write(_ traces: [Trace], to directory: String) throws {
        for trace in traces {
            var text = "t_s,rssi_dbm,channel,margin_db,distance_m,receiver,truth\n"
            for sample in trace.samples {
                let fields = [
                    Report.decimal(sample.time.nanosecondsAsSeconds, digits: 3),
                    "\(sample.rssi)", sample.channel.map { "\($0)" } ?? "",
                    sample.margin.map { "\($0)" } ?? "",
                    Report.decimal(sample.distance, digits: 2),
                    sample.isInsideReceiver ? "inside" : "outside", sample.truth.rawValue,
                ]
                text += fields.joined(separator: ",") + "\n"
            }
            try write(text, to: "\(directory)/\(trace.name).csv")
        }
    }
}

extension TraceCarry {
    /// By the name the recordings of people standing use.
    init?(recorded name: some StringProtocol) {
        switch name.prefix(4) {
        case "left": self = .hand
        case "purs": self = .purse
        case "fron": self = .frontPocket
        case "back": self = .backPocket
        default: return nil
        }
    }
}
