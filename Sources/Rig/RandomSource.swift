// SPDX-License-Identifier: Apache-2.0
// The rig's only source of chance. A seed names a whole world: the same seed plays the same scene
// on every machine, so a failure can be shown again by its number.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
public struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: UInt64
    private var spareGaussian: Double?

    public init(seed: UInt64) { state = seed }

    /// An independent stream, the same for the same name however much was drawn from others.
    public static func stream(_ name: UInt64, of seed: UInt64) -> RandomSource {
        var root = RandomSource(seed: seed ^ (name &* 0xD134_2543_DE82_EF95))
        return RandomSource(seed: root.next())
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Uniform in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// True with this probability.
    public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

    /// Standard normal (Box and Muller).
    public mutating func gaussian() -> Double {
        if let spare = spareGaussian {
            spareGaussian = nil
            return spare
        }
        let radius = (-2 * log(1 - uniform())).squareRoot()
        let angle = 2 * Double.pi * uniform()
        spareGaussian = radius * sin(angle)
        return radius * cos(angle)
    }
}
