// SPDX-License-Identifier: Apache-2.0
import GuestPass

/// Something that changed at the desk, told after it was committed, to whoever publishes or shows
/// it.
enum DeskChange: Hashable {
    /// What a gateway must be told: its snapshot is to be made anew.
    case grants(GatewayID)
    /// A gateway's connection, epoch, clock or alarms.
    case gateway(GatewayID)
    case door(GatewayID, index: UInt8)
    /// A stay, its guest, its arrival or its check-in.
    case stay(Int64)
    /// The next step of a guest who is being led.
    case guidance(stay: Int64)
    case usage(stay: Int64)
    /// Another process changed something; what, is not known.
    case records
}
