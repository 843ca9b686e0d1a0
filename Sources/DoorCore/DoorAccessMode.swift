// SPDX-License-Identifier: Apache-2.0
// Who may pass at all: the operator's mode, and within `freeAccess` the hours of the day.

/// The door's mode with what it has led to.
enum DoorAccessMode: Hashable, Sendable {
    case normal
    /// Everyone is denied but emergency grants.
    case lockdown
    /// Nothing unlocks and no alarm sounds.
    case service
    /// Free access outside its hours: as `normal`.
    case freeAccessClosed
    /// Within its hours, but no member of staff has come yet: as `normal`.
    case freeAccessAwaitingStaff
    /// Anyone who touches the handle may pass.
    case freeAccessOpen

    enum Input: Hashable, Sendable {
        case set(DoorMode)
        /// Whether the hours of free access are on now.
        case hours(isOpen: Bool, needsStaff: Bool)
        /// A member of staff was let in.
        case staffPassed
    }

    enum Action: Hashable, Sendable {
        case none
        case changed(DoorMode)
        case freeAccess(isOn: Bool)
    }

    init(_ mode: DoorMode) {
        switch mode {
        case .normal: self = .normal
        case .lockdown: self = .lockdown
        case .service: self = .service
        case .freeAccess: self = .freeAccessClosed
        }
    }

    var mode: DoorMode {
        switch self {
        case .normal: .normal
        case .lockdown: .lockdown
        case .service: .service
        case .freeAccessClosed, .freeAccessAwaitingStaff, .freeAccessOpen: .freeAccess
        }
    }

    mutating func handle(_ input: Input) -> Action {
        switch (self, input) {
        case (.normal, .set(let new)), (.lockdown, .set(let new)), (.service, .set(let new)),
            (.freeAccessClosed, .set(let new)), (.freeAccessAwaitingStaff, .set(let new)),
            (.freeAccessOpen, .set(let new)):
            guard new != mode else { return .none }
            self = DoorAccessMode(new)
            return .changed(new)
        case (.freeAccessClosed, .hours(true, let needsStaff)):
            self = needsStaff ? .freeAccessAwaitingStaff : .freeAccessOpen
            return needsStaff ? .none : .freeAccess(isOn: true)
        case (.freeAccessAwaitingStaff, .hours(false, _)):
            self = .freeAccessClosed
            return .none
        case (.freeAccessAwaitingStaff, .staffPassed):
            self = .freeAccessOpen
            return .freeAccess(isOn: true)
        case (.freeAccessOpen, .hours(false, _)):
            self = .freeAccessClosed
            return .freeAccess(isOn: false)
        case (.normal, .hours), (.lockdown, .hours), (.service, .hours),
            (.freeAccessClosed, .hours(false, _)), (.freeAccessAwaitingStaff, .hours(true, _)),
            (.freeAccessOpen, .hours(true, _)), (.normal, .staffPassed),
            (.lockdown, .staffPassed), (.service, .staffPassed), (.freeAccessClosed, .staffPassed),
            (.freeAccessOpen, .staffPassed):
            return .none
        }
    }
}
