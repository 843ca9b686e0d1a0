// SPDX-License-Identifier: Apache-2.0
// Where the guest may be, as weights over the places of `DetectorModel`, each with its own idea of
// how much louder or quieter than usual this phone is today. Carrying the phone's offset beside
// each place makes rise and stop count and absolute level count little: a pocket changes the level,
// not its course. (A Rao-Blackwellised hidden Markov filter, in integers.)

/// Weights over places, and the phone's offset as each place explains it.
struct DetectorBelief: Sendable {
    /// One weight a place; together between 2²⁴ and 2²⁹.
    private(set) var weights = SIMD32<UInt32>(repeating: 0)
    /// The phone's offset if it is at that place, in dB × 64.
    private(set) var offsets = Offsets()
    /// Variance of every offset, dB² × 256.
    private var variance = max(
        DetectorModel.levelAlone.offsetVariance, DetectorModel.withMargin.offsetVariance)

    /// One offset a place, without the lanes that no place needs.
    struct Offsets: Sendable {
        private var first = SIMD16<Int16>(repeating: 0)
        private var rest = SIMD8<Int16>(repeating: 0)
    }

    init() {
        for place in 0..<DetectorModel.places { weights[place] = 1 }
        weights[DetectorModel.far] = 1 << 28 - 1
        for place in DetectorModel.door..<DetectorModel.places {
            weights[place] = DetectorModel.standingAtFirst
        }
    }

    /// The weight of a run of places.
    func weight(_ places: ClosedRange<Int>) -> UInt32 {
        withUnsafeBytes(of: weights) { raw in
            let weights = raw.assumingMemoryBound(to: UInt32.self)
            var sum: UInt32 = 0
            for place in places { sum &+= weights[place] }
            return sum
        }
    }

    /// The weight of all places together.
    private(set) var total: UInt32 = 1 << 28

    /// Log odds of the guest being stopped at this door against everything else, nats × 256.
    var doorOdds: Int32 {
        let door = weights[DetectorModel.door]
        return Evidence.logarithm(max(door, 1)) &- Evidence.logarithm(max(total &- door, 1))
    }

    /// Log odds, nats × 256, that a tap comes from this door and not from somebody standing
    /// elsewhere. Walkers seldom tap, so that a guest who has only just stopped is not yet doubted.
    func tapOdds(_ model: DetectorModel) -> Int32 {
        typealias Model = DetectorModel
        let door = weight(Model.door...Model.door)
        let passing = weight((Model.nearest - 1)...(Model.nearest + 1))
        let standing = weight(Model.awayBefore...Model.neighbourAfter)
        let inCorridor = weight(Model.corridorBefore...Model.corridorAfter)
        let others = total &- door &- passing &- standing &- inCorridor
        let here = door &+ DetectorBelief.part(passing, model.tappingWalkers)
        let elsewhere =
            standing &+ DetectorBelief.part(inCorridor, model.corridorTappers)
            &+ DetectorBelief.part(others, model.walkingTappers)
        return Evidence.logarithm(max(here, 1)) &- Evidence.logarithm(max(elsewhere, 1))
    }

