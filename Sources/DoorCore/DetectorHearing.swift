// SPDX-License-Identifier: Apache-2.0
// What a received level and a margin say about where the guest is: every place is weighed by how
// much it would be surprised, and corrects what it assumes of phone and shadows.

extension DetectorBelief {
    /// Weighs every place by a received level, and corrects every offset by it.
    ///
    /// - Parameter level: dB × 64 above the door's `near`.
    /// - Parameter milliseconds: since the last level, 100 … 2000.
    mutating func hear(level: Int32, after milliseconds: Int32, _ model: DetectorModel) {
        let drift = model.offsetDriftPerSecond * milliseconds / 1_000
        let before = min(offsetVariance + drift, model.offsetVariance)
        let noise = model.levelVariance + model.levelVarianceSeconds * 1_000 / milliseconds
        let correction = Correction(before, noise: noise)
        offsetVariance = correction.variance
        let heard = Int16(max(min(level, 128 * 64), -128 * 64))
        withPlaces { places in
            var surprises = Surprises()
            return surprises.withPointer { surprises in
                return withUnsafeBytes(of: model.levels) { raw in
                    let levels = raw.assumingMemoryBound(to: Int16.self)
                    for place in 0..<DetectorModel.lanes {
                        let offset = places.offsets[place]
                        let deviation = heard &- levels[place] &- offset
                        let error = max(min(deviation, 3_840), -3_840)
                        let step = (Int32(error) &* Int32(correction.gain) &+ 16_384) &>> 15
                        places.offsets[place] = offset &+ Int16(truncatingIfNeeded: step)
                        surprises[place] = correction.surprise(error, model.surpriseMax)
                    }
                    return places.weigh(surprises)
                }
            }
        }
        settle()
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
        let walking = Correction(walkingLean, noise: noise)
        let standing = Correction(min(standingLean + drift, model.leanVariance), noise: noise)
        walkingLean = walking.variance
        standingLean = standing.variance
        let heard = max(min(margin, 255), -255) * 64
        let errorMax: Int16 = isAtMost ? 0 : 3_840
        withPlaces { places in
            var surprises = Surprises()
            return surprises.withPointer { surprises in
                return withUnsafeBytes(of: model.margins) { raw in
                    let margins = raw.assumingMemoryBound(to: Int16.self)
                    @inline(__always)
                    func hear(_ run: Range<Int>, _ correction: Correction) {
                        for place in run {
                            let lean = Int16(places.leans[place])
                            let deviation = heard &- margins[place] &- lean &* 8
                            let error = max(min(deviation, errorMax), -3_840)
                            let step = (Int32(error) &* Int32(correction.gain) &+ 131_072) &>> 18
                            let leant = lean &+ Int16(truncatingIfNeeded: step)
                            places.leans[place] = Int8(
                                truncatingIfNeeded: max(min(leant, 127), -127))
                            surprises[place] = correction.surprise(error, model.surpriseMax)
                        }
                    }
                    hear(0..<DetectorModel.door, walking)
                    hear(DetectorModel.door..<DetectorModel.lanes, standing)
                    return places.weigh(surprises)
                }
            }
        }
        settle()
    }
}

/// How far something heard corrects what was assumed, and how much it surprises.
private struct Correction {
    /// In 1/32768 of an error.
    let gain: Int16
    /// What stays uncertain, dB² × 256.
    let variance: Int32
    /// log₂ e / 2 over the whole variance, scaled for `surprise`.
    private let precision: Int32

    /// - Parameters: dB² × 256.
    init(_ before: Int32, noise: Int32) {
        let inverse = Int64(Int32.max / (before + noise))
        let gain = Int32(truncatingIfNeeded: (Int64(before) &* inverse) &>> 16)
        self.gain = Int16(truncatingIfNeeded: gain)
        variance = before - Int32(truncatingIfNeeded: (Int64(before) &* Int64(gain)) &>> 15)
        precision = Int32(truncatingIfNeeded: (48_409_856 &* inverse) &>> 31)
    }

    /// How many bits × 64 an error of dB × 64 speaks against a place.
    @inline(__always)
    func surprise(_ error: Int16, _ most: Int32) -> Int32 {
        min((((Int32(error) &* Int32(error)) &>> 6) &* precision) &>> 18, most)
    }
}

/// One surprise a place, bits × 64.
private struct Surprises {
    private var room = SIMD32<Int32>(repeating: 0)

    @inline(__always)
    mutating func withPointer(_ body: (UnsafeMutablePointer<Int32>) -> UInt32) -> UInt32 {
        withUnsafeMutablePointer(to: &room) { room in
            body(UnsafeMutableRawPointer(room).assumingMemoryBound(to: Int32.self))
        }
    }
}

extension DetectorPlaces {
    /// Multiplies every weight by 2 to the minus its surprise, less the smallest one.
    /// - Returns: the new sum.
    @inline(__always)
    fileprivate func weigh(_ surprises: UnsafeMutablePointer<Int32>) -> UInt32 {
        var least = Int32.max
        for place in 0..<DetectorModel.lanes { least = min(least, surprises[place]) }
        var sum: UInt32 = 0
        for place in 0..<DetectorModel.lanes {
            let bits = UInt32(truncatingIfNeeded: surprises[place] &- least)
            // 2^(−f) ≈ 1 − 0.6699 f + 0.1699 f², within 0.4 %.
            let part = bits & 63
            let factor = 65_536 &- part &* (686 &- (part &* 174) &>> 6)
            let product = UInt64(weights[place]) &* UInt64(factor)
            // No weight may become zero.
            let weight = UInt32(truncatingIfNeeded: product &>> UInt64(16 &+ bits &>> 6)) | 1
            weights[place] = weight
            sum &+= weight
        }
        return sum
    }
}
