// SPDX-License-Identifier: Apache-2.0
// Where the guest may be, as weights over the places of `DetectorModel`, each with its own idea of
// how much louder or quieter than usual this phone is today, and of how far shadows between the
// gateways lean its margin. Carrying both beside each place makes rise and stop count and absolute
// level count little: a pocket changes the level, not its course. (A Rao-Blackwellised hidden
// Markov filter, in integers.)

/// Weights over places, and what each place has to assume to explain what was heard.
struct DetectorBelief: Sendable {
    /// Together between 2²⁴ and 2²⁹.
    var weights = DetectorLanes<UInt32>()
    /// The phone's offset if it is at that place, in dB × 64.
    var offsets = DetectorLanes<Int16>()
    /// How far the margin leans if the phone is at that place, in dB × 8. A step farther on the
    /// shadows are others; for somebody who stands they stay.
    var leans = DetectorLanes<Int8>()
    /// The weight of all places together.
    private(set) var total: UInt32 = 0
    /// Variance of every offset, dB² × 256.
    var offsetVariance = max(
        DetectorModel.levelAlone.offsetVariance, DetectorModel.withMargin.offsetVariance)
    /// Variance of the leans of those who walk and of those who stand, dB² × 256.
    var walkingLean = DetectorModel.withMargin.leanVariance
    var standingLean = DetectorModel.withMargin.leanVariance

    /// Of a phone about to be heard for the first time.
    init(_ model: DetectorModel) {
        withPlaces { places in
            places.weights[DetectorModel.far] = 1 << 28
            for place in DetectorModel.door...DetectorModel.corridorAfter {
                places.weights[place] = DetectorModel.standingAtFirst
            }
            places.weights[DetectorModel.door] = model.doorAtFirst
        }
        settle()
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

    /// Log odds of the guest being stopped at this door against everything else, nats × 256.
    var doorOdds: Int32 {
        // The first place to stand at, and much asked for.
        let door = weights.standing[0]
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

    /// Sums the weights up; where the sum has left 2²⁴ … 2²⁹, shifts all of them back. None is left
    /// at zero, since a place once excluded could never be believed again.
    @inline(__always)
    mutating func settle() {
        total = weights.sum
        let shift = total.leadingZeroBitCount - 4
        if shift > 3 || shift < -1 { scale(by: shift) }
    }

    private mutating func scale(by shift: Int) {
        withPlaces { places in
            for place in 0..<DetectorModel.lanes {
                let weight = places.weights[place]
                let scaled = shift >= 0 ? weight &<< UInt32(shift) : weight &>> UInt32(-shift)
                places.weights[place] = max(scaled, 1)
            }
        }
        total = weights.sum
    }

    /// Lends weights, offsets and leans by place.
    @inline(__always)
    mutating func withPlaces(_ body: (DetectorPlaces) -> Void) {
        withUnsafeMutablePointer(to: &weights) { weights in
            withUnsafeMutablePointer(to: &offsets) { offsets in
                withUnsafeMutablePointer(to: &leans) { leans in
                    body(
                        DetectorPlaces(
                            weights: UnsafeMutableRawPointer(weights)
                                .assumingMemoryBound(to: UInt32.self),
                            offsets: UnsafeMutableRawPointer(offsets)
                                .assumingMemoryBound(to: Int16.self),
                            leans: UnsafeMutableRawPointer(leans)
                                .assumingMemoryBound(to: Int8.self)))
                }
            }
        }
    }
}

/// One number a place, eight to a step: those who walk, then those who stand.
struct DetectorLanes<Number: SIMDScalar & Sendable>: Sendable
where Number.SIMD8Storage: Sendable {
    var coming = SIMD8<Number>()
    var going = SIMD8<Number>()
    var standing = SIMD8<Number>()
}

/// Numbers of a belief, by place.
struct DetectorPlaces {
    let weights: UnsafeMutablePointer<UInt32>
    let offsets: UnsafeMutablePointer<Int16>
    let leans: UnsafeMutablePointer<Int8>
}

extension DetectorLanes where Number: FixedWidthInteger {
    @inline(__always)
    var sum: Number { (coming &+ going &+ standing).wrappedSum() }
}
