// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One trace of `Tests/Fixtures/traces` put through a detector.
struct DetectorRun {
    static let directory = String(
        #filePath.split(separator: "/").dropLast(2).reduce("") {
            $0 + "/" + $1
        } + "/Fixtures/traces")

    private(set) var changes: [(at: Instant, state: ProximityState, distance: Double)] = []
    private(set) var evidence: [Int32] = []
    private(set) var detector = Detector(at: .origin)
    private var truths: [(at: Instant, truth: Substring)] = []
    private var rows: [DetectorTrace.Row] = []

    var states: Set<ProximityState> { Set(changes.map(\.state)) }

    /// - Parameters:
    ///   - keepEvery: of this many adverts one is heard.
    ///   - adding: a level heard once more after each advert.
    init(_ name: String, keepEvery: Int = 1, adding noise: Int8? = nil) throws {
        var reader = DetectorTrace()
        let parameters = ProximityParameters()
        let path = "\(DetectorRun.directory)/\(name).csv"
        var index = 0
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            guard let row = try reader.row(line) else { continue }
            truths.append((row.time, line.split(separator: ",").last ?? ""))
            rows.append(row)
            index += 1
            guard index % keepEvery == 0 else { continue }
            take(row.sample, row, parameters)
            if let noise { take(ProximitySample(rssi: noise), row, parameters) }
        }
    }

    private mutating func take(
        _ sample: ProximitySample, _ row: DetectorTrace.Row, _ parameters: ProximityParameters
    ) {
        if let state = detector.observe(sample, at: row.time, parameters) {
            changes.append((row.time, state, row.distance ?? .infinity))
        }
        if sample == row.sample { evidence.append(detector.evidence.rawValue) }
    }

    /// The guest goes back the way they came: the trace again, its end first.
    mutating func goBack() {
        guard let end = rows.last?.time else { return }
        for row in rows.reversed() {
            var back = row
            back.time = end + (end - row.time) + .milliseconds(250)
            take(back.sample, back, ProximityParameters())
        }
    }

    /// Nothing more is heard.
    mutating func fallSilent() {
        while let deadline = detector.deadline {
            guard let state = detector.advance(to: deadline, ProximityParameters()) else { return }
            changes.append((deadline, state, .infinity))
        }
    }

    /// When the trace first says that this is true of the guest.
    func firstTime(of truth: Substring) -> Instant? { truths.first { $0.truth == truth }?.at }
}
