// SPDX-License-Identifier: Apache-2.0
// Whether the comparison of gateways tells guests at this door from those who walk past: only
// where the phone hears another gateway there, and standing lifts its margin clear of passing.
import DoorCore
import Timebase

/// What the margins of a recording say; `nil` where there are none, as without a guest's pass.
struct CalibrateComparison: Hashable, Sendable {
    /// Typical margin of a guest at the door, in whole dB, each stand counted once.
    let standing: Int8
    /// Typical highest margin of a walk past, smoothed over a second; `nil` without a walk.
    let passing: Int8?
    /// Share of adverts at the door that named another gateway.
    let heard: Double

    init?(_ recording: CalibrateRecording, _ scenes: CalibrateScenes) {
        let stands = recording.segments(.atDoor)
        let margins = stands.map { $0.margins() }
        guard let standing = margins.compactMap(\.median).mean else { return nil }
        self.standing = CalibrateComparison.decibels(standing)
        heard =
            Double(margins.reduce(0) { $0 + $1.count })
            / Double(max(stands.reduce(0) { $0 + $1.levels().count }, 1))
        let peaks = scenes.passes.compactMap { pass in
            CalibrateSegment(activity: .walkPast, label: "", samples: pass.samples)
                .smoothed(.outside) { $0.margin.map(Double.init) }.map(\.level).max()
        }
        passing = peaks.median.map(CalibrateComparison.decibels)
    }

    /// Whether comparing is worth it; a recording without walks past cannot say.
    func isUseful(otherwise current: Bool) -> Bool {
        guard heard >= Limits.calibrateComparedMin else { return false }
        return passing.map { standing - $0 >= Limits.calibrateMarginLeadDb } ?? current
    }

    /// For the report.
    var text: String {
        guard heard >= Limits.calibrateComparedMin else {
            return "at the door another gateway is heard in \(Int((heard * 100).rounded())) % only"
        }
        let passed = passing.map { "walkers reach \($0) dB" } ?? "no walk past shows theirs"
        return "guests stand at \(standing) dB, \(passed)"
    }

    private static func decibels(_ value: Double) -> Int8 {
        Int8(max(0, min(40, value.rounded())))
    }
}

extension CalibrateSegment {
    /// What the phone measured wherever the outer radio heard it.
    fileprivate func margins() -> [Double] {
        samples.filter { $0.heard.receiver == .outside }
            .compactMap { $0.heard.margin.map(Double.init) }
    }
}
