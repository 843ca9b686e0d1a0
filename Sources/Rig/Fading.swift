// SPDX-License-Identifier: Apache-2.0
// Random processes with a memory in time and way, the building blocks of `AirPath`.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where and when a process was last looked at.
struct Moment: Sendable {
    let position: Position
    let at: Instant
}

/// A standard normal process that forgets exponentially with time and with the way walked.
struct GaussMarkov: Sendable {
    private(set) var value: Double
    private var last: Moment?

    init(_ random: inout RandomSource) { value = random.gaussian() }

    mutating func advance(
        to now: Moment, _ seconds: Double, _ metres: Double, _ random: inout RandomSource
    ) -> Double {
        defer { last = now }
        guard let last else { return value }
        let elapsed = abs((now.at - last.at).seconds)
        let walked = now.position.distance(to: last.position)
        let memory = exp(-elapsed / seconds - walked / metres)
        value = value * memory + random.gaussian() * (1 - memory * memory).squareRoot()
        return value
    }
}

/// One advertising channel's standing offset and its Rician fast fading.
struct ChannelFading: Sendable {
    private var offset: GaussMarkov
    private var real: Scatter
    private var imaginary: Scatter

    init(_ random: inout RandomSource) {
        offset = GaussMarkov(&random)
        real = Scatter(&random)
        imaginary = Scatter(&random)
    }

    /// dB relative to the channel's mean level. Levels are averaged in dB, where a fading wave
    /// lies below its mean power: ln(K/(K+1)) + E₁(K) nepers of power, 1.2 dB for K = 3.
    mutating func advance(
        to now: Moment, _ parameters: AirParameters, _ random: inout RandomSource
    ) -> Double {
        let direct = (parameters.ricianFactor / (parameters.ricianFactor + 1)).squareRoot()
        let spread = (1 / (2 * (parameters.ricianFactor + 1))).squareRoot()
        let inPhase = direct + spread * real.advance(to: now, parameters, &random)
        let quadrature = spread * imaginary.advance(to: now, parameters, &random)
        let power = max(inPhase * inPhase + quadrature * quadrature, 1e-6)
        let standing = offset.advance(
            to: now, .infinity, parameters.channelDecorrelationMetres, &random)
        return standing * parameters.channelSpread + 10 * log10(power)
            + parameters.meanFade
    }
}

/// One quadrature of the scattered wave: a quick part, a slow part and what no two packets share.
private struct Scatter: Sendable {
    private var quick: GaussMarkov
    private var slow: GaussMarkov

    init(_ random: inout RandomSource) {
        quick = GaussMarkov(&random)
        slow = GaussMarkov(&random)
    }

    mutating func advance(
        to now: Moment, _ parameters: AirParameters, _ random: inout RandomSource
    ) -> Double {
        let metres = parameters.fadingDecorrelationMetres
        let shares = parameters.swayShares
        let quickPart = quick.advance(to: now, parameters.swaySeconds.quick, metres, &random)
        let slowPart = slow.advance(to: now, parameters.swaySeconds.slow, metres, &random)
        return quickPart * shares.quick.squareRoot() + slowPart * shares.slow.squareRoot()
            + random.gaussian() * max(0, 1 - shares.quick - shares.slow).squareRoot()
    }
}
