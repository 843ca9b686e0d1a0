// SPDX-License-Identifier: Apache-2.0
// An input that is nothing but a level: privacy bolt, handle, tamper switch. It is compared with
// the level before, never toggled, so a repeated or lost edge does no harm.

/// What is known of one input's level.
enum DoorSensor: Hashable, Sendable {
    /// The door has no such input.
    case unfitted
    /// Never read, or no longer readable: whoever depends on it waits.
    case unread
    case inactive
    case active

    enum Input: Hashable, Sendable {
        case level(Bool)
        /// The line cannot be read.
        case lost
    }

    enum Action: Hashable, Sendable {
        case none
        /// Active at the first reading: a state, but not something somebody did just now.
        case foundActive
        case activated
        case deactivated
    }

    mutating func handle(_ input: Input) -> Action {
        switch (self, input) {
        case (.unfitted, .level), (.unfitted, .lost): return .none
        case (.unread, .level(false)):
            self = .inactive
            return .none
        case (.unread, .level(true)):
            self = .active
            return .foundActive
        case (.inactive, .level(true)):
            self = .active
            return .activated
        case (.active, .level(false)):
            self = .inactive
            return .deactivated
        case (.inactive, .level(false)), (.active, .level(true)), (.unread, .lost): return .none
        case (.inactive, .lost), (.active, .lost):
            self = .unread
            return .none
        }
    }
}
