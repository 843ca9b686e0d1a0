// SPDX-License-Identifier: Apache-2.0
// Where the guest may be, as weights over the places of `DetectorModel`, each with its own idea of
// how much louder or quieter than usual this phone is today, and of how far shadows between the
// gateways lean its margin. Carrying both beside each place makes rise and stop count and absolute
// level count little: a pocket changes the level, not its course. (A Rao-Blackwellised hidden
// Markov filter, in integers.)

/// Weights over places, and what each place has to assume to explain what was heard.
struct DetectorBelief: Sendable {
    /// One weight a place; together between 2²⁴ and 2²⁹.
    private var weights = Weights()
    /// The phone's offset if it is at that place, in dB × 64.
    private var offsets = Offsets()
    /// How far the margin leans if the phone is at that place, in dB × 8. A step farther on the
    /// shadows are others; for somebody who stands they stay.
    private var leans = Leans()
    /// The weight of all places together.
    private(set) var total: UInt32 = 0
    /// Variance of every offset, dB² × 256.
    var offsetVariance = max(
        DetectorModel.levelAlone.offsetVariance, DetectorModel.withMargin.offsetVariance)
    /// Variance of the leans of those who walk and of those who stand, dB² × 256.
    var walkingLean = DetectorModel.withMargin.leanVariance
    var standingLean = DetectorModel.withMargin.leanVariance

    // One number a lane of the model.
    private struct Weights: Sendable {
        private var first = SIMD16<UInt32>(repeating: 0)
        private var rest = SIMD8<UInt32>(repeating: 0)
    }

    private struct Offsets: Sendable {
        private var first = SIMD16<Int16>(repeating: 0)
        private var rest = SIMD8<Int16>(repeating: 0)
    }

    private struct Leans: Sendable {
        private var first = SIMD16<Int8>(repeating: 0)
        private var rest = SIMD8<Int8>(repeating: 0)
    }

    /// Of a phone about to be heard for the first time.
    init(_ model: DetectorModel) {
        withPlaces { places in
            places.weights[DetectorModel.far] = 1 << 28
            for place in DetectorModel.door..<DetectorModel.places {
                places.weights[place] = DetectorModel.standingAtFirst
            }
            places.weights[DetectorModel.door] = model.doorAtFirst
            return places.total
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

    /// Log odds of the guest being stopped at this door against everything else, nats × 256.
    var doorOdds: Int32 {
        let door = weight(DetectorModel.door...DetectorModel.door)
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

    /// Where the sum of the weights has left 2²⁴ … 2²⁹, shifts all of them back.
    mutating func settle() {
        let shift = total.leadingZeroBitCount - 4
        guard shift > 3 || shift < -1 else { return }
        withPlaces { places in
            for place in 0..<DetectorModel.lanes {
                let weight = places.weights[place]
                places.weights[place] =
                    shift >= 0 ? weight &<< UInt32(shift) : weight &>> UInt32(-shift)
            }
            return places.total
        }
    }

    /// Lends weights, offsets and leans; keeps the sum of weights that `body` returns.
    @inline(__always)
    mutating func withPlaces(_ body: (DetectorPlaces) -> UInt32) {
        var sum: UInt32 = 0
        withUnsafeMutablePointer(to: &weights) { weights in
            withUnsafeMutablePointer(to: &offsets) { offsets in
                withUnsafeMutablePointer(to: &leans) { leans in
                    sum = body(
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
        total = sum
    }
}

/// Numbers of a belief, by place.
struct DetectorPlaces {
    let weights: UnsafeMutablePointer<UInt32>
    let offsets: UnsafeMutablePointer<Int16>
    let leans: UnsafeMutablePointer<Int8>

    /// The sum of all weights, none of them left at zero: a place once excluded could never be
    /// believed again.
    var total: UInt32 {
        var sum: UInt32 = 0
        for place in 0..<DetectorModel.lanes {
            let weight = max(weights[place], 1)
            weights[place] = weight
            sum &+= weight
        }
        return sum
    }
}
