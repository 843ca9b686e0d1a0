// SPDX-License-Identifier: Apache-2.0
// Who is behind a command. The core has no words: why an order was given stays in the office, which
// finds it again by the order's number when the core records `ordered`. That event is the first
// thing an order brings about, so it has its place in the audit before the order has any effect.

/// One order of a person or of the hotel, already authenticated by the office.
public struct Order: Hashable, Sendable {
    public enum Giver: Hashable, Sendable {
        /// Somebody at this gateway, by the kernel's word (`SO_PEERCRED`).
        case `operator`(user: UInt32)
        /// The hotel server.
        case hotel
    }

    /// Counts from 1 at every boot of the service.
    public let number: UInt64
    public let giver: Giver

    public init(number: UInt64, giver: Giver) {
        self.number = number
        self.giver = giver
    }
}

extension Command {
    /// The door it is about; `nil` for the whole gateway.
    public var door: DoorIndex? {
        switch self {
        case .open(let door), .setMode(let door, _), .raiseLevel(let door, _),
            .identify(let door), .resetFire(let door):
            door
        case .confirmTime: nil
        }
    }
}
