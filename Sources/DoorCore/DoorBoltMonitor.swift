// SPDX-License-Identifier: Apache-2.0
// Compares the bolt monitor with the lock line. The line says what we want; only the monitor says
// what the bolt did.
import Timebase

/// Whether the bolt follows the line.
enum DoorBoltMonitor: Hashable, Sendable {
    case following
    /// They differ since then; bolts need time to travel.
    case differing(since: Instant, wantsUnlocked: Bool, isSecondTry: Bool)
    /// Staff see a fault until the bolt once does what it failed to do.
    case faulted(wantsUnlocked: Bool)

    enum Action: Hashable, Sendable {
        case none
        /// The bolt had its time: try once more.
        case tryAgain
        case fault
        case cleared
    }

    /// - Parameters:
    ///   - isUnlocked: what the monitor reads; `nil` where there is none.
    ///   - wantsUnlocked: what the line says; `nil` while the bolt may do either, as with the door
    ///     open.
    ///   - isSecondTry: the present pulse already is the second try.
    mutating func compare(
        isUnlocked: Bool?, wantsUnlocked: Bool?, isSecondTry: Bool, at now: Instant
    ) -> Action {
        guard let isUnlocked, let wants = wantsUnlocked else {
            restart()
            return .none
        }
        switch (self, isUnlocked == wants) {
        case (.following, true): return .none
        case (.following, false):
            self = .differing(since: now, wantsUnlocked: wants, isSecondTry: isSecondTry)
            return .none
        case (.differing, true):
            self = .following
            return .none
        case (.differing(let since, let wanted, let wasTried), false):
            guard wanted == wants else {
                self = .differing(since: now, wantsUnlocked: wants, isSecondTry: isSecondTry)
                return .none
            }
            guard now - since >= Limits.boltTravelMax else { return .none }
            guard wasTried || isSecondTry else {
                self = .differing(since: now, wantsUnlocked: wants, isSecondTry: true)
                return .tryAgain
            }
            self = .faulted(wantsUnlocked: wants)
            return .fault
        case (.faulted(let wanted), true):
            guard wanted == wants else { return .none }
            self = .following
            return .cleared
        case (.faulted, false): return .none
        }
    }

    /// The line is driven anew: the bolt gets its time anew.
    mutating func restart() {
        if case .differing = self { self = .following }
    }

    var isFaulted: Bool {
        switch self {
        case .faulted: true
        case .following, .differing: false
        }
    }

    var deadline: Instant? {
        switch self {
        case .differing(let since, _, _): since + Limits.boltTravelMax
        case .following, .faulted: nil
        }
    }
}
