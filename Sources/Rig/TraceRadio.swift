// SPDX-License-Identifier: Apache-2.0
// The radio of simulated traces: one link's fading from the parameters measured on real walks and
// on people standing still. The facts stand in the simulator parameters of the project's data set.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Measured radio parameters, in dB, metres and seconds.
public struct RadioParameters: Sendable {
    /// Mean level at 1 m. With the exponent below, 0.6 m then gives the default `near`, −62 dBm.
    public var levelAtOneMetre = -65.7
    /// Path-loss exponent of walking receivers; measured 1.67 ± 0.38.
    public var exponent = 1.67
    public var exponentDeviation = 0.0
    /// Standard deviation of the carry offset from visit to visit, carry classes included.
    public var carryDeviation = 6.0
    /// Front-to-back amplitude of the body's shadow over visits.
    public var bodyDeviation = 0.0
    public var shadowDeviation = 2.7
    public var shadowDistance = 1.3
    public var channelDeviation = 2.2
    public var channelDistance = 0.5
    public var ricianFactor = 3.0
    /// Swaying of a standing person: `0.48 exp(−t/0.5) + 0.46 exp(−t/2.5)`, sd 4 a channel.
    public var swayDeviation = 4.0
    /// Gilbert model of reception: 14 % lost, more after a loss.
    public var lossAfterHeard = 0.133
    public var lossAfterLoss = 0.215
    /// The scanner stays this long on a channel; `nil` hops at every advert.
    public var channelDwell: Double?
    /// Share of samples whose level the controller did not know (127).
    public var unknownLevel = 0.0
    /// Share of samples with a level that means nothing.
    public var garbageLevel = 0.0
    /// The phone smooths each gateway's beacons with this time constant.
    public var phoneSmoothing = 1.0
    /// Share of beacons the phone's scanner catches.
    public var beaconReception = 0.8
    /// The phone renews `EXT` this often, in seconds; 0 with every advert.
    public var marginPeriod = 0.0

    public init() {}

    /// The same with every nuisance the real sets show: body shadow, a slow scanner, passes renewed
    /// once a second, levels that are unknown or nonsense.
    public static var harsh: RadioParameters {
        var parameters = RadioParameters()
        parameters.bodyDeviation = 3
        parameters.exponentDeviation = 0.2
        parameters.channelDwell = 0.91
        parameters.marginPeriod = 1
        parameters.unknownLevel = 0.011
        parameters.garbageLevel = 0.000_03
        return parameters
    }
}

/// One radio link between the phone and one antenna, in both directions.
struct RadioLink {
    private let parameters: RadioParameters
    private var shadow: Double
    private var channels: [Double]
    private var fastSway: [Double]
    private var slowSway: [Double]
    private static let swayShares = (fast: 0.5, slow: 0.46)

    init(_ parameters: RadioParameters, _ random: inout TraceRandom) {
        self.parameters = parameters
        shadow = random.normal(parameters.shadowDeviation)
        let sway = parameters.swayDeviation
        channels = (0..<3).map { _ in random.normal(parameters.channelDeviation) }
        fastSway = (0..<3).map { _ in
            random.normal(sway * RadioLink.swayShares.fast.squareRoot())
        }
        slowSway = (0..<3).map { _ in
            random.normal(sway * RadioLink.swayShares.slow.squareRoot())
        }
    }

    /// Moves the phone by `metres` and lets `seconds` pass.
    mutating func advance(metres: Double, seconds: Double, _ random: inout TraceRandom) {
        func follow(_ value: inout Double, _ memory: Double, _ deviation: Double) {
            let fresh = (1 - memory * memory).squareRoot()
            value = memory * value + fresh * random.normal(deviation)
        }
        let sway = parameters.swayDeviation
        if metres > 0 {
            follow(
                &shadow, exp(-metres / parameters.shadowDistance), parameters.shadowDeviation)
        }
        for channel in 0..<3 {
            if metres > 0 {
                follow(
                    &channels[channel], exp(-metres / parameters.channelDistance),
                    parameters.channelDeviation)
            }
            follow(
                &fastSway[channel], exp(-seconds / 0.5),
                sway * RadioLink.swayShares.fast.squareRoot())
            follow(
                &slowSway[channel], exp(-seconds / 2.5),
                sway * RadioLink.swayShares.slow.squareRoot())
        }
    }

    /// The deviation from the distance's mean level that one packet on `channel` (0…2) sees.
    func packet(channel: Int, isStill: Bool, _ random: inout TraceRandom) -> Double {
        if isStill {
            return shadow + channels[channel] + fastSway[channel] + slowSway[channel]
        }
        let factor = parameters.ricianFactor
        let scatter = (0.5 / (factor + 1)).squareRoot()
        let inPhase = (factor / (factor + 1)).squareRoot() + random.normal(scatter)
        let quadrature = random.normal(scatter)
        let fading = 10 * log10(inPhase * inPhase + quadrature * quadrature + 0.001)
        return shadow + channels[channel] + fading
    }

    /// What to add to a packet of this link so that its shadow is partly another's: two antennas at
    /// one spot.
    func correction(sharing share: Double, with other: RadioLink) -> Double {
        share * other.shadow + ((1 - share * share).squareRoot() - 1) * shadow
    }
}
