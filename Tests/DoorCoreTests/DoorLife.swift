// SPDX-License-Identifier: Apache-2.0
// Random lives of doors: what may happen at one, made from a seed, and how a life that broke an
// invariant is cut down to the few steps that matter.
import Timebase

@testable import DoorCore

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// A whole number in 0..<bound.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// One thing that happens, and how long the world waited for it.
struct DoorStep: Equatable {
    enum Deed: Equatable {
        case level(LineRole, Bool)
        case lineFault(LineRole)
        case pass(CredentialClass, UInt64)
        case order
        case mode(DoorMode)
        case resetFire
        /// Orders that move no lock.
        case identify
        case raiseLevel
        case nothing
        /// The loop was stuck during the wait: no timer was handed in.
        case wedge
    }

    var wait: Interval
    var deed: Deed
}

/// A door's configuration and everything that happens to it.
struct DoorLife {
    let configuration: DoorConfiguration
    var steps: [DoorStep]

    /// - Parameter hours: how long it lasts at least.
    init(seed: UInt64, hours: Int64) {
        var random = SeededGenerator(seed: seed)
        configuration = Self.configuration(&random)
        // A calm life, a hotel's, or a storm of inputs that lasts minutes.
        let pace: [Int64] = [600_000, 120_000, 3_000, 300]
        steps = []
        var left = hours * 3_600_000
        var pause = pace[0]
        while left > 0 {
            if random.chance(10) { pause = pace[random.below(pace.count)] }
            let wait = Int64(random.next() % UInt64(2 * pause))
            left -= wait
            steps.append(DoorStep(wait: .milliseconds(wait), deed: Self.deed(&random)))
        }
    }

    private static func configuration(_ random: inout SeededGenerator) -> DoorConfiguration {
        var inputs: Set<LineRole> = []
        for role in LineRole.allCases where role.isInput && random.chance(70) {
            inputs.insert(role)
        }
        var door = DoorConfiguration.bench(
            inputs, kind: DoorKind.allCases[random.below(DoorKind.allCases.count)])
        door.failMode = random.chance(30) ? .safe : .secure
        door.pulse = .seconds(Int64(random.below(40)))
        door.relocksOnOpening = random.chance(70)
        door.rexUnlocks = random.chance(50)
        door.openLimit = .seconds(Int64(10 + random.below(60)))
        door.forcedAlarm = ForcedAlarm.allCases[random.below(3)]
        door.insideGuard = random.chance(50) ? InsideGuardParameters() : nil
        door.freeAccess = random.chance(30) ? .always : nil
        door.needsFirstPerson = random.chance(50)
        return door
    }

    private static func deed(_ random: inout SeededGenerator) -> DoorStep.Deed {
        let inputs = LineRole.allCases.filter(\.isInput)
        let role = inputs[random.below(inputs.count)]
        switch random.below(100) {
        case 0..<40: return .level(role, random.chance(35))
        case 40..<52: return .level(.contact, random.chance(50))
        case 52..<78:
            let holder = CredentialClass.allCases[random.below(4)]
            return .pass(random.chance(60) ? .guest : holder, UInt64(random.below(3)))
        case 78..<82: return .order
        case 82..<86: return .mode(DoorMode.allCases[random.below(4)])
        case 86..<88: return .mode(.normal)
        case 88..<90: return .resetFire
        case 90..<92: return .identify
        case 92..<94: return .raiseLevel
        case 94..<95: return .lineFault(role)
        case 95..<96: return .lineFault(.lock)
        case 96..<98: return .level(.lock, random.chance(20))
        default: return .wedge
        }
    }
}

extension DoorLife {
    /// The shortest life found that still breaks something: drops ever smaller runs of steps, then
    /// shortens the waits.
    func shrunk(_ breaks: (DoorLife) -> String?) -> DoorLife {
        var best = self
        var run = max(1, steps.count / 2)
        while run >= 1 {
            var start = 0
            while start < best.steps.count {
                var candidate = best
                candidate.steps.removeSubrange(start..<min(start + run, best.steps.count))
                if breaks(candidate) != nil { best = candidate } else { start += run }
            }
            run /= 2
        }
        for index in best.steps.indices {
            for wait in [Interval.zero, .milliseconds(1), .seconds(1), .seconds(10)]
            where wait < best.steps[index].wait {
                var candidate = best
                candidate.steps[index].wait = wait
                if breaks(candidate) != nil {
                    best = candidate
                    break
                }
            }
        }
        return best
    }
}
