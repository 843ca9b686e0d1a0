// SPDX-License-Identifier: Apache-2.0
// How people move in simulated traces: along a corridor past a row of doors, to one of them, about
// the room behind it, or not at all. The door's gateway is the origin, x runs along the corridor,
// y away from the door; the gateways of the next doors are to either side, four metres off or as
// far as the simulation says.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What happens in a simulated trace.
public enum TraceScene: String, CaseIterable, Sendable {
    /// Comes along the corridor and stops 0.4 … 0.8 m before the door.
    case arrival
    /// Walks past 1 … 2.5 m from the door.
    case passBy
    /// Stops at the next door on either side.
    case neighbourStop
    /// Stops in the corridor, 1.2 … 2.5 m along it.
    case corridorStop
    /// Moves about the room, a minute and more.
    case inside
    /// A phone left on a table in the room.
    case table
    /// Stops 0.3 … 1.2 m before the door, to tap.
    case tapHere
    /// Stops six metres away in any direction, to tap.
    case tapFar
    /// Stops six metres along the corridor, to tap.
    case tapAlong
}

/// A person's course in fixed steps of time.
struct TracePath {
    static let step = 0.125

    var points: [(x: Double, y: Double)] = []
    /// Seconds after the start at which the person stopped for good.
    var stop: Double?

    init(_ scene: TraceScene, _ simulation: TraceSimulation, _ random: inout RandomSource) {
        let mean = simulation.speed
        let speed = min(max(mean + 0.1 * random.gaussian(), mean / 2), mean * 1.5)
        let start = random.uniform(8...12)
        let lane = random.uniform(simulation.lane)
        switch scene {
        case .passBy: walk(from: (-start, lane), to: (start, lane), speed)
        case .inside: roam(for: simulation.dwell, &random)
        case .table:
            stay((random.uniform(-2...2), -random.uniform(0.5...5)), for: simulation.dwell)
            stop = 0
        case .arrival, .neighbourStop, .corridorStop, .tapHere, .tapFar, .tapAlong:
            let spot = TracePath.spot(scene, simulation.spacing, &random)
            let begin = simulation.heardFrom.map { spot.x - random.uniform($0) } ?? -start
            come(from: begin, lane, to: spot, speed, simulation.dwell)
        }
    }

    /// Where a person of this scene stops; who never does would stop at the door.
    static func spot(
        _ scene: TraceScene, _ spacing: Double, _ random: inout RandomSource
    ) -> (x: Double, y: Double) {
        func side() -> Double { random.chance(0.5) ? 1 : -1 }
        switch scene {
        case .passBy, .inside, .table, .arrival: return (0, random.uniform(0.4...0.8))
        case .tapHere: return (0, random.uniform(0.3...1.2))
        case .neighbourStop: return (-side() * spacing, random.uniform(0.4...0.8))
        case .corridorStop:
            return (side() * random.uniform(1.2...2.5), random.uniform(0.8...2))
        case .tapFar:
            let angle = random.uniform(0...(.pi / 2))
            return (side() * 6 * cos(angle), max(6 * sin(angle), 0.3))
        case .tapAlong: return (side() * 6, random.uniform(0.3...1.5))
        }
    }

    /// Round the gateway at the distances of a recorded walk; what is left of the speed goes round.
    init(along walk: Trace, speed: Double) {
        var (angle, index, last) = (0.0, 0, walk.samples.first?.distance ?? 1)
        let origin = walk.samples.first?.time ?? .origin
        let end = walk.samples.last.map { ($0.time - origin).seconds } ?? 0
        for step in 0..<Int(end / TracePath.step) {
            let now = Double(step) * TracePath.step
            while index + 2 < walk.samples.count,
                (walk.samples[index + 1].time - origin).seconds <= now
            {
                index += 1
            }
            let (before, after) = (walk.samples[index], walk.samples[index + 1])
            let span = max((after.time - before.time).seconds, 1e-3)
            let share = min(1, (now - (before.time - origin).seconds) / span)
            let distance = before.distance + share * (after.distance - before.distance)
            let way = speed * TracePath.step
            angle +=
                max(way * way - (distance - last) * (distance - last), 0).squareRoot() / distance
            last = distance
            points.append((distance * cos(angle), distance * sin(angle)))
        }
    }

    /// Along the corridor, and over the last metre and a half to the spot.
    private mutating func come(
        from start: Double, _ lane: Double, to spot: (x: Double, y: Double), _ speed: Double,
        _ dwell: Double
    ) {
        let turn = max(spot.x - 1.5, start)
        walk(from: (start, lane), to: (turn, lane), speed)
        walk(from: (turn, lane), to: spot, speed)
        stop = Double(points.count) * TracePath.step
        stay(spot, for: dwell)
    }

    private mutating func walk(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ speed: Double
    ) {
        let length = hypot(end.x - start.x, end.y - start.y)
        let count = max(1, Int((length / speed / TracePath.step).rounded()))
        for index in 1...count {
            let share = Double(index) / Double(count)
            points.append(
                (start.x + share * (end.x - start.x), start.y + share * (end.y - start.y)))
        }
    }

    private mutating func stay(_ spot: (x: Double, y: Double), for seconds: Double) {
        points += Array(repeating: spot, count: Int(seconds / TracePath.step))
    }

    /// From spot to spot in the room behind the door, resting at each.
    private mutating func roam(for seconds: Double, _ random: inout RandomSource) {
        var spot = (x: 0.0, y: -0.8)
        while Double(points.count) * TracePath.step < seconds {
            let next = (random.uniform(-1.8...1.8), -random.uniform(0.6...5))
            walk(from: spot, to: next, random.uniform(0.4...1))
            spot = next
            stay(spot, for: random.uniform(3...40))
        }
    }
}
