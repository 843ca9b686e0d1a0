// SPDX-License-Identifier: Apache-2.0
// The door leaf as the contact shows it, and the alarm of a door left open.
import Timebase

/// Whether the door stands open, and for how long it has been allowed to.
enum DoorLeaf: Hashable, Sendable {
    /// The door has no contact.
    case unfitted
    /// Not read yet, or no longer readable.
    case unread
    case closed
    /// Open; at `warning` the pre-alarm begins.
    case open(warning: Instant, limit: Instant)
    /// The guest hears the pre-alarm.
    case warned(limit: Instant)
    /// The alarm sounds and staff know.
    case held

    enum Input: Hashable, Sendable {
        /// Open at `now` with this limit, or closed.
        case level(isOpen: Bool, limit: Interval)
        case lost
        case elapsed
    }

    enum Action: Hashable, Sendable {
        case none
        case opened
        /// Open at the first reading: nobody can say how it was opened.
        case foundOpen
        case warned
        case held
        case closed(wasHeld: Bool)
    }

    mutating func handle(_ input: Input, at now: Instant) -> Action {
        switch (self, input) {
        case (.unfitted, .level), (.unfitted, .lost), (.unfitted, .elapsed): return .none
        case (.unread, .level(let isOpen, let limit)):
            self = isOpen ? Self.opening(at: now, limit) : .closed
            return isOpen ? .foundOpen : .none
        case (.closed, .level(let isOpen, let limit)):
            guard isOpen else { return .none }
            self = Self.opening(at: now, limit)
            return .opened
        case (.open, .level(let isOpen, _)), (.warned, .level(let isOpen, _)):
            return isOpen ? .none : close(wasHeld: false)
        case (.held, .level(let isOpen, _)):
            return isOpen ? .none : close(wasHeld: true)
        case (.open(let warning, let limit), .elapsed):
            guard now >= warning else { return .none }
            self = .warned(limit: limit)
            return .warned
        case (.warned(let limit), .elapsed):
            guard now >= limit else { return .none }
            self = .held
            return .held
        case (.closed, .lost), (.open, .lost), (.warned, .lost), (.held, .lost):
            self = .unread
            return .none
        case (.unread, .lost), (.unread, .elapsed), (.closed, .elapsed), (.held, .elapsed):
            return .none
        }
    }

    var isOpen: Bool {
        switch self {
        case .open, .warned, .held: true
        case .unfitted, .unread, .closed: false
        }
    }

    var deadline: Instant? {
        switch self {
        case .open(let warning, _): warning
        case .warned(let limit): limit
        case .unfitted, .unread, .closed, .held: nil
        }
    }

    private static func opening(at now: Instant, _ limit: Interval) -> DoorLeaf {
        .open(warning: now + limit * 4 / 5, limit: now + limit)
    }

    private mutating func close(wasHeld: Bool) -> Action {
        self = .closed
        return .closed(wasHeld: wasHeld)
    }
}
