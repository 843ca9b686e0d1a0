// SPDX-License-Identifier: Apache-2.0
// Whether simulated traces have the statistics of recorded ones; the benchmark prints it first.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the recorded walks were measured by.
public struct TraceStatistics: Sendable {
    /// Level less its straight line over log distance, in dB, one line a trace.
    public var residualDeviation = 0.0
    /// Correlation of that residual from one advert to the next.
    public var lagOne = 0.0
    /// Peak of a one-second average: mean and deviation in dBm, by nearest distance in metres.
    public var nearPeak = (mean: 0.0, deviation: 0.0)
    public var farPeak = (mean: 0.0, deviation: 0.0)

    public static let near = 1.0...2.5
    public static let far = 2.5...6.0

    public init(_ traces: [Trace]) {
        var (squares, products, count, pairs) = (0.0, 0.0, 0.0, 0.0)
        var peaks: (near: [Double], far: [Double]) = ([], [])
        for trace in traces {
            let heard = trace.samples.filter { $0.rssi < 0 && $0.rssi > -127 }
            guard heard.count >= 20 else { continue }
            let residuals = TraceStatistics.residuals(heard)
            squares += residuals.reduce(0) { $0 + $1 * $1 }
            products += zip(residuals, residuals.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
            count += Double(residuals.count)
            pairs += Double(residuals.count - 1)
            let nearest = heard.map(\.distance).min() ?? .infinity
            let peak = TraceStatistics.peak(heard)
            if TraceStatistics.near.contains(nearest) {
                peaks.near.append(peak)
            } else if TraceStatistics.far.contains(nearest) {
                peaks.far.append(peak)
            }
        }
        guard count > 0, pairs > 0, squares > 0 else { return }
        residualDeviation = (squares / count).squareRoot()
        lagOne = (products / pairs) / (squares / count)
        nearPeak = TraceStatistics.spread(peaks.near)
        farPeak = TraceStatistics.spread(peaks.far)
    }

    /// Deviations from the least-squares line over log₁₀ distance.
    private static func residuals(_ samples: [TraceSample]) -> [Double] {
        let count = Double(samples.count)
        let x = samples.map { log10(max($0.distance, 0.1)) }
        let y = samples.map { Double($0.rssi) }
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        let spread = x.reduce(0) { $0 + ($1 - meanX) * ($1 - meanX) }
        let joint = zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) }
        let slope = spread > 0 ? joint / spread : 0
        return zip(x, y).map { $1 - meanY - slope * ($0 - meanX) }
    }

    private static func peak(_ samples: [TraceSample]) -> Double {
        var value = Double(samples[0].rssi)
        var best = -Double.infinity
        for (before, sample) in zip(samples, samples.dropFirst()) {
            let share = 1 - exp(-(sample.time - before.time).seconds)
            value += share * (Double(sample.rssi) - value)
            best = max(best, value)
        }
        return best
    }

    private static func spread(_ values: [Double]) -> (mean: Double, deviation: Double) {
        guard !values.isEmpty else { return (0, 0) }
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / count).squareRoot())
    }
}
