// SPDX-License-Identifier: Apache-2.0
// Where the guest may be, as weights over the places of `DetectorModel`, each with its own idea of
// how much louder or quieter than usual this phone is today. Carrying the phone's offset beside
// each place makes rise and stop count and absolute level count little: a pocket changes the level,
// not its course. (A Rao-Blackwellised hidden Markov filter, in integers.)

/// Weights over places, and the phone's offset as each place explains it.
struct DetectorBelief: Sendable {
    /// One weight a place; together between 2²⁷ and 2²⁸, give or take rounding.
    private var weights = SIMD32<UInt32>(repeating: 0)
    /// The phone's offset if it is at that place, in dB × 64.
    private var offsets = SIMD32<Int16>(repeating: 0)
    /// Variance of every offset, dB² × 256.
    private var variance = DetectorModel.offsetVariance

    init() {
        for place in 0..<DetectorModel.places { weights[place] = 1 }
        weights[DetectorModel.far] = 1 << 28 - 1
        for place in DetectorModel.door..<DetectorModel.places {
            weights[place] = DetectorModel.standingAtFirst
        }
    }

    /// The weight of a run of places.
    func weight(_ places: ClosedRange<Int>) -> UInt32 {
        var sum: UInt32 = 0
        for place in places { sum &+= weights[place] }
        return sum
    }

    /// The weight of all places together.
    private(set) var total: UInt32 = 1 << 28

    /// Log odds of these places against all others, in nats × 256.
    func odds(ofWeight those: UInt32) -> Int32 {
        Evidence.logarithm(max(those, 1)) &- Evidence.logarithm(max(total &- those, 1))
    }

    /// Log odds of the guest being stopped at this door.
    var doorOdds: Int32 { odds(ofWeight: weights[DetectorModel.door]) }

    /// Half a second passes: walkers walk on, some stop, some set out again.
    mutating func tick() {
        let oldWeights = weights
        let oldOffsets = offsets
        withPlaces { weights, offsets in
            withUnsafeBytes(of: oldWeights) { rawWeights in
                withUnsafeBytes(of: oldOffsets) { rawOffsets in
                    DetectorBelief.move(
                        rawWeights.assumingMemoryBound(to: UInt32.self),
                        rawOffsets.assumingMemoryBound(to: Int16.self), weights, offsets)
                }
            }
        }
        normalise()
    }

    private static func move(
        _ oldWeights: UnsafeBufferPointer<UInt32>, _ oldOffsets: UnsafeBufferPointer<Int16>,
        _ weights: UnsafeMutablePointer<UInt32>, _ offsets: UnsafeMutablePointer<Int16>
    ) {
        DetectorModel.moves.withUnsafeBufferPointer { moves in
            var index = 0
            while index < moves.count {
                let place = Int(moves[index].to)
                let offset = Int32(oldOffsets[Int(moves[index].from)])
                var sum: UInt64 = 0
                var moment: Int64 = 0
                repeat {
                    let move = moves[index]
                    let weight = UInt64(oldWeights[Int(move.from)])
                    let inflow = (weight &* UInt64(move.chance)) >> 16
                    let difference = Int32(oldOffsets[Int(move.from)]) &- offset
                    sum &+= inflow
                    moment &+= Int64(inflow) &* Int64(difference)
                    index &+= 1
                } while index < moves.count && Int(moves[index].to) == place
                weights[place] = UInt32(truncatingIfNeeded: max(sum, 1))
                offsets[place] = Int16(truncatingIfNeeded: offset &+ mean(moment, sum))
            }
        }
    }

    /// `moment` / `sum`, which is a difference of offsets, with the 32-bit division that costs a
    /// third of the 64-bit one.
    private static func mean(_ moment: Int64, _ sum: UInt64) -> Int32 {
        let shift = UInt64(max(0, 34 - moment.magnitude.leadingZeroBitCount))
        let divisor = Int32(truncatingIfNeeded: sum >> shift)
        guard divisor > 0 else { return 0 }
        return Int32(truncatingIfNeeded: moment >> Int64(shift)) / divisor
    }

