// SPDX-License-Identifier: Apache-2.0
// One command at a time: the next one leaves when the last is answered and the controller has
// room. Every controller grants at least one, so nothing is gained by more, and answers cannot be
// confused. What a controller forgets (to answer, to grant) is waited for only so long.

import BLEWire
import Timebase

/// The command under way, and whether another may be sent.
struct CommandExchange {
    /// What an answer means.
    enum Answer {
        /// To the command under way: its status, and what it returned where it did.
        case result(HCICommand, status: UInt8, CommandComplete?)
        /// The command under way will be answered later.
        case pending
        /// To a command that is not under way.
        case foreign(Opcode)
        /// To no command: only the number of commands allowed.
        case grant
    }

    private(set) var underWay: HCICommand?
    private(set) var timeouts: UInt64 = 0
    private var attempts = 0
    private var answerDue = Instant.never
    /// When a command may leave although the controller granted none; `nil` while it may anyway.
    private var grantDue: Instant?

    /// When `advance` has something to do.
    var deadline: Instant? {
        underWay != nil ? answerDue : grantDue
    }

    /// Whether a command may leave now.
    var isFree: Bool { underWay == nil && grantDue == nil }

    /// A command leaves.
    ///
    /// - Precondition: `isFree`
    mutating func begin(_ command: HCICommand, at now: Instant) {
        precondition(isFree)
        underWay = command
        attempts = 1
        answerDue = now + Limits.commandTimeout
    }

    /// What to do about a command unanswered in time.
    enum Overdue {
        case nothing
        case resend(HCICommand)
        case giveUp(HCICommand)
    }

    mutating func advance(to now: Instant) -> Overdue {
        if let due = grantDue, due <= now { grantDue = nil }
        guard let command = underWay, answerDue <= now else { return .nothing }
        timeouts += 1
        guard attempts < Limits.commandAttemptsMax else { return .giveUp(command) }
        attempts += 1
        answerDue = now + Limits.commandTimeout
        return .resend(command)
    }

    mutating func complete(_ event: CommandComplete, at now: Instant) -> Answer {
        grant(event.allowedCommands, at: now)
        guard event.opcode.rawValue != 0 else { return .grant }
        guard let command = underWay, command.opcode == event.opcode else {
            return .foreign(event.opcode)
        }
        underWay = nil
        return .result(command, status: event.status ?? 0, event)
    }

    /// Some controllers send Status where Complete is due. A refusal is one either way; an
    /// acceptance ends a command that returns nothing, while one that reads is still waited for.
    mutating func status(_ event: CommandStatus, at now: Instant) -> Answer {
        grant(event.allowedCommands, at: now)
        guard event.opcode.rawValue != 0 else { return .grant }
        guard let command = underWay, command.opcode == event.opcode else {
            return .foreign(event.opcode)
        }
        if event.status == 0, command.returnsValues { return .pending }
        underWay = nil
        return .result(command, status: event.status, nil)
    }

    private mutating func grant(_ count: UInt8, at now: Instant) {
        if count > 0 {
            grantDue = nil
        } else if grantDue == nil {
            grantDue = now + Limits.commandTimeout
        }
    }
}

extension HCICommand {
    /// Whether its Command Complete carries more than a status.
    fileprivate var returnsValues: Bool {
        switch self {
        case .readLocalVersion, .readSupportedCommands, .readDeviceAddress, .readLEBufferSize,
            .readLEFeatures:
            true
        case .reset, .setEventMask, .setLEEventMask, .setRandomAddress,
            .setAdvertisingParameters, .setAdvertisingData, .setAdvertisingEnable,
            .setScanParameters, .setScanEnable, .setAdvertisingSetRandomAddress,
            .setExtendedAdvertisingParameters, .setExtendedAdvertisingData,
            .setExtendedAdvertisingEnable, .setExtendedScanParameters, .setExtendedScanEnable:
            false
        }
    }
}
