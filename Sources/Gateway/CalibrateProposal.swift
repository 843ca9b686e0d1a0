// SPDX-License-Identifier: Apache-2.0
// From a recording to levels. `near` is the mean over the ways of carrying, each counted once;
// `far` lies below what a phone at the door is ever smoothed to; the inside receiver's offset puts
// the detector's two limits (2 dB, 6 dB) astride the middle between inside and outside; `margin` is
// measured as `near` is, and gateways are compared only where that tells something. Rates come
// from the detector itself, each arrival judged with levels measured on the other steps.
import DoorCore
import Timebase

/// What a calibration proposes, and what may be expected of it.
struct CalibrateProposal: Sendable {
    struct Expectation: Sendable {
        let caution: Caution
        /// Not open 5 s after stopping; `nil` where it could not be tried.
        let missed: CalibrateRate?
        /// Opened by walking past.
        let passed: CalibrateRate?
        /// A phone inside taken for an arrival, in half a minute; for the inside guard.
        let fromInside: CalibrateRate?
    }

    let parameters: ProximityParameters
    let current: ProximityParameters
    /// Of `near`, from how much the ways of carrying differ; dB.
    let nearError: Double?
    /// Inside minus outside, the mean inside less the mean at the door; dB, with two receivers.
    let separation: Double?
    /// What the phone's comparison of gateways is worth here, where it carried one.
    let comparison: CalibrateComparison?
    let expectations: [Expectation]
    let isSpliced: Bool
    let cautions: [String]
    let recording: CalibrateRecording

    /// - Throws: where nothing was heard at the door.
    init(
        _ recording: CalibrateRecording, current: ProximityParameters
    ) throws(CalibrateProblem) {
        let stands = recording.segments(.atDoor).filter { !$0.levels().isEmpty }
        guard let levels = CalibrateProposal.measured(stands, current) else {
            throw CalibrateProblem(
                "the phone was not heard at the door; nothing can be proposed")
        }
        var proposed = levels
        let inside = CalibrateProposal.insideOffset(recording)
        if let inside { proposed.insideReceiverOffset = inside.offset }
        let scenes = CalibrateScenes(recording)
        comparison = CalibrateComparison(recording, scenes)
        if let comparison {
            proposed.comparesGateways = comparison.isUseful(otherwise: current.comparesGateways)
            if proposed.comparesGateways { proposed.margin = comparison.standing }
        }
        self.current = current
        self.recording = recording
        parameters = proposed
        separation = inside?.separation
        isSpliced = scenes.isSpliced
        let medians = stands.compactMap { $0.levels().median }
        nearError = CalibrateProposal.standardError(medians)
        expectations = Caution.allCases.map {
            CalibrateProposal.expect(scenes, stands, proposed, $0)
        }
        cautions = CalibrateProposal.cautions(recording, scenes, medians)
    }

    private static func measured(
        _ stands: [CalibrateSegment], _ current: ProximityParameters
    ) -> ProximityParameters? {
        guard let level = stands.compactMap({ $0.levels().median }).mean,
            let lowest = stands.flatMap({ $0.smoothed().map(\.level) }).quantile(0.05)
        else { return nil }
        let offset = Double(current.receiverOffset)
        var parameters = current
        parameters.near = Int8(max(-100, min(-20, (level + offset).rounded())))
        var far = min(lowest + offset - Limits.calibrateFarBelowDb, Double(parameters.near) - 10)
        // Too few ways of carrying were tried to know the quietest.
        let usual = ProximityParameters()
        if stands.count < Limits.calibrateStandsMin {
            far = min(far, Double(parameters.near - usual.near) + Double(usual.far))
        }
        parameters.far = Int8(max(-120, min(-30, far.rounded(.down))))
        return parameters
    }

