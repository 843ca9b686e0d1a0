// SPDX-License-Identifier: Apache-2.0
// Gradient-boosted regression trees on the logistic loss, as small as they can be: how well can
// anything tell two kinds of visit apart from these numbers? Deterministic.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A sum of shallow trees that gives log odds.
struct Trees {
    private static let rounds = 150
    private static let depth = 4
    private static let rate = 0.08
    private static let bins = 32
    private static let weightMin = 20.0

    /// Thresholds of each feature, rising.
    private let edges: [[Float]]
    private var trees: [[Split]] = []

    /// A node; its children are 2n + 1 and 2n + 2. Leaves have no feature.
    private struct Split {
        var feature = -1
        var bin = 0
        var value = 0.0
    }

    /// - Parameters:
    ///   - rows: the features of each example, missing ones as NaN.
    ///   - isPositive: what each example is. Both kinds weigh the same.
    init(_ rows: [[Float]], _ isPositive: [Bool]) {
        let count = rows.first?.count ?? 0
        edges = (0..<count).map { feature in
            let values = rows.map { $0[feature] }.filter { !$0.isNaN }.sorted()
            guard !values.isEmpty else { return [] }
            let marks = (1..<Trees.bins).map { values[$0 * values.count / Trees.bins] }
            return marks.enumerated().filter { $0 == 0 || marks[$0 - 1] < $1 }.map(\.element)
        }
        let binned = rows.map(bin)
        let positives = Double(isPositive.filter { $0 }.count)
        let weights = isPositive.map {
            Double(rows.count) / 2 / max($0 ? positives : Double(rows.count) - positives, 1)
        }
        var scores = rows.map { _ in 0.0 }
        for _ in 0..<Trees.rounds {
            let slopes = rows.indices.map { row -> (slope: Double, curvature: Double) in
                let share = 1 / (1 + exp(-scores[row]))
                return (
                    weights[row] * ((isPositive[row] ? 1 : 0) - share),
                    weights[row] * share * (1 - share)
                )
            }
            let tree = grow(binned, slopes)
            for row in rows.indices { scores[row] += Trees.value(tree, binned[row]) }
            trees.append(tree)
        }
    }

    /// Log odds that this example is a positive one.
    func score(_ row: [Float]) -> Double {
        let bins = bin(row)
        return trees.reduce(0) { $0 + Trees.value($1, bins) }
    }

    /// 0 for a missing value, else one more than the edges not above it.
    private func bin(_ row: [Float]) -> [UInt8] {
        zip(row, edges).map { value, edges in
            if value.isNaN { return 0 }
            return UInt8(1 + (edges.firstIndex { value < $0 } ?? edges.count))
        }
    }

    private static func value(_ tree: [Split], _ bins: [UInt8]) -> Double {
        var node = 0
        while tree[node].feature >= 0 {
            node = 2 * node + (bins[tree[node].feature] <= tree[node].bin ? 1 : 2)
        }
        return tree[node].value
    }

    private func grow(
        _ rows: [[UInt8]], _ slopes: [(slope: Double, curvature: Double)]
    ) -> [Split] {
        var tree = Array(repeating: Split(), count: 1 << (Trees.depth + 1))
        var members = [0: Array(rows.indices)]
        for level in 0...Trees.depth {
            for node in ((1 << level) - 1)..<((1 << (level + 1)) - 1) {
                guard let here = members.removeValue(forKey: node) else { continue }
                let slope = here.reduce(0) { $0 + slopes[$1].slope }
                let curvature = here.reduce(0) { $0 + slopes[$1].curvature }
                tree[node].value = Trees.rate * slope / (curvature + 1)
                guard level < Trees.depth, let best = bestSplit(rows, here, slopes) else {
                    continue
                }
                tree[node].feature = best.feature
                tree[node].bin = best.bin
                members[2 * node + 1] = here.filter { rows[$0][best.feature] <= best.bin }
                members[2 * node + 2] = here.filter { rows[$0][best.feature] > best.bin }
            }
        }
        return tree
    }

    private func bestSplit(
        _ rows: [[UInt8]], _ here: [Int], _ slopes: [(slope: Double, curvature: Double)]
    ) -> (feature: Int, bin: Int)? {
        let all = here.reduce(into: (0.0, 0.0)) {
            $0.0 += slopes[$1].slope
            $0.1 += slopes[$1].curvature
        }
        var best: (feature: Int, bin: Int)?
        var bestGain = 1e-6
        for feature in edges.indices {
            var sums = Array(repeating: (0.0, 0.0), count: Trees.bins + 2)
            for row in here {
                let bin = Int(rows[row][feature])
                sums[bin].0 += slopes[row].slope
                sums[bin].1 += slopes[row].curvature
            }
            var below = (0.0, 0.0)
            for bin in 0...Trees.bins {
                below.0 += sums[bin].0
                below.1 += sums[bin].1
                let above = (all.0 - below.0, all.1 - below.1)
                guard below.1 * 4 > Trees.weightMin, above.1 * 4 > Trees.weightMin else { continue }
                let gain =
                    below.0 * below.0 / (below.1 + 1) + above.0 * above.0 / (above.1 + 1)
                    - all.0 * all.0 / (all.1 + 1)
                if gain > bestGain { (best, bestGain) = ((feature, bin), gain) }
            }
        }
        return best
    }
}
