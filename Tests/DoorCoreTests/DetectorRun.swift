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

    /// When the trace first says that this is true of the guest.
    func firstTime(of truth: Substring) -> Instant? { truths.first { $0.truth == truth }?.at }
}
