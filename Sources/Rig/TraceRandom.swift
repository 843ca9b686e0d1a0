// SPDX-License-Identifier: Apache-2.0
// Random numbers for traces: our own generator, so that a seed means the same trace for ever.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// xoshiro256** (Blackman and Vigna, public domain algorithm), seeded through SplitMix64.
public struct TraceRandom: RandomNumberGenerator, Sendable {
    private var a: UInt64
    private var b: UInt64
    private var c: UInt64
    private var d: UInt64

    public init(seed: UInt64) {
        var state = seed
        func split() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        a = split()
        b = split()
        c = split()
        d = split()
    }

    public mutating func next() -> UInt64 {
        let product = b &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let shifted = b << 17
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = (d << 45) | (d >> 19)
        return result
    }

    /// Uniform in 0 ..< 1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// Normal with mean 0 and this standard deviation (Box and Muller).
    public mutating func normal(_ deviation: Double) -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return deviation * radius * cos(2 * .pi * uniform())
    }

    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// One of `count` equally likely indices.
    public mutating func index(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
