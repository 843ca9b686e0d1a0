// SPDX-License-Identifier: Apache-2.0
// Where the guest may be, as weights over the places of `DetectorModel`, each with its own idea of
// how much louder or quieter than usual this phone is today. Carrying the phone's offset beside
// each place makes rise and stop count and absolute level count little: a pocket changes the level,
// not its course. (A Rao-Blackwellised hidden Markov filter, in integers.)

/// Weights over places, and the phone's offset as each place explains it.
struct DetectorBelief: Sendable {
    /// One weight a place; together between 2²⁴ and 2²⁹.
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

    /// Half a second passes: walkers walk on, some stop, some set out again.
    mutating func tick() {
        let oldWeights = weights
        let oldOffsets = offsets
        withPlaces { weights, offsets, _ in
            withUnsafeBytes(of: oldWeights) { rawWeights in
                withUnsafeBytes(of: oldOffsets) { rawOffsets in
                    DetectorBelief.move(
                        rawWeights.assumingMemoryBound(to: UInt32.self),
                        rawOffsets.assumingMemoryBound(to: Int16.self), weights, offsets)
                }
            }
        }
        settle()
    }

    private static func move(
        _ oldWeights: UnsafeBufferPointer<UInt32>, _ oldOffsets: UnsafeBufferPointer<Int16>,
        _ weights: UnsafeMutablePointer<UInt32>, _ offsets: UnsafeMutablePointer<Int16>
    ) -> UInt32 {
        var total: UInt32 = 0
        DetectorModel.moves.withUnsafeBufferPointer { moves in
            var index = 0
            while index < moves.count {
                let first = moves[index]
                let main = inflow(first, oldWeights)
                let offset = Int32(oldOffsets[Int(first.from)])
                var sum = main
                var moment: Int64 = 0
                index &+= 1
                while index < moves.count, moves[index].to == first.to {
                    let move = moves[index]
                    let more = inflow(move, oldWeights)
                    sum &+= more
                    moment &+=
                        Int64(more)
                        &* Int64(Int32(oldOffsets[Int(move.from)]) &- offset)
                    index &+= 1
                }
                weights[Int(first.to)] = max(sum, 1)
                total &+= max(sum, 1)
                // Less than a quarter of a per cent from elsewhere moves no offset.
                let correction = sum &- main > main >> 8 ? mean(moment, sum) : 0
                offsets[Int(first.to)] = Int16(truncatingIfNeeded: offset &+ correction)
            }
        }
        return total
    }

    private static func inflow(
        _ move: DetectorModel.Move, _ weights: UnsafeBufferPointer<UInt32>
    ) -> UInt32 {
        UInt32(truncatingIfNeeded: (UInt64(weights[Int(move.from)]) &* UInt64(move.chance)) >> 16)
    }

    /// `moment` / `sum`, which is a difference of offsets, with the 32-bit division that costs a
    /// third of the 64-bit one.
    private static func mean(_ moment: Int64, _ sum: UInt32) -> Int32 {
        let shift = UInt32(max(0, 34 - moment.magnitude.leadingZeroBitCount))
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
        withPlaces { weights, offsets, surprises in
            withUnsafeBytes(of: Model.levels) { raw in
                let levels = raw.assumingMemoryBound(to: Int16.self)
                for place in 0..<Model.places {
                    let offset = Int32(offsets[place])
                    let deviation = level &- Int32(levels[place]) &- offset
                    let error = max(min(deviation, 3_840), -3_840)
                    let correction = (error &* gain &+ 32_768) &>> 16
                    offsets[place] = Int16(truncatingIfNeeded: offset &+ correction)
                    surprises[place] = DetectorBelief.surprise(error, precision)
                }
            }
            return DetectorBelief.weigh(weights, surprises)
        }
        settle()
    }

    /// Weighs every place by the margin the phone measured.
    ///
    /// - Parameter margin: whole dB; 0 also where another gateway is louder.
    mutating func hear(margin: UInt8, after milliseconds: Int32) {
        typealias Model = DetectorModel
        let spread = Model.marginVariance + Model.marginVarianceSeconds * 1_000 / milliseconds
        let precision = DetectorBelief.precision(spread)
        let heard = Int32(margin) * Model.levelUnitsPerDecibel
        let mostSurprise: Int32 = margin == 0 ? 0 : 3_840
        withPlaces { weights, _, surprises in
            withUnsafeBytes(of: Model.margins) { raw in
                let margins = raw.assumingMemoryBound(to: Int16.self)
                for place in 0..<Model.places {
                    let deviation = heard &- Int32(margins[place])
                    let error = max(min(deviation, mostSurprise), -3_840)
                    surprises[place] = DetectorBelief.surprise(error, precision)
                }
            }
            return DetectorBelief.weigh(weights, surprises)
        }
        settle()
    }

    /// log₂ e / 2 over the variance (dB² × 256), scaled for `surprise`.
    private static func precision(_ spread: Int32) -> Int32 { 48_409_856 / spread }

    /// How many bits × 64 an error of dB × 64 speaks against a place.
    private static func surprise(_ error: Int32, _ precision: Int32) -> Int32 {
        min((((error &* error) &>> 6) &* precision) &>> 18, DetectorModel.surpriseMax)
    }

    /// Multiplies every weight by 2 to the minus its surprise, less the smallest one.
    /// - Returns: the new sum.
    private static func weigh(
        _ weights: UnsafeMutablePointer<UInt32>, _ surprises: UnsafeMutablePointer<Int32>
    ) -> UInt32 {
        var least = Int32.max
        for place in 0..<DetectorModel.places { least = min(least, surprises[place]) }
        var sum: UInt32 = 0
        for place in 0..<DetectorModel.places {
            let bits = UInt32(truncatingIfNeeded: surprises[place] &- least)
            // 2^(−f) ≈ 1 − 0.6699 f + 0.1699 f², within 0.3 %.
            let part = bits & 63
            let factor = 65_536 &- part &* 686 &+ (part &* part &* 11_135) &>> 12
            let product = UInt64(weights[place]) &* UInt64(factor)
            let weight = UInt32(truncatingIfNeeded: product &>> UInt64(16 &+ bits &>> 6))
            weights[place] = max(weight, 1)
            sum &+= max(weight, 1)
        }
        return sum
    }

    /// Where the sum of the weights has left 2²⁴ … 2²⁹, shifts all of them back.
    private mutating func settle() {
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
    private mutating func withPlaces(
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