    /// Weighs every place by a received level, and corrects every offset by it.
    ///
    /// - Parameter level: dB × 64 above the door's `near`.
    /// - Parameter milliseconds: since the last level, 100 … 2000.
    mutating func hear(level: Int32, after milliseconds: Int32) {
        typealias Model = DetectorModel
        let drift = Model.offsetDriftPerSecond * milliseconds / 1_000
        variance = min(variance + drift, Model.offsetVariance)
        let noise = Model.levelVariance + Model.levelVarianceSeconds * 1_000 / milliseconds
        let spread = variance + noise
        let gain = (variance << 16) / spread
        let precision = DetectorBelief.precision(spread)
        variance -= (variance &* gain) >> 16
        weigh { place, offset in
            let error = max(min(level - Int32(Model.levels[place]) - Int32(offset), 3_840), -3_840)
            offset &+= Int16(truncatingIfNeeded: (error &* gain &+ 32_768) >> 16)
            return DetectorBelief.surprise(error, precision)
        }
    }

    /// Weighs every place by the margin the phone measured.
    ///
    /// - Parameter margin: whole dB; 0 also where another gateway is louder.
    mutating func hear(margin: UInt8, after milliseconds: Int32) {
        typealias Model = DetectorModel
        let spread = Model.marginVariance + Model.marginVarianceSeconds * 1_000 / milliseconds
        let precision = DetectorBelief.precision(spread)
        let heard = Int32(margin) * Model.levelUnitsPerDecibel
        weigh { place, _ in
            let error = min(heard - Int32(Model.margins[place]), 3_840)
            return margin == 0 && error > 0 ? 0 : DetectorBelief.surprise(error, precision)
        }
    }

    /// log₂ e / 2 over the variance (dB² × 256), scaled for `surprise`.
    private static func precision(_ spread: Int32) -> Int32 { 48_409_856 / spread }

    /// How many bits × 64 an error of dB × 64 speaks against a place.
    private static func surprise(_ error: Int32, _ precision: Int32) -> Int32 {
        min((((error &* error) >> 6) &* precision) >> 18, DetectorModel.surpriseMax)
    }

    /// Multiplies every weight by 2 to the minus its surprise, less the smallest one.
    @inline(__always)
    private mutating func weigh(_ surprise: (Int, inout Int16) -> Int32) {
        withPlaces { weights, offsets in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: DetectorModel.places) {
                let surprises = $0.baseAddress.unsafelyUnwrapped
                var least = Int32.max
                for place in 0..<DetectorModel.places {
                    let bits = surprise(place, &offsets[place])
                    surprises[place] = bits
                    least = min(least, bits)
                }
                for place in 0..<DetectorModel.places {
                    let bits = surprises[place] &- least
                    // 2^(−f) ≈ 1 − 0.6699 f + 0.1699 f², within 0.3 %.
                    let part = UInt32(truncatingIfNeeded: bits & 63)
                    let factor = 65_536 &- part &* 686 &+ (part &* part &* 11_135) >> 12
                    let weight = (UInt64(weights[place]) &* UInt64(factor)) >> 16
                    weights[place] = UInt32(truncatingIfNeeded: weight) >> UInt32(bits >> 6)
                }
            }
        }
        normalise()
    }

    /// Shifts all weights so that their sum has 28 bits.
    private mutating func normalise() {
        var sum: UInt32 = 0
        withPlaces { weights, _ in
            for place in 0..<DetectorModel.places { sum &+= weights[place] }
            let shift = sum.leadingZeroBitCount - 4
            sum = 0
            for place in 0..<DetectorModel.places {
                let weight = weights[place]
                let shifted = shift >= 0 ? weight &<< UInt32(shift) : weight &>> UInt32(-shift)
                weights[place] = max(shifted, 1)
                sum &+= max(shifted, 1)
            }
        }
        total = sum
    }

    private mutating func withPlaces(
        _ body: (UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<Int16>) -> Void
    ) {
        withUnsafeMutablePointer(to: &weights) { weights in
            withUnsafeMutablePointer(to: &offsets) { offsets in
                weights.withMemoryRebound(to: UInt32.self, capacity: 32) { weights in
                    offsets.withMemoryRebound(to: Int16.self, capacity: 32) { offsets in
                        body(weights, offsets)
                    }
                }
            }
        }
    }
}
