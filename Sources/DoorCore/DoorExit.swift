// SPDX-License-Identifier: Apache-2.0
// The request to exit. It excuses an opening; it never hides a door left open.
import Timebase

/// What the REX input says.
enum DoorExit: Hashable, Sendable {
    case unfitted
    case unread
    /// Not pressed; an opening before `shuntedUntil` is somebody leaving.
    case released(shuntedUntil: Instant?)
    /// Pressed, or somebody stands before the motion detector.
    case pressed(since: Instant)
    /// Active for so long that it says nothing any more: it excuses no opening.
    case stuck

    enum Input: Hashable, Sendable {
        case level(Bool)
        case lost
        case elapsed
    }

    enum Action: Hashable, Sendable {
        case none
        case requested
        case stuck
    }

    mutating func handle(_ input: Input, at now: Instant) -> Action {
        switch (self, input) {
        case (.unfitted, .level), (.unfitted, .lost), (.unfitted, .elapsed): return .none
        case (.unread, .level(true)):
            // Pressed at the first reading: a stuck button must not open a door at boot.
            self = .pressed(since: now)
            return .none
        case (.released, .level(true)):
            self = .pressed(since: now)
            return .requested
        case (.unread, .level(false)), (.stuck, .level(false)):
            self = .released(shuntedUntil: nil)
            return .none
        case (.pressed(let since), .level(false)):
            self = .released(shuntedUntil: since + Limits.exitShunt)
            return .none
        case (.pressed(let since), .elapsed):
            guard now - since >= Limits.exitStuckAfter else { return .none }
            self = .stuck
            return .stuck
        case (.released, .lost), (.pressed, .lost), (.stuck, .lost):
            self = .unread
            return .none
        case (.unread, .lost), (.unread, .elapsed), (.released, .level(false)),
            (.released, .elapsed), (.pressed, .level(true)), (.stuck, .level(true)),
            (.stuck, .elapsed):
            return .none
        }
    }

    /// Whether an opening now is somebody leaving.
    func excusesOpening(at now: Instant) -> Bool {
        switch self {
        case .pressed: true
        case .released(let shuntedUntil): shuntedUntil.map { now <= $0 } ?? false
        case .unfitted, .unread, .stuck: false
        }
    }

    var isPressed: Bool {
        switch self {
        case .pressed: true
        case .unfitted, .unread, .released, .stuck: false
        }
    }

    var deadline: Instant? {
        switch self {
        case .pressed(let since): since + Limits.exitStuckAfter
        case .unfitted, .unread, .released, .stuck: nil
        }
    }
}
