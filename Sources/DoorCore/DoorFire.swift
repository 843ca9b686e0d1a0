// SPDX-License-Identifier: Apache-2.0
// The fire input. Hardware frees fail-safe locks; software watches, reports, and remembers until a
// person has looked.

/// What the fire panel says, and has said.
enum DoorFire: Hashable, Sendable {
    case unfitted
    case unread
    case quiet
    /// The panel alarms now.
    case burning
    /// The panel is quiet again, but nobody has reset the alarm here.
    case latched

    enum Input: Hashable, Sendable {
        case level(Bool)
        case lost
        /// An operator has inspected the door.
        case reset
    }

    enum Action: Hashable, Sendable {
        case none
        case alarm
        case reset
    }

    mutating func handle(_ input: Input) -> Action {
        switch (self, input) {
        case (.unread, .level(true)), (.quiet, .level(true)), (.latched, .level(true)):
            self = .burning
            return .alarm
        case (.unread, .level(false)):
            self = .quiet
            return .none
        case (.burning, .level(false)):
            self = .latched
            return .none
        case (.latched, .reset):
            self = .quiet
            return .reset
        case (.quiet, .lost):
            self = .unread
            return .none
        case (.unfitted, .level), (.unfitted, .lost), (.unfitted, .reset), (.unread, .lost),
            (.unread, .reset), (.quiet, .level(false)), (.quiet, .reset), (.burning, .level(true)),
            (.burning, .lost), (.burning, .reset), (.latched, .level(false)), (.latched, .lost):
            return .none
        }
    }

    var isLatched: Bool {
        switch self {
        case .burning, .latched: true
        case .unfitted, .unread, .quiet: false
        }
    }
}
