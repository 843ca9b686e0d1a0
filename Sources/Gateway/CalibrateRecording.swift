// SPDX-License-Identifier: Apache-2.0
// What an installer recorded at a door, step by step: the one form in which live steps, captures
// with marks and the state file of an interrupted calibration all reach the proposal.
import DoorCore
import Timebase

/// What the person with the phone was doing.
enum CalibrateActivity: String, CaseIterable, Sendable {
    /// Coming to the door; belongs to the `atDoor` that follows it.
    case approach
    case atDoor = "at-door"
    case walkPast = "walk-past"
    case inside

    var words: String {
        switch self {
        case .approach: "coming"
        case .atDoor: "at the door"
        case .walkPast: "walking past"
        case .inside: "inside"
        }
    }
}

/// One heard advert of the calibrating phone.
struct CalibrateSample: Hashable, Sendable {
    let at: Instant
    let heard: ProximitySample
}

/// A stretch of one activity.
struct CalibrateSegment: Hashable, Sendable {
    let activity: CalibrateActivity
    /// How the phone was carried, or which stretch of a capture it is.
    let label: String
    var samples: [CalibrateSample] = []

    /// Levels of one receiver without its nonsense values.
    func levels(_ side: Side = .outside) -> [Double] {
        samples.filter { $0.heard.receiver == side && $0.heard.rssi < 0 }
            .map { Double($0.heard.rssi) }
    }

    /// Levels of one receiver smoothed over a second.
    func smoothed(_ side: Side = .outside) -> [(at: Instant, level: Double)] {
        smoothed(side) { $0.rssi < 0 ? Double($0.rssi) : nil }
    }

    /// What one receiver's adverts say, smoothed over a second; those that say nothing left out.
    func smoothed(
        _ side: Side, _ value: (ProximitySample) -> Double?
    ) -> [(at: Instant, level: Double)] {
        var smoothed: [(at: Instant, level: Double)] = []
        for sample in samples where sample.heard.receiver == side {
            guard let level = value(sample.heard) else { continue }
            guard let last = smoothed.last else {
                smoothed.append((sample.at, level))
                continue
            }
            let elapsed = (sample.at - last.at).seconds
            let weight = elapsed / (elapsed + 1)
            smoothed.append((sample.at, last.level + (level - last.level) * weight))
        }
        return smoothed
    }
}

/// Everything recorded at one door, in the order it was recorded.
struct CalibrateRecording: Hashable, Sendable {
    var segments: [CalibrateSegment] = []
    /// Whose adverts they are, for people.
    var phone = ""

    func segments(_ activity: CalibrateActivity) -> [CalibrateSegment] {
        segments.filter { $0.activity == activity }
    }

    var samples: Int { segments.reduce(0) { $0 + $1.samples.count } }
}

extension [Double] {
    /// The value a share of the others lies below; `nil` of nothing.
    func quantile(_ share: Double) -> Double? {
        guard !isEmpty else { return nil }
        let place = share * Double(count - 1)
        let below = Int(place)
        let ordered = sorted()
        guard below + 1 < count else { return ordered[count - 1] }
        return ordered[below] + (ordered[below + 1] - ordered[below]) * (place - Double(below))
    }

    var median: Double? { quantile(0.5) }

    var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
}
