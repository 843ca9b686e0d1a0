// SPDX-License-Identifier: Apache-2.0
// What a received level and a margin say about where the guest is: every place is weighed by how
// much it would be surprised, and corrects what it assumes of phone and shadows. Eight places at a
// time, in numbers of 16 bits wherever they suffice: processors have instructions for these.

extension DetectorBelief {
    /// Weighs every place by a received level, and corrects every offset by it.
    ///
    /// - Parameter level: dB × 64 above the door's `near`.
    /// - Parameter milliseconds: since the last level, 100 … 2000.
    mutating func hear(level: Int32, after milliseconds: Int32, _ model: DetectorModel) {
        let drift = model.offsetDriftPerSecond * milliseconds / 1_000
        let before = min(offsetVariance + drift, model.offsetVariance)
        let noise = model.levelVariance + model.levelVarianceSeconds * 1_000 / milliseconds
        let correction = Correction(before, noise: noise, most: model.surpriseMax)
        offsetVariance = correction.variance
        let heard = SIMD8(repeating: Int16(max(min(level, 128 * 64), -128 * 64)))
        @inline(__always)
        func surprise(_ levels: SIMD8<Int16>, _ offsets: inout SIMD8<Int16>) -> SIMD8<Int16> {
            let deviation = heard &- levels &- offsets
            let error = Octet.clamp(deviation, Octet.errorMax)
            let doubled = Octet.high(error &<< 2, correction.gain)
            offsets &+= (doubled &+ 1) &>> 1
            return correction.surprise(error)
        }
        weigh(
            surprise(model.levels.coming, &offsets.coming),
            surprise(model.levels.going, &offsets.going),
            surprise(model.levels.standing, &offsets.standing))
    }

    /// Weighs every place by the margin the phone measured, and corrects every lean by it.
    ///
    /// - Parameter margin: whole dB, as if the next gateways were four metres off.
    /// - Parameter isAtMost: the true one may be lower: the phone says 0 also where another gateway
    ///   is louder.
    /// - Parameter milliseconds: since the last margin, 100 … 2000.
    mutating func hear(
        margin: Int16, isAtMost: Bool, after milliseconds: Int32, _ model: DetectorModel
    ) {
        let noise = model.marginVariance + model.marginVarianceSeconds * 1_000 / milliseconds
        let drift = model.leanDriftPerSecond * milliseconds / 1_000
        let walking = Correction(Int32(walkingLean), noise: noise, most: model.surpriseMax)
        let standing = Correction(
            min(Int32(standingLean) + drift, Int32(model.leanVariance)), noise: noise,
            most: model.surpriseMax)
        walkingLean = Int16(truncatingIfNeeded: walking.variance)
        standingLean = Int16(truncatingIfNeeded: standing.variance)
        let heard = SIMD8(repeating: max(min(margin, 255), -255) * 64)
        let errorMax = isAtMost ? SIMD8<Int16>() : Octet.errorMax
        @inline(__always)
        func surprise(
            _ margins: SIMD8<Int16>, _ leans: inout SIMD8<Int8>, _ correction: Correction
        ) -> SIMD8<Int16> {
            let lean = SIMD8<Int16>(truncatingIfNeeded: leans)
            let leaning = margins &+ lean &<< 3
            let deviation = heard &- leaning
            let error = Octet.min(Octet.clamp(deviation, Octet.errorMax), errorMax)
            let step = (Octet.high(error, correction.gain) &+ 2) &>> 2
            let leant = lean &+ step
            leans = SIMD8<Int8>(
                truncatingIfNeeded: Octet.clamp(leant, Octet.leanMax))
            return correction.surprise(error)
        }
        weigh(
            surprise(model.margins.coming, &leans.coming, walking),
            surprise(model.margins.going, &leans.going, walking),
            surprise(model.margins.standing, &leans.standing, standing))
    }

    /// Multiplies every weight by 2 to the minus its surprise, less the smallest one.
    @inline(__always)
    private mutating func weigh(
        _ coming: SIMD8<Int16>, _ going: SIMD8<Int16>, _ standing: SIMD8<Int16>
    ) {
        let least = SIMD8(repeating: Octet.least(Octet.min(Octet.min(coming, going), standing)))
        Octet.weigh(&weights.coming, coming &- least)
        Octet.weigh(&weights.going, going &- least)
        Octet.weigh(&weights.standing, standing &- least)
        settle()
    }
}

/// How far something heard corrects what was assumed, and how much it surprises.
private struct Correction {
    /// In 1/32768 of an error.
    let gain: SIMD8<Int16>
    /// What stays uncertain, dB² × 256.
    let variance: Int32
    /// log₂ e / 2 over the whole variance, scaled for `surprise`.
    private let precision: SIMD8<UInt16>
    private let most: SIMD8<Int16>

