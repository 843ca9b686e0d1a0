// SPDX-License-Identifier: Apache-2.0
// Whether a command of the hotel is to be obeyed now. A broker can hold a command back as long as
// it likes; what protects doors is that a command ends, and that the clock that says so is known.
// While it is not, only what makes doors safer is obeyed.
import DoorCore
import HotelWire
import Timebase

/// What follows from a command that is verified and new.
enum HotelJudgement: Equatable {
    case obey(DoorCore.Command)
    case sendReport
    case answer(CommandResult.Outcome, reason: String)
}

/// What a judgement depends on, beside the command.
struct HotelOrderJudge {
    let doors: [SettingsDoor]
    /// `nil` where a later start may have the same number.
    let boot: UInt32?
    let clock: ClockState
    /// The doors' own time; `nil` before the first reading.
    let time: UnixTime?
    /// What the system's clock says, right or wrong.
    let reading: UnixTime

    func judge(_ command: SignedCommand) -> HotelJudgement {
        guard let time else { return .answer(.refused, reason: "clockUntrusted") }
        guard time < command.expires else { return .answer(.expired, reason: "expired") }
        if clock == .untrusted, !command.order.isSafeAnyTime {
            return .answer(.refused, reason: "clockUntrusted")
        }
        switch command.order {
        case .open(let door): return obey(door) { .open($0) }
        case .setMode(let door, let mode):
            let mode = DoorMode(mode)
            if mode == .freeAccess, setting(door)?.configuration.freeAccess == nil {
                return .answer(.refused, reason: "noFreeAccessHours")
            }
            return obey(door) { .setMode($0, mode) }
        case .raiseLevel(let door, let level):
            guard let level = AccessLevel(rawValue: level) else {
                return .answer(.unknown, reason: "level")
            }
            return obey(door) { .raiseLevel($0, level) }
        case .identify(let door): return obey(door) { .identify($0) }
        case .resetFire(let door): return obey(door) { .resetFire($0) }
        case .confirmTime(let confirmed):
            guard confirmed == boot else { return .answer(.refused, reason: "otherStart") }
            let error = reading - command.issued
            guard error < Limits.confirmedClockErrorMax,
                .zero - error < Limits.confirmedClockErrorMax
            else { return .answer(.refused, reason: "clockIsWrong") }
            return .obey(.confirmTime)
        case .report: return .sendReport
        case .unknown: return .answer(.unknown, reason: "kind")
        }
    }

    private func obey(
        _ door: UInt8, _ command: (DoorIndex) -> DoorCore.Command
    ) -> HotelJudgement {
        guard setting(door) != nil else { return .answer(.unknown, reason: "door") }
        return .obey(command(DoorIndex(door)))
    }

    private func setting(_ door: UInt8) -> SettingsDoor? {
        doors.first { $0.configuration.index.rawValue == door }
    }
}

extension HotelOrder {
    /// Makes no door easier to pass, however late it comes. The time's confirmation has a rule of
    /// its own.
    fileprivate var isSafeAnyTime: Bool {
        switch self {
        case .setMode(_, .lockdown), .identify, .report, .confirmTime, .unknown: true
        case .open, .setMode, .raiseLevel, .resetFire: false
        }
    }

    /// Whether it may be obeyed although it cannot be written down first: twice is once.
    var isHarmlessTwice: Bool {
        switch self {
        case .setMode(_, .lockdown), .identify: true
        case .open, .setMode, .raiseLevel, .resetFire, .confirmTime, .report, .unknown: false
        }
    }
}

extension DoorMode {
    fileprivate init(_ mode: HotelOrder.Mode) {
        switch mode {
        case .normal: self = .normal
        case .lockdown: self = .lockdown
        case .freeAccess: self = .freeAccess
        case .service: self = .service
        }
    }
}
