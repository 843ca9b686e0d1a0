// SPDX-License-Identifier: Apache-2.0
// Traces run through a filter, kept as the moments its number rose higher than ever before in the
// trace: with these every threshold can be tried without another run.
import DoorCore
import Rig
import Timebase

/// How high a filter's number climbed in one trace, and when.
struct Climb {
    /// (seconds since the arrival or the start, number), both rising.
    var highs: [(time: Double, number: Double)] = []
    var carry: TraceCarry?

    /// The highest number up to `time`.
    func peak(until time: Double = .infinity) -> Double {
        highs.last { $0.time <= time }?.number ?? -.infinity
    }

    /// When the number first exceeded `threshold`.
    func crossing(_ threshold: Double) -> Double? {
        highs.first { $0.number > threshold }?.time
    }
}

/// One filter under test.
struct Contestant {
    let name: String
    let climb: @Sendable (Trace) -> Climb
}

extension Contestant {
    init(baseline: @escaping @Sendable () -> any Baseline, name: String) {
        self.init(name: name) { trace in
            var filter = baseline()
            return Contestant.climb(trace) { sample in
                guard sample.rssi < 20 else { return nil }
                return filter.observe(
                    level: Double(sample.rssi), margin: sample.margin.map(Double.init),
                    at: sample.time.nanosecondsAsSeconds)
            }
        }
    }

    /// The detector, with or without the margin the phone sent.
    init(name: String, usesMargin: Bool) {
        self.init(name: name) { trace in
            var detector = Detector(at: .origin)
            let parameters = ProximityParameters()
            return Contestant.climb(trace) { sample in
                _ = detector.observe(
                    ProximitySample(sample, usesMargin: usesMargin), at: sample.time, parameters)
                return detector.state == .inside ? nil : detector.evidence.nats
            }
        }
    }

    private static func climb(
        _ trace: Trace, _ observe: (TraceSample) -> Double?
    ) -> Climb {
        var climb = Climb()
        climb.carry = trace.carry
        let start = trace.arrival ?? .origin
        for sample in trace.samples {
            guard let number = observe(sample), number > climb.peak() else { continue }
            climb.highs.append(((sample.time - start).seconds, number))
        }
        return climb
    }
}

extension ProximitySample {
    init(_ sample: TraceSample, usesMargin: Bool = true) {
        self.init(
            rssi: sample.rssi, channel: sample.channel,
            receiver: sample.isInsideReceiver ? .inside : .outside,
            margin: usesMargin ? sample.margin : nil)
    }
}

extension Instant {
    var nanosecondsAsSeconds: Double { Double(nanoseconds) / 1e9 }
}

/// One filter's climbs over pass-bys and arrivals, and what they say at equal false opens.
struct Score {
    let name: String
    let passes: [Double]
    let arrivals: [Climb]

    init(_ contestant: Contestant, passes: [Trace], arrivals: [Trace]) {
        name = contestant.name
        self.passes = passes.map { contestant.climb($0).peak() }.sorted(by: >)
        self.arrivals = arrivals.map(contestant.climb)
    }

    /// The lowest threshold that at most this share of pass-bys exceeds.
    func threshold(falseOpens share: Double) -> Double {
        Score.threshold(passes, falseOpens: share)
    }

    /// - Parameter passes: how high the number climbed in each, falling; not empty.
    static func threshold(_ passes: [Double], falseOpens share: Double) -> Double {
        passes[min(Int(share * Double(passes.count)), passes.count - 1)]
    }

    /// Share of arrivals not open within `seconds` of stopping.
    func missed(_ threshold: Double, within seconds: Double, carry: TraceCarry? = nil) -> Double {
        let counted = carry == nil ? arrivals : arrivals.filter { $0.carry == carry }
        let missed = counted.filter { $0.peak(until: seconds) <= threshold }
        return Double(missed.count) / Double(max(counted.count, 1))
    }

    /// Median seconds from stopping to opening over all arrivals; infinite for those never open.
    func medianLatency(_ threshold: Double) -> Double {
        let latencies = arrivals.map { $0.crossing(threshold) ?? .infinity }.sorted()
        return latencies[latencies.count / 2]
    }
}
