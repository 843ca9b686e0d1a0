// SPDX-License-Identifier: Apache-2.0
// An event in the words of doors.md, as one JSON object: what `replay` and `run` print.
import CommandLineKit
import DoorCore
import Radio
import Timebase

/// Writes events; it alone knows what the installer called the doors and radios.
public struct EventLine: Sendable {
    private let doors: [DoorIndex: String]
    private let radios: [String]
    /// The moment `t` counts from.
    private let origin: Instant
    /// Counts the starts of the service; `nil` where nothing is journalled.
    private let boot: UInt32?

    public init(
        doors: [DoorIndex: String], radios: [String], origin: Instant, boot: UInt32? = nil
    ) {
        self.doors = doors
        self.radios = radios
        self.origin = origin
        self.boot = boot
    }

    public init(_ settings: Settings, origin: Instant, boot: UInt32? = nil) {
        self.init(
            doors: Dictionary(
                uniqueKeysWithValues: settings.doors.map { ($0.configuration.index, $0.name) }),
            radios: settings.receivers.map(\.configuration.name), origin: origin, boot: boot)
    }

    /// `{"t":3.412,"sequence":7,"event":"denied","door":"301",…,"reason":"notNear",…}`
    public func text(_ event: Event) -> String { line(event).text }

    /// The same, for those who have more to add.
    public func line(_ event: Event) -> JSONLine {
        var line = JSONLine()
        line.add("t", units: (event.at - origin).milliseconds, places: 3)
        if let boot { line.add("boot", boot) }
        line.add("sequence", event.sequence)
        line.add("event", event.kind.name)
        if let door = event.door {
            line.add("door", name(door))
            if boot != nil { line.add("index", door.rawValue) }
        }
        if let credential = event.credential { line.add("credential", credential.text) }
        addDetails(of: event, to: &line)
        line.add("wall", event.wall.map(\.text))
        line.add("clock", "\(event.clock)")
        return line
    }

    /// What a person filters the journal by; the names are in the catalogue of messages.
    func fields(of event: Event) -> [String: String] {
        var fields = ["LINTEL_EVENT": event.kind.name]
        if let door = event.door { fields["LINTEL_DOOR"] = name(door) }
        switch event.kind {
        case .denied(let reason): fields["LINTEL_REASON"] = "\(reason)"
        case .radioLost(let receiver), .radioRestored(let receiver),
            .radioRecovery(let receiver, _):
            fields["LINTEL_RADIO"] = name(receiver)
        default: break
        }
        return fields
    }

    private func addDetails(of event: Event, to line: inout JSONLine) {
        switch event.kind {
        case .granted(let level): line.add("level", level.rawValue)
        case .denied(let reason): line.add("reason", "\(reason)")
        case .unlocked(let until):
            line.add("until", units: (until - origin).milliseconds, places: 3)
        case .modeChanged(let mode): line.add("mode", "\(mode)")
        case .presence(let state): line.add("state", "\(state)")
        case .tagAlarm(let count), .overflow(let count), .journalEvicted(let count),
            .journalUnwritten(let count):
            line.add("count", count)
        case .boot(let cause): line.add("cause", "\(cause)")
        case .radioLost(let receiver), .radioRestored(let receiver):
            line.add("radio", name(receiver))
        case .radioRecovery(let receiver, let step):
            line.add("radio", name(receiver))
            line.add("step", RecoveryRung(rawValue: Int(step) - 1).map { "\($0)" })
        case .clockState(let state): line.add("state", "\(state)")
        case .snapshot(let epoch), .snapshotRejected(let epoch): line.add("epoch", epoch)
        case .lineFault(let role), .lineFaultCleared(let role): line.add("line", "\(role)")
        case .freeAccess(let isOn): line.add("on", isOn)
        case .ordered(let order):
            line.add("order", order.number)
            switch order.giver {
            case .operator(let user):
                line.add("by", "operator")
                line.add("user", user)
            case .hotel: line.add("by", "hotel")
            }
        case .relocked, .opened, .closed, .forced, .heldWarning, .held, .heldCleared, .rex,
            .rexStuck, .fireOn, .fireReset, .tamper, .tamperCleared, .lockFault,
            .lockFaultCleared, .privacyOn, .privacyOff, .operatorOpen, .antiPassback,
            .configurationChanged, .journalRenewed:
            break
        }
    }

    private func name(_ door: DoorIndex) -> String { doors[door] ?? "\(door.rawValue)" }

    private func name(_ receiver: ReceiverIndex) -> String {
        let index = Int(receiver.rawValue)
        return index < radios.count ? radios[index] : "\(index)"
    }
}

extension EventKind {
    /// The event's name in the vocabulary: the case without its details.
    public var name: String {
        let text = "\(self)"
        return String(text.prefix { $0 != "(" })
    }

    /// Goes first when the journal is full: it tells least about what happened to a door.
    var isDispensable: Bool {
        switch self {
        case .denied, .presence: true
        default: false
        }
    }
}

extension CredentialID {
    /// Sixteen hexadecimal digits.
    public var text: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
