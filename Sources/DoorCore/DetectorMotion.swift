// SPDX-License-Identifier: Apache-2.0
// How people move within half a second. A walker is one place farther on; some pause, some stop
// somewhere, some set out again. Written out place by place, since a table of moves took three
// times the instructions.

extension DetectorBelief {
    /// Half a second passes.
    mutating func tick(_ model: DetectorModel) {
        var old = self
        withPlaces { now in
            var total: UInt32 = 0
            old.withPlaces { before in
                let move = DetectorMove(before: before, now: now, model: model)
                move.walk()
                move.stand()
                total = now.total
                return total
            }
            return total
        }
        // Half a metre on the shadows are others. For somebody who stands they stay.
        walkingLean = model.leanVariance
        settle()
    }
}

/// One move of everybody.
private struct DetectorMove {
    typealias Model = DetectorModel

    let before: DetectorPlaces
    let now: DetectorPlaces
    let model: DetectorModel

    func walk() {
        keep(Model.far, from: Model.far)
        add(to: Model.far, before.weights[Model.last], from: Model.last)
        // Somebody far away may set out at any moment; that there is somebody does not change.
        keep(Model.first, from: Model.far)
        add(to: Model.first, pausing(Model.first), from: Model.first)
        for place in (Model.first + 1)...Model.last {
            keep(place, from: place - 1)
            add(to: place, pausing(place), from: place)
        }
        for place in Model.far...Model.last {
            let lean = Int32(now.leans[place])
            now.leans[place] = Int8(truncatingIfNeeded: (lean &* model.leanMemory) / 256)
        }
    }

    func stand() {
        let weights = before.weights
        let nearest = Model.nearest
        stop(
            Model.door, at: nearest, model.stoppingHere,
            beside: weights[nearest - 1] &+ weights[nearest + 1], model.stoppingHere,
            leavingTo: nearest + 1)
        stop(away: Model.awayBefore, inCorridor: Model.corridorBefore, at: nearest - 3)
        stop(away: Model.awayAfter, inCorridor: Model.corridorAfter, at: nearest + 3)
        stop(
            Model.neighbourBefore, at: Model.first, model.stoppingNextDoor,
            beside: weights[Model.first + 1], model.stoppingNextDoorNearby,
            leavingTo: Model.first + 1)
        stop(
            Model.neighbourAfter, at: Model.last, model.stoppingNextDoor,
            beside: weights[Model.last - 1], model.stoppingNextDoorNearby, leavingTo: Model.far)
    }

    /// Somebody beside the door stops there, or has stopped and goes on.
    @inline(__always)
    private func stop(away: Int, inCorridor: Int, at centre: Int) {
        let beside = before.weights[centre - 1] &+ before.weights[centre + 1]
        stop(
            away, at: centre, model.stoppingAway, beside: beside, model.stoppingAwayNearby,
            leavingTo: centre + 1)
        stop(
            inCorridor, at: centre, model.stoppingInCorridor, beside: beside,
            model.stoppingInCorridorNearby, leavingTo: centre + 1)
    }

    private func pausing(_ place: Int) -> UInt32 {
        DetectorBelief.part(before.weights[place], model.pausing)
    }

    @inline(__always)
    private func stop(
        _ place: Int, at centre: Int, _ chance: UInt32, beside: UInt32, _ chanceBeside: UInt32,
        leavingTo exit: Int
    ) {
        keep(place, from: place)
        let stopping =
            DetectorBelief.part(before.weights[centre], chance)
            &+ DetectorBelief.part(beside, chanceBeside)
        add(to: place, stopping, from: centre)
        let leaving = DetectorBelief.part(before.weights[place], model.walkingOn)
        add(to: exit, leaving, from: place)
    }

    @inline(__always)
    private func keep(_ place: Int, from origin: Int) {
        now.weights[place] = before.weights[origin]
        now.offsets[place] = before.offsets[origin]
        now.leans[place] = before.leans[origin]
    }

    /// Lets people join a place; what it assumes becomes the mean of theirs and of those there.
    @inline(__always)
    private func add(to place: Int, _ weight: UInt32, from origin: Int) {
        let sum = now.weights[place] &+ weight
        now.weights[place] = sum
        // A quarter of a per cent moves nothing, nor do places next to impossible.
        guard weight > sum >> 8, sum >= 1 << 13 else { return }
        let share = Int32(truncatingIfNeeded: (weight >> 5) / (sum >> 13))
        let offset = Int32(now.offsets[place])
        let lean = Int32(now.leans[place])
        now.offsets[place] = Int16(
            truncatingIfNeeded: offset &+ ((Int32(before.offsets[origin]) &- offset) &* share) >> 8)
        now.leans[place] = Int8(
            truncatingIfNeeded: lean &+ ((Int32(before.leans[origin]) &- lean) &* share) >> 8)
    }
}
