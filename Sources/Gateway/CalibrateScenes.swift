// SPDX-License-Identifier: Apache-2.0
// Runs the detector itself over what was recorded. A recorded arrival is run as it is. Where only
// the standing was marked, the way there is borrowed from a recorded walk past, up to its nearest
// point, brought to the level at which walkers of this carry would pass.
import DoorCore
import Timebase

/// A stretch of recording with a known truth.
struct CalibrateScene: Sendable {
    let samples: [CalibrateSample]
    /// When the guest stopped at the door; in scenes without arrival the beginning.
    let stop: Instant
    /// Scenes of one step are not independent.
    let step: Int

    /// When the detector first says "at the door"; `nil` if never.
    func opening(_ parameters: ProximityParameters) -> Instant? {
        guard let first = samples.first else { return nil }
        var detector = Detector(at: first.at)
        for sample in samples {
            while let deadline = detector.deadline, deadline <= sample.at {
                guard detector.advance(to: deadline, parameters) != nil else { break }
            }
            _ = detector.observe(sample.heard, at: sample.at, parameters)
            if detector.state == .atDoor { return sample.at }
        }
        return nil
    }
}

/// The scenes of a recording.
struct CalibrateScenes: Sendable {
    private(set) var arrivals: [CalibrateScene] = []
    private(set) var passes: [CalibrateScene] = []
    private(set) var stays: [CalibrateScene] = []
    /// Whether ways to the door had to be borrowed from walks past.
    private(set) var isSpliced = false

    init(_ recording: CalibrateRecording) {
        for (step, segment) in recording.segments(.walkPast).enumerated() {
            passes += CalibrateScenes.passes(segment).compactMap { samples in
                samples.first.map { CalibrateScene(samples: samples, stop: $0.at, step: step) }
            }
        }
        for (step, segment) in recording.segments(.inside).enumerated() {
            stays += CalibrateScenes.pieces(segment, .seconds(30)).compactMap { samples in
                samples.first.map { CalibrateScene(samples: samples, stop: $0.at, step: step) }
            }
        }
        var step = 0
        for (place, segment) in recording.segments.enumerated() where segment.activity == .atDoor {
            defer { step += 1 }
            let before = place > 0 ? recording.segments[place - 1] : nil
            if let before, before.activity == .approach, let stop = segment.samples.first?.at {
                arrivals.append(
                    CalibrateScene(
                        samples: before.samples + segment.samples, stop: stop, step: step))
                continue
            }
            for piece in CalibrateScenes.pieces(segment, .seconds(8)) {
                for pass in passes {
                    arrivals += CalibrateScenes.splice(pass, piece, step: step).map { [$0] } ?? []
                    isSpliced = true
                }
            }
        }
    }

    /// Parts of about this length; what is left over at the end joins the last.
    private static func pieces(
        _ segment: CalibrateSegment, _ length: Interval
    ) -> [[CalibrateSample]] {
        guard let first = segment.samples.first, let last = segment.samples.last else { return [] }
        let count = max(1, Int((last.at - first.at).nanoseconds / length.nanoseconds))
        var pieces = [[CalibrateSample]](repeating: [], count: count)
        for sample in segment.samples {
            let place = Int((sample.at - first.at).nanoseconds / length.nanoseconds)
            pieces[min(place, count - 1)].append(sample)
        }
        return pieces.filter { !$0.isEmpty }
    }

    /// One walk each: a long stretch is cut at the lows between its peaks.
    private static func passes(_ segment: CalibrateSegment) -> [[CalibrateSample]] {
        let smoothed = segment.smoothed()
        guard let first = smoothed.first, let last = smoothed.last else { return [] }
        guard last.at - first.at > Limits.calibrateWalkMax else { return [segment.samples] }
        var cuts: [Instant] = []
        var high = first.level
        var low = first
        var isRising = true
        for point in smoothed {
            if isRising {
                high = max(high, point.level)
                if point.level < high - Limits.calibrateSwingDb { (isRising, low) = (false, point) }
            } else {
                if point.level < low.level { low = point }
                if point.level > low.level + Limits.calibrateSwingDb {
                    cuts.append(low.at)
                    (isRising, high) = (true, point.level)
                }
            }
        }
        var walks: [[CalibrateSample]] = []
        var from = first.at
        for cut in cuts + [last.at + .seconds(1)] {
            walks.append(segment.samples.filter { $0.at >= from && $0.at < cut })
            from = cut
        }
        return walks.filter { $0.count >= Limits.calibrateWalkSamplesMin }
    }

    private static func splice(
        _ pass: CalibrateScene, _ standing: [CalibrateSample], step: Int
    ) -> CalibrateScene? {
        let walk = CalibrateSegment(activity: .walkPast, label: "", samples: pass.samples)
        let stand = CalibrateSegment(activity: .atDoor, label: "", samples: standing)
        guard let peak = walk.smoothed().max(by: { $0.level < $1.level }),
            let level = stand.levels().median, let begin = standing.first?.at
        else { return nil }
        let shift = level - Limits.calibratePassBelowStandingDb - peak.level
        let way = pass.samples.filter { $0.at <= peak.at && $0.heard.receiver == .outside }
        let delay: Interval = begin - (peak.at + .milliseconds(250))
        let moved = way.map { sample in
            var heard = sample.heard
            if heard.rssi < 0 {
                heard.rssi = Int8(clamping: Int((Double(heard.rssi) + shift).rounded()))
                heard.rssi = max(-126, min(-1, heard.rssi))
            }
            return CalibrateSample(at: sample.at + delay, heard: heard)
        }
        return CalibrateScene(samples: moved + standing, stop: begin, step: step)
    }
}