    /// Of a weight, a chance in 1/65536.
    static func part(_ weight: UInt32, _ chance: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(weight) &* UInt64(chance)) >> 16)
    }

    /// Weighs every place by a received level, and corrects every offset by it.
    ///
    /// - Parameter level: dB × 64 above the door's `near`.
    /// - Parameter milliseconds: since the last level, 100 … 2000.
    mutating func hear(level: Int32, after milliseconds: Int32, _ model: DetectorModel) {
        let drift = model.offsetDriftPerSecond * milliseconds / 1_000
        variance = min(variance + drift, model.offsetVariance)
        let noise = model.levelVariance + model.levelVarianceSeconds * 1_000 / milliseconds
        let spread = variance + noise
        let gain = (variance << 16) / spread
        let precision = DetectorBelief.precision(spread)
        variance -= (variance &* gain) >> 16
        withPlaces { weights, offsets, surprises in
            return withUnsafeBytes(of: model.levels) { raw in
                let levels = raw.assumingMemoryBound(to: Int16.self)
                var least = Int32.max
                for place in 0..<DetectorModel.places {
                    let offset = Int32(offsets[place])
                    let deviation = level &- Int32(levels[place]) &- offset
                    let error = max(min(deviation, 3_840), -3_840)
                    let correction = (error &* gain &+ 32_768) &>> 16
                    offsets[place] = Int16(truncatingIfNeeded: offset &+ correction)
                    let surprise = DetectorBelief.surprise(error, precision, model.surpriseMax)
                    surprises[place] = surprise
                    least = min(least, surprise)
                }
                return DetectorBelief.weigh(weights, surprises, least: least)
            }
        }
        settle()
    }

    /// Weighs every place by the margin the phone measured.
    ///
    /// - Parameter margin: whole dB; 0 also where another gateway is louder.
    mutating func hear(margin: UInt8, after milliseconds: Int32, _ model: DetectorModel) {
        let spread = model.marginVariance + model.marginVarianceSeconds * 1_000 / milliseconds
        let precision = DetectorBelief.precision(spread)
        let heard = Int32(margin) * DetectorModel.levelUnitsPerDecibel
        let mostSurprise: Int32 = margin == 0 ? 0 : 3_840
        withPlaces { weights, _, surprises in
            return withUnsafeBytes(of: model.margins) { raw in
                let margins = raw.assumingMemoryBound(to: Int16.self)
                var least = Int32.max
                for place in 0..<DetectorModel.places {
                    let deviation = heard &- Int32(margins[place])
                    let error = max(min(deviation, mostSurprise), -3_840)
                    let surprise = DetectorBelief.surprise(error, precision, model.surpriseMax)
                    surprises[place] = surprise
                    least = min(least, surprise)
                }
                return DetectorBelief.weigh(weights, surprises, least: least)
            }
        }
        settle()
    }

    /// log₂ e / 2 over the variance (dB² × 256), scaled for `surprise`.
    private static func precision(_ spread: Int32) -> Int32 { 48_409_856 / spread }

    /// How many bits × 64 an error of dB × 64 speaks against a place.
    private static func surprise(
        _ error: Int32, _ precision: Int32, _ most: Int32
    ) -> Int32 {
        min((((error &* error) &>> 6) &* precision) &>> 18, most)
    }

    /// Multiplies every weight by 2 to the minus its surprise, less the smallest one.
    /// - Returns: the new sum.
    @inline(__always)
    private static func weigh(
        _ weights: UnsafeMutablePointer<UInt32>, _ surprises: UnsafeMutablePointer<Int32>,
        least: Int32
    ) -> UInt32 {
        var sum: UInt32 = 0
        for place in 0..<DetectorModel.places {
            let bits = UInt32(truncatingIfNeeded: surprises[place] &- least)
            // 2^(−f) ≈ 1 − 0.6699 f + 0.1699 f², within 0.4 %.
            let part = bits & 63
            let factor = 65_536 &- part &* (686 &- (part &* 174) &>> 6)
            let product = UInt64(weights[place]) &* UInt64(factor)
            // No weight may become zero: a place once excluded could never be believed again.
            let weight = UInt32(truncatingIfNeeded: product &>> UInt64(16 &+ bits &>> 6)) | 1
            weights[place] = weight
            sum &+= weight
        }
        return sum
    }

    /// Where the sum of the weights has left 2²⁴ … 2²⁹, shifts all of them back.
    mutating func settle() {
        let shift = total.leadingZeroBitCount - 4
        guard shift > 3 || shift < -1 else { return }
        withPlaces { weights, _, _ in
            var sum: UInt32 = 0
            for place in 0..<DetectorModel.places {
                let weight = weights[place]
                let shifted = shift >= 0 ? weight &<< UInt32(shift) : weight &>> UInt32(-shift)
                weights[place] = max(shifted, 1)
                sum &+= max(shifted, 1)
            }
            return sum
        }
    }

    /// Lends the weights, the offsets and room for one surprise a place; keeps the sum of weights
    /// that `body` returns.
    @inline(__always)
    mutating func withPlaces(
        _ body: (
            UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Int16>, UnsafeMutablePointer<Int32>
        ) -> UInt32
    ) {
        var room = SIMD32<Int32>(repeating: 0)
        var sum: UInt32 = 0
        withUnsafeMutablePointer(to: &weights) { weights in
            withUnsafeMutablePointer(to: &offsets) { offsets in
                withUnsafeMutablePointer(to: &room) { room in
                    sum = body(
                        UnsafeMutableRawPointer(weights).assumingMemoryBound(to: UInt32.self),
                        UnsafeMutableRawPointer(offsets).assumingMemoryBound(to: Int16.self),
                        UnsafeMutableRawPointer(room).assumingMemoryBound(to: Int32.self))
                }
            }
        }
        total = sum
    }
}
