// SPDX-License-Identifier: Apache-2.0
// What other projects do with a phone's level, re-implemented from their published constants, so
// that the detector is measured against them on the same traces. Each yields one number a sample;
// "at the door" is that number above a threshold the benchmark chooses in its favour.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A filter over one phone's levels.
public protocol Baseline {
    /// - Parameters:
    ///   - level: dBm.
    ///   - margin: the phone's authenticated margin in dB, where it sent one.
    ///   - time: seconds, rising.
    /// - Returns: the higher, the nearer.
    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double
}

/// All baselines by name, each with a maker.
public let baselines: [(name: String, make: @Sendable () -> any Baseline)] = [
    ("AltBeacon running average", { AltBeaconRunningAverage() }),
    ("AltBeacon ARMA", { AltBeaconARMA() }),
    ("room-assistant Kalman", { RoomAssistantKalman(process: 0.008, measurement: 4) }),
    ("room-assistant Kalman, Classic", { RoomAssistantKalman(process: 1.4, measurement: 1) }),
    ("ESPresense", { ESPresense(usesUpperQuartile: false) }),
    ("ESPresense before 2025", { ESPresense(usesUpperQuartile: true) }),
    ("Bermuda", { Bermuda() }),
    ("habluetooth EWMA 0.3", { SampleEWMA(share: 0.3) }),
    ("BLEUnlock, single sample", { SampleEWMA(share: 1) }),
    ("mean of 5", { Window(count: 5, isMedian: false) }),
    ("median of 3", { Window(count: 3, isMedian: true) }),
    ("CUSUM at -70 dBm", { LevelCUSUM(level: -70) }),
    ("CUSUM at -55 dBm", { LevelCUSUM(level: -55) }),
    ("EWMA of the margin", { MarginEWMA() }),
]

/// AltBeacon's default: samples of the last 20 s, every 1.1 s the mean without a tenth at each end.
struct AltBeaconRunningAverage: Baseline {
    private var samples: [(time: Double, level: Double)] = []
    private var evaluated = -Double.infinity
    private var value = -120.0

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        samples.append((time, level))
        samples.removeAll { time - $0.time > 20 }
        guard time - evaluated >= 1.1 else { return value }
        evaluated = time
        var levels = samples.map(\.level).sorted()
        if levels.count > 2 {
            let trim = levels.count / 10 + 1
            levels = Array(levels.dropFirst(trim).dropLast(trim))
        }
        if !levels.isEmpty { value = levels.reduce(0, +) / Double(levels.count) }
        return value
    }
}

/// AltBeacon's alternative: integer steps of a tenth, truncated toward zero.
struct AltBeaconARMA: Baseline {
    private var value: Int?

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        let next = value.map { Double($0) - 0.1 * (Double($0) - level) } ?? level
        value = Int(next)
        return Double(value ?? 0)
    }
}

/// room-assistant's scalar Kalman filter.
struct RoomAssistantKalman: Baseline {
    let process: Double
    let measurement: Double
    private var value: Double?
    private var variance = 0.0

    init(process: Double, measurement: Double) {
        self.process = process
        self.measurement = measurement
    }

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        guard let old = value else {
            value = level
            variance = measurement
            return level
        }
        let predicted = variance + process
        let gain = predicted / (predicted + measurement)
        let next = old + gain * (level - old)
        value = next
        variance = predicted * (1 - gain)
        return next
    }
}

/// ESPresense: the last 15 s without outliers beyond 1.5 interquartile ranges; before 2025 the
/// upper quartile.
struct ESPresense: Baseline {
    let usesUpperQuartile: Bool
    private var samples: [(time: Double, level: Double)] = []

    init(usesUpperQuartile: Bool) { self.usesUpperQuartile = usesUpperQuartile }

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        samples.append((time, level))
        samples.removeAll { time - $0.time > 15 }
        let levels = samples.map(\.level).sorted()
        func quantile(_ share: Double) -> Double {
            let place = share * Double(levels.count - 1)
            let low = Int(place)
            let high = min(low + 1, levels.count - 1)
            return levels[low] + (place - Double(low)) * (levels[high] - levels[low])
        }
        let (lower, upper) = (quantile(0.25), quantile(0.75))
        if usesUpperQuartile { return upper }
        let range = upper - lower
        let kept = levels.filter { $0 >= lower - 1.5 * range && $0 <= upper + 1.5 * range }
        return kept.reduce(0, +) / Double(kept.count)
    }
}

/// Bermuda: distances every 1.05 s, leaps faster than 3 m/s refused, a running minimum averaged
/// over 20. The number is minus the distance.
struct Bermuda: Baseline {
    private var history: [Double] = []
    private var evaluated = -Double.infinity
    private var last: (time: Double, distance: Double)?
    private var value = -100.0

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        guard time - evaluated >= 1.05 else { return value }
        evaluated = time
        let distance = pow(10, (-55 - level) / 30)
        if let last, let newest = history.last,
            (last.distance - distance).magnitude / (time - last.time) > 3
        {
            history.append(newest)
        } else {
            history.append(distance)
        }
        last = (time, distance)
        history = Array(history.suffix(20))
        var least = distance
        var sum = 0.0
        for past in history.reversed() {
            least = min(least, past)
            sum += least
        }
        value = -min(sum / Double(history.count), distance)
        return value
    }
}

/// A share of the new sample and the rest of the old value, whatever the time between.
struct SampleEWMA: Baseline {
    let share: Double
    private var value: Double?

    init(share: Double) { self.share = share }

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        let next = value.map { $0 + share * (level - $0) } ?? level
        value = next
        return next
    }
}

/// The mean or the median of the last few samples.
struct Window: Baseline {
    let count: Int
    let isMedian: Bool
    private var levels: [Double] = []

    init(count: Int, isMedian: Bool) {
        self.count = count
        self.isMedian = isMedian
    }

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        levels.append(level)
        levels = Array(levels.suffix(count))
        if isMedian { return levels.sorted()[levels.count / 2] }
        return levels.reduce(0, +) / Double(levels.count)
    }
}

/// The upper side of the first yardstick: slope 0.4 a dB above `level`, at most 4 a sample.
struct LevelCUSUM: Baseline {
    let level: Double
    private var sum = 0.0

    init(level: Double) { self.level = level }

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        sum = max(0, sum + min(4, max(-4, 0.4 * (level - self.level))))
        return sum
    }
}

/// The margin smoothed over a second; nothing else.
struct MarginEWMA: Baseline {
    private var value: Double?
    private var last = 0.0

    mutating func observe(level: Double, margin: Double?, at time: Double) -> Double {
        guard let margin else { return value ?? 0 }
        let elapsed = time - last
        last = time
        let next = value.map { $0 + elapsed / (elapsed + 1) * (margin - $0) } ?? margin
        value = next
        return next
    }
}