    /// The mean difference of the receivers in each place, where both hear the phone.
    private static func insideOffset(
        _ recording: CalibrateRecording
    ) -> (offset: Int8, separation: Double)? {
        func difference(_ activity: CalibrateActivity) -> Double? {
            recording.segments(activity).compactMap { segment in
                guard let inside = segment.levels(.inside).median,
                    let outside = segment.levels().median
                else { return nil }
                return inside - outside
            }.mean
        }
        guard let inside = difference(.inside), let outside = difference(.atDoor) else {
            return nil
        }
        let middle = (inside + outside) / 2
        let offset = max(-40, min(40, (Limits.calibrateInsideMiddleDb - middle).rounded()))
        return (Int8(offset), inside - outside)
    }

    private static func standardError(_ medians: [Double]) -> Double? {
        guard medians.count > 1, let mean = medians.mean else { return nil }
        let squares = medians.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(medians.count - 1) / Double(medians.count)).squareRoot()
    }

    private static func expect(
        _ scenes: CalibrateScenes, _ stands: [CalibrateSegment], _ proposed: ProximityParameters,
        _ caution: Caution
    ) -> Expectation {
        var parameters = proposed
        parameters.caution = caution
        let missed = scenes.arrivals.map { scene in
            var others = stands
            if stands.count > 1, scene.step < stands.count { others.remove(at: scene.step) }
            var blind = measured(others, parameters) ?? parameters
            blind.insideReceiverOffset = parameters.insideReceiverOffset
            blind.comparesGateways = parameters.comparesGateways
            blind.margin = parameters.margin
            let opening = scene.opening(blind)
            return (scene.step, opening.map { $0 > scene.stop + .seconds(5) } ?? true)
        }
        func opened(_ scenes: [CalibrateScene]) -> CalibrateRate? {
            CalibrateRate(scenes.map { ($0.step, $0.opening(parameters) != nil) })
        }
        // Each walk is a person of its own, whichever stretch of the capture it comes from.
        let walks = scenes.passes.enumerated().map { place, scene in
            (place, scene.opening(parameters) != nil)
        }
        return Expectation(
            caution: caution, missed: CalibrateRate(missed), passed: CalibrateRate(walks),
            fromInside: opened(scenes.stays))
    }

    private static func cautions(
        _ recording: CalibrateRecording, _ scenes: CalibrateScenes, _ medians: [Double]
    ) -> [String] {
        var cautions: [String] = []
        if medians.count < Limits.calibrateStandsMin {
            cautions.append(
                "only \(medians.count) stand\(medians.count == 1 ? "" : "s") at the door: each way "
                    + "of carrying moves the level by 6 dB or more; six are better")
        }
        if medians.count == 1 {
            cautions.append("one stand cannot be judged by others: its miss rate is its own")
        }
        if scenes.passes.isEmpty {
            cautions.append("no walk past was recorded: false openings are unknown")
        } else {
            let count = scenes.passes.count
            cautions.append(
                "\(count) walk\(count == 1 ? "" : "s") past cannot show rates below one in "
                    + "\(count); the design rate of each caution still holds")
        }
        if recording.segments.allSatisfy({ $0.samples.allSatisfy { $0.heard.margin == nil } }) {
            cautions.append(
                "measured without the margin that guests' passes carry: 'compare' is not judged")
        }
        if scenes.arrivals.isEmpty {
            cautions.append("no way to the door was recorded: misses are unknown")
        }
        for segment in recording.segments(.atDoor)
        where segment.levels().count < Limits.calibrateStepSamplesMin {
            cautions.append("'\(segment.label)': heard only \(segment.levels().count) times")
        }
        let peaks = scenes.passes.compactMap { pass in
            CalibrateSegment(activity: .walkPast, label: "", samples: pass.samples)
                .smoothed().map(\.level).max()
        }
        if let passing = peaks.median, let standing = medians.mean, passing > standing {
            cautions.append(
                "walkers pass as loud as guests stand (\(Int(passing.rounded())) dBm): move the "
                    + "receiver closer to where guests stop")
        }
        return cautions
    }
}
