// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import GuestPass
import Timebase

/// One event of a gateway, stored once by the hotel: (gateway, boot, sequence) names it for ever.
struct DeskEvent {
    let gateway: GatewayID
    /// Counts the gateway's starts.
    let boot: UInt32
    let sequence: UInt64
    let wall: UnixTime
    /// The event's name as on the wire: `granted`, `denied`, `opened`, `presence` …
    let kind: String
    /// The door's index on its gateway; `nil` for what concerns the whole gateway.
    let door: UInt8?
    let pass: PassID?
    /// The line as it left the gateway, byte for byte: the hash chain is over these.
    let line: String
}
