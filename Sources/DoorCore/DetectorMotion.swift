// SPDX-License-Identifier: Apache-2.0
// How people move within half a second. A walker is one place farther on; some pause, some stop
// somewhere, some set out again. Written out place by place, since a table of moves took three
// times the instructions.

extension DetectorBelief {
    /// Half a second passes.
    mutating func tick(_ model: DetectorModel) {
        var old = self
        withPlaces { now in
            old.withPlaces { before in
                let move = DetectorMove(before: before, now: now)
                move.walk(model)
                move.stand(model)
            }
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

    @inline(__always)
    func walk(_ model: Model) {
        // Somebody far away may set out at any moment; that there is somebody does not change.
        add(to: Model.far, before.weights[Model.last], from: Model.last)
        for place in Model.first...Model.last {
            now.weights[place] = before.weights[place - 1]
            now.offsets[place] = before.offsets[place - 1]
            now.leans[place] = before.leans[place - 1]
        }
        for place in Model.first...Model.last {
            now.weights[place] &+= DetectorBelief.part(before.weights[place], model.pausing)
        }
        for place in 0..<Model.door {
            let lean = Int32(now.leans[place])
            now.leans[place] = Int8(truncatingIfNeeded: (lean &* model.leanMemory) / 256)
        }
    }

    @inline(__always)
    func stand(_ model: Model) {
        let weights = before.weights
        let nearest = Model.nearest
        stop(
            Model.door, at: nearest, model.stoppingHere,
            beside: weights[nearest - 1] &+ weights[nearest + 1], model.stoppingHere,
            leavingTo: nearest + 1, model)
        stop(away: Model.awayBefore, inCorridor: Model.corridorBefore, at: nearest - 3, model)
        stop(away: Model.awayAfter, inCorridor: Model.corridorAfter, at: nearest + 3, model)
        stop(
            Model.neighbourBefore, at: Model.first, model.stoppingNextDoor,
            beside: weights[Model.first + 1], model.stoppingNextDoorNearby,
            leavingTo: Model.first + 1, model)
        stop(
            Model.neighbourAfter, at: Model.last, model.stoppingNextDoor,
            beside: weights[Model.last - 1], model.stoppingNextDoorNearby, leavingTo: Model.far,
            model)
    }

    /// Somebody beside the door stops there, or has stopped and goes on.
    @inline(__always)
    private func stop(away: Int, inCorridor: Int, at centre: Int, _ model: Model) {
        let beside = before.weights[centre - 1] &+ before.weights[centre + 1]
        stop(
            away, at: centre, model.stoppingAway, beside: beside, model.stoppingAwayNearby,
            leavingTo: centre + 1, model)
        stop(
            inCorridor, at: centre, model.stoppingInCorridor, beside: beside,
            model.stoppingInCorridorNearby, leavingTo: centre + 1, model)
    }

    @inline(__always)
    private func stop(
        _ place: Int, at centre: Int, _ chance: UInt32, beside: UInt32, _ chanceBeside: UInt32,
        leavingTo exit: Int, _ model: Model
    ) {
        let stopping =
            DetectorBelief.part(before.weights[centre], chance)
            &+ DetectorBelief.part(beside, chanceBeside)
        add(to: place, stopping, from: centre)
        let leaving = DetectorBelief.part(before.weights[place], model.walkingOn)
        add(to: exit, leaving, from: place)
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
