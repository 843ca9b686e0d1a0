// SPDX-License-Identifier: Apache-2.0
// How people move within half a second. A walker is one place farther on; some pause, some stop
// somewhere, some set out again. Written out place by place, since a table of moves took three
// times the instructions.

extension DetectorBelief {
    /// Half a second passes.
    mutating func tick(_ model: DetectorModel) {
        let old = Before(weights: weights, offsets: offsets)
        withPlaces { weights, offsets, _ in
            old.withPlaces { before in
                var now = Places(weights: weights, offsets: offsets)
                DetectorBelief.walk(before, &now, model)
                DetectorBelief.stand(before, &now, model)
                return now.total
            }
        }
        settle()
    }

    private static func walk(_ before: Places, _ now: inout Places, _ model: DetectorModel) {
        typealias Model = DetectorModel
        let first = Model.first
        now.keep(Model.far, from: before, Model.far)
        now.add(to: Model.far, before.weights[Model.last], before.offsets[Model.last])
        // Somebody far away may set out at any moment; that there is somebody does not change.
        now.keep(first, from: before, Model.far)
        now.add(
            to: first, part(before.weights[first], model.pausing), before.offsets[first])
        for place in (first + 1)...Model.last {
            now.keep(place, from: before, place - 1)
            now.add(
                to: place, part(before.weights[place], model.pausing), before.offsets[place])
        }
    }

    private static func stand(_ before: Places, _ now: inout Places, _ model: DetectorModel) {
        typealias Model = DetectorModel
        let weights = before.weights
        func stop(
            _ place: Int, at centre: Int, _ chance: UInt32, beside: UInt32, _ chanceBeside: UInt32,
            leavingTo exit: Int
        ) {
            now.keep(place, from: before, place)
            let stopping = part(weights[centre], chance) &+ part(beside, chanceBeside)
            now.add(to: place, stopping, before.offsets[centre])
            now.add(to: exit, part(weights[place], model.walkingOn), before.offsets[place])
        }
        let nearest = Model.nearest
        stop(
            Model.door, at: nearest, model.stoppingHere,
            beside: weights[nearest - 1] &+ weights[nearest + 1], model.stoppingHere,
            leavingTo: nearest + 1)
        for (away, near, centre) in [
            (Model.awayBefore, Model.corridorBefore, nearest - 3),
            (Model.awayAfter, Model.corridorAfter, nearest + 3),
        ] {
            let beside = weights[centre - 1] &+ weights[centre + 1]
            stop(
                away, at: centre, model.stoppingAway, beside: beside, model.stoppingAwayNearby,
                leavingTo: centre + 1)
            stop(
                near, at: centre, model.stoppingInCorridor, beside: beside,
                model.stoppingInCorridorNearby, leavingTo: centre + 1)
        }
        stop(
            Model.neighbourBefore, at: Model.first, model.stoppingNextDoor,
            beside: weights[Model.first + 1], model.stoppingNextDoorNearby,
            leavingTo: Model.first + 1)
        stop(
            Model.neighbourAfter, at: Model.last, model.stoppingNextDoor,
            beside: weights[Model.last - 1], model.stoppingNextDoorNearby, leavingTo: Model.far)
    }
}

/// Weights and offsets as they were.
private struct Before {
    let weights: SIMD32<UInt32>
    let offsets: DetectorBelief.Offsets

    func withPlaces(_ body: (Places) -> UInt32) -> UInt32 {
        var (weights, offsets) = (weights, offsets)
        return withUnsafeMutableBytes(of: &weights) { weights in
            withUnsafeMutableBytes(of: &offsets) { offsets in
                guard let weights = weights.baseAddress, let offsets = offsets.baseAddress else {
                    return 0
                }
                return body(
                    Places(
                        weights: weights.assumingMemoryBound(to: UInt32.self),
                        offsets: offsets.assumingMemoryBound(to: Int16.self)))
            }
        }
    }
}

/// Weights and offsets in the making.
private struct Places {
    let weights: UnsafeMutablePointer<UInt32>
    let offsets: UnsafeMutablePointer<Int16>

    @inline(__always)
    mutating func keep(_ place: Int, from before: Places, _ origin: Int) {
        weights[place] = before.weights[origin]
        offsets[place] = before.offsets[origin]
    }

    /// Lets people join a place; its offset becomes the mean of theirs and of those already there.
    @inline(__always)
    mutating func add(to place: Int, _ weight: UInt32, _ offset: Int16) {
        let sum = weights[place] &+ weight
        weights[place] = sum
        // A quarter of a per cent moves no offset, nor do places next to impossible.
        guard weight > sum >> 8, sum >= 1 << 13 else { return }
        let share = Int32(truncatingIfNeeded: (weight >> 5) / (sum >> 13))
        let own = Int32(offsets[place])
        offsets[place] = Int16(truncatingIfNeeded: own &+ ((Int32(offset) &- own) &* share) >> 8)
    }

    /// The sum of all weights, none of them left at zero.
    var total: UInt32 {
        var sum: UInt32 = 0
        for place in 0..<DetectorModel.places {
            let weight = max(weights[place], 1)
            weights[place] = weight
            sum &+= weight
        }
        return sum
    }
}