    /// - Parameters:
    ///   - before: dB² × 256.
    ///   - noise: dB² × 256.
    ///   - most: no surprise is greater, bits × 64.
    @inline(__always)
    init(_ before: Int32, noise: Int32, most: Int16) {
        let inverse = Int64(Int32.max / (before + noise))
        let gain = Int32(truncatingIfNeeded: (Int64(before) &* inverse) &>> 16)
        self.gain = SIMD8(repeating: Int16(truncatingIfNeeded: gain))
        variance = before - Int32(truncatingIfNeeded: (Int64(before) &* Int64(gain)) &>> 15)
        let precision = min((48_409_856 &* inverse) &>> 31, 32_767)
        self.precision = SIMD8(repeating: UInt16(truncatingIfNeeded: precision))
        self.most = SIMD8(repeating: most)
    }

    /// How many bits × 64 errors of dB × 64 speak against their places.
    @inline(__always)
    func surprise(_ error: SIMD8<Int16>) -> SIMD8<Int16> {
        let isNegative = error &>> 15
        let size = SIMD8<UInt16>(truncatingIfNeeded: (error ^ isNegative) &- isNegative) &<< 4
        let surprise = Octet.high(Octet.high(size, size), precision)
        return Octet.min(SIMD8<Int16>(truncatingIfNeeded: surprise), most)
    }
}

/// Arithmetic on eight places.
private enum Octet {
    /// No error counts for more than 60 dB: dB × 64.
    static var errorMax: SIMD8<Int16> { SIMD8(repeating: 3_840) }
    /// Of a lean, dB × 8.
    static var leanMax: SIMD8<Int16> { SIMD8(repeating: 127) }

    /// The smaller ones of numbers less than 2¹⁵ apart. (The standard library's `pointwiseMin`
    /// becomes one comparison a place.)
    @inline(__always)
    static func min(_ left: SIMD8<Int16>, _ right: SIMD8<Int16>) -> SIMD8<Int16> {
        let above = left &- right
        return right &+ (above & (above &>> 15))
    }

    /// - Parameter limit: of their sizes.
    @inline(__always)
    static func clamp(_ values: SIMD8<Int16>, _ limit: SIMD8<Int16>) -> SIMD8<Int16> {
        let low = 0 &- limit
        let above = min(values, limit) &- low
        return low &+ (above & ~(above &>> 15))
    }

    /// The smallest of eight.
    @inline(__always)
    static func least(_ values: SIMD8<Int16>) -> Int16 {
        let four = min(values, SIMD8(lowHalf: values.highHalf, highHalf: values.lowHalf)).lowHalf
        let two = SIMD2(Swift.min(four[0], four[1]), Swift.min(four[2], four[3]))
        return Swift.min(two[0], two[1])
    }

    /// The upper halves of the products.
    @inline(__always)
    static func high(_ left: SIMD8<Int16>, _ right: SIMD8<Int16>) -> SIMD8<Int16> {
        let product =
            SIMD8<Int32>(truncatingIfNeeded: left) &* SIMD8<Int32>(truncatingIfNeeded: right)
        return SIMD8<Int16>(truncatingIfNeeded: product &>> 16)
    }

    @inline(__always)
    static func high(_ left: SIMD8<UInt16>, _ right: SIMD8<UInt16>) -> SIMD8<UInt16> {
        let product =
            SIMD8<UInt32>(truncatingIfNeeded: left) &* SIMD8<UInt32>(truncatingIfNeeded: right)
        return SIMD8<UInt16>(truncatingIfNeeded: product &>> 16)
    }

    /// Multiplies weights by 2^(−surprise), surprises in bits × 64, below 16 bits.
    @inline(__always)
    static func weigh(_ weights: inout SIMD8<UInt32>, _ surprises: SIMD8<Int16>) {
        let bits = SIMD8<UInt16>(truncatingIfNeeded: surprises)
        // 2^(−f) ≈ 1 − 0.6699 f + 0.1699 f², within 0.4 %.
        let part = bits & 63
        let bend = (part &* 174) &>> 6
        let lost = part &* (686 &- bend)
        // Processors shift eight numbers by eight counts seldom, but multiply them always.
        let whole = bits &>> 6
        let power = SIMD8<UInt16>(repeating: 1) &<< (15 &- whole)
        let factor =
            SIMD8<UInt32>(truncatingIfNeeded: 65_535 &- lost)
            &* SIMD8<UInt32>(truncatingIfNeeded: power)
        let product =
            SIMD8<UInt64>(truncatingIfNeeded: weights) &* SIMD8<UInt64>(truncatingIfNeeded: factor)
        // No weight may become zero.
        weights = SIMD8<UInt32>(truncatingIfNeeded: product &>> 31) | 1
    }
}
