// SPDX-License-Identifier: Apache-2.0
// The most that anything can tell of where a tap comes from by listening to one spot, however long:
// likelihood ratios with the simulation's own parameters, all fading averaged out, and the mean
// levels at this gateway and both next ones known to the last decibel. What stays is the shadow of
// the spot and the phone's own offset, which only the way there can narrow down.
import Rig

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

struct SpotBound {
    let bench: Bench

    private static let spots = 1_000
    private static let gateways = [0.0, -4, 4]

    private typealias Levels = SIMD3<Double>

    func report() {
        print("\n## The bound: levels at three gateways, everything but shadow averaged out")
        print(Report.row("opened at 99 % granted, best test each", Taps.places))
        for spread in [6.0, 3, 1.5, 0] {
            let phone = "phone's offset known to \(Report.decimal(spread, digits: 1)) dB"
            print(Report.row("  \(phone)", opened(offsetKnownTo: spread)))
        }
    }

    private func opened(offsetKnownTo spread: Double) -> [String] {
        var random = RandomSource(seed: bench.seed)
        let here = means(.tapHere, &random)
        let heardHere = observed(here, spread, &random)
        return [TraceScene.neighbourStop, .tapAlong, .tapFar].map { scene in
            let there = means(scene, &random)
            let heardThere = observed(there, spread, &random)
            func ratio(_ heard: Levels) -> Double {
                likelihood(heard, here, spread) / max(likelihood(heard, there, spread), 1e-300)
            }
            let granted = heardHere.map(ratio).sorted()
            let threshold = granted[granted.count / 100]
            return Report.share(heardThere.map(ratio)) { $0 >= threshold }
        }
    }

    private func means(_ scene: TraceScene, _ random: inout RandomSource) -> [Levels] {
        let exponent = AirParameters.measured.pathLossExponent
        return (0..<SpotBound.spots).map { _ in
            let spot = TraceSimulation().spot(scene, &random)
            let lost = SpotBound.gateways.map {
                10 * exponent * log10(hypot(spot.x - $0, spot.y))
            }
            return -Levels(lost[0], lost[1], lost[2])
        }
    }

    private func observed(
        _ means: [Levels], _ spread: Double, _ random: inout RandomSource
    ) -> [Levels] {
        means.map { mean in
            let shadows = Levels(random.gaussian(), random.gaussian(), random.gaussian())
            return mean + shadow * shadows + spread * random.gaussian()
        }
    }

    /// Shadow, and what is left of three channels' standing offsets; dB.
    private var shadow: Double {
        let radio = AirParameters.measured
        return
            (radio.shadowSpread * radio.shadowSpread + radio.channelSpread * radio.channelSpread
            / 3).squareRoot()
    }

    /// Up to a factor: normal about each spot, the phone's offset common to all three.
    private func likelihood(_ heard: Levels, _ means: [Levels], _ spread: Double) -> Double {
        let variance = shadow * shadow
        let common = spread * spread / (variance + 3 * spread * spread)
        return means.reduce(0) { sum, mean in
            let error = heard - mean
            let squares = (error * error).sum() - common * error.sum() * error.sum()
            return sum + exp(-squares / variance / 2)
        }
    }
}
