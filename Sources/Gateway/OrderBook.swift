// SPDX-License-Identifier: Apache-2.0
// Orders on their way to the doors and back. The office knows who gave an order and why; the core
// only carries its number. The core's `ordered` event, which precedes everything the order does,
// becomes the line of the audit with all of it; `obeyed` ends what the order brought about.
import CommandLineKit
import DoorCore
import Timebase

/// What became of an order.
enum OrderOutcome: Equatable {
    case done
    /// The door did not open, for this reason.
    case refused(DenialReason)
    /// The door thread cannot be reached; the order was not given.
    case undeliverable
    /// No answer in time; it may still be carried out.
    case unanswered
}

final class OrderBook {
    private struct Entry {
        let number: UInt64
        let command: DoorCore.Command
        let reason: String?
        let dueAt: Instant
        var refusal: DenialReason?
        /// `nil` once answered.
        var answer: ((OrderOutcome, UInt64) -> Void)?
    }

    private let send: (DoorCore.Command, Order) -> Bool
    private var entries: [Entry] = []
    private var lastNumber: UInt64 = 0
    /// The order whose events are coming in.
    private var current: Int? { entries.firstIndex { $0.number == currentNumber } }
    private var currentNumber: UInt64?

    /// - Parameter send: hands an order to the door thread; false where that is not possible.
    init(send: @escaping (DoorCore.Command, Order) -> Bool) { self.send = send }

    /// Gives an order.
    /// - Parameter answer: called once, with the outcome and the order's number.
    func place(
        _ command: DoorCore.Command, by giver: Order.Giver, reason: String?, at now: Instant,
        answer: @escaping (OrderOutcome, UInt64) -> Void
    ) {
        lastNumber += 1
        let order = Order(number: lastNumber, giver: giver)
        guard entries.count < Limits.ordersMax, send(command, order) else {
            return answer(.undeliverable, order.number)
        }
        entries.append(
            Entry(
                number: order.number, command: command, reason: reason,
                dueAt: now + Limits.orderAnswerMax, answer: answer))
    }

    /// Takes note of an event and adds to its line what only the office knows.
    func note(_ event: Event, _ line: inout JSONLine) {
        if case .ordered(let order) = event.kind {
            currentNumber = order.number
            guard let current else { return }
            line.add("command", entries[current].command.name)
            if case .setMode(_, let mode) = entries[current].command {
                line.add("mode", mode.text)
            }
            line.add("reason", entries[current].reason)
        } else if case .denied(let reason) = event.kind, event.credential == nil, let current,
            entries[current].command == event.door.map({ .open($0) })
        {
            entries[current].refusal = reason
        }
    }

    /// The door thread has carried out or refused an order.
    func finish(_ number: UInt64) {
        // Answers come in the order of the orders: what is still here from before was lost.
        while let entry = entries.first, entry.number <= number {
            entries.removeFirst()
            let outcome = entry.refusal.map { OrderOutcome.refused($0) } ?? .done
            entry.answer?(entry.number == number ? outcome : .unanswered, entry.number)
        }
        currentNumber = nil
    }

    /// Answers those who have waited too long. The entry stays for the audit line that may come.
    func expire(at now: Instant) {
        for index in entries.indices where entries[index].dueAt <= now {
            entries[index].answer?(.unanswered, entries[index].number)
            entries[index].answer = nil
        }
    }
}

extension DoorCore.Command {
    /// As operators write it.
    var name: String {
        switch self {
        case .open: "open"
        case .setMode: "mode"
        case .raiseLevel: "raise-level"
        case .identify: "identify"
        case .resetFire: "reset-fire"
        case .confirmTime: "clock confirm"
        }
    }
}

extension DoorMode {
    /// As operators write it.
    var text: String {
        switch self {
        case .normal: "normal"
        case .lockdown: "lockdown"
        case .freeAccess: "free-access"
        case .service: "service"
        }
    }

    init?(text: String) {
        guard let mode = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = mode
    }
}

extension DenialReason {
    /// Why a door did not open, for the operator who asked it to.
    var words: String {
        switch self {
        case .privacy: "the privacy bolt is closed: somebody inside does not want to be disturbed"
        case .lockdown: "the door is in lockdown"
        case .service: "the door is in service mode, where nothing unlocks"
        case .fire: "the fire panel alarms, and the lock is free by its wiring"
        case .doorOpen: "the door stands open"
        case .alreadyUnlocked: "the door is unlocked already"
        case .tooManyPulses: "the door was opened too often in the last minute, or a second ago"
        case .lockFault: "the lock cannot be driven"
        case .notReady: "the door's inputs have not all been read"
        case .wrongTag, .staleNonce, .staleWindow, .replayed, .unknownDoor, .doorNotGranted,
            .notYetValid, .expired, .outsideSchedule, .clockUntrusted, .levelTooLow, .notNear,
            .notMoving, .insideGuard, .antiPassback, .memoryFull:
            "\(self)"
        }
    }
}
