// SPDX-License-Identifier: Apache-2.0
// How often something happened in a few recorded steps, and how little that says: scenes of one
// step resemble one another, so whole steps are drawn again and again (a cluster bootstrap).
import Glibc

/// A share with the range that nine in ten repetitions of the calibration would give.
struct CalibrateRate: Hashable, Sendable {
    let happened: Int
    let scenes: Int
    /// Independent repetitions behind the scenes.
    let steps: Int
    let low: Double
    let high: Double

    /// - Parameter outcomes: each scene's step, and whether it happened.
    init?(_ outcomes: [(step: Int, happened: Bool)]) {
        guard !outcomes.isEmpty else { return nil }
        let grouped = Dictionary(grouping: outcomes, by: \.step)
        let groups = grouped.keys.sorted().compactMap { grouped[$0] }
        happened = outcomes.count(where: \.happened)
        scenes = outcomes.count
        steps = groups.count
        // None of n, or all: drawing again would always give the same. Clopper and Pearson do not.
        let unseen = 1 - pow(0.05, 1 / Double(groups.count))
        if happened == 0 {
            (low, high) = (0, unseen)
        } else if happened == scenes {
            (low, high) = (1 - unseen, 1)
        } else {
            let shares = CalibrateRate.redrawn(groups)
            low = shares.quantile(0.05) ?? 0
            high = shares.quantile(0.95) ?? 1
        }
    }

    private static func redrawn(_ groups: [[(step: Int, happened: Bool)]]) -> [Double] {
        // Fixed, so that the same recording gives the same report everywhere.
        var state: UInt64 = 0x1234_5678_9ABC_DEF1
        return (0..<Limits.calibrateRedrawsMax).map { _ in
            var (count, all) = (0, 0)
            for _ in groups {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                let group = groups[Int(state % UInt64(groups.count))]
                count += group.count(where: \.happened)
                all += group.count
            }
            return Double(count) / Double(all)
        }
    }

    var share: Double { Double(happened) / Double(scenes) }

    /// `3 of 24 (0-31 %)`
    var text: String {
        "\(happened) of \(scenes) (\(percent(low))-\(percent(high)) %)"
    }

    private func percent(_ share: Double) -> Int { Int((share * 100).rounded()) }
}
