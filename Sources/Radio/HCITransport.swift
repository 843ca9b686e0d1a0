// SPDX-License-Identifier: Apache-2.0
// What every way to a controller looks like from above. Captures and faults are decorators that
// wrap a transport and are one.

import BLEWire
import Timebase

/// A way to a controller that never blocks: whole HCI packets in, commands out.
///
/// Its owner watches `descriptor` for reading, and for writing while `hasPendingOutput`.
public protocol HCITransport: AnyObject {
    /// For people: `hci0 (00:1a:7d:da:71:13), raw`.
    var name: String { get }
    var descriptor: Int32 { get }
    /// Whether the controller is ours alone. If not, the kernel has brought it up and uses it
    /// too, so it is neither reset nor given event masks.
    var isExclusive: Bool { get }
    /// The process of a bluetoothd that may interfere; `nil` if there is none.
    var otherUser: Int32? { get }
    /// The kernel's adapter behind it; `nil` for a byte stream.
    var adapter: KernelAdapter? { get }
    var hasPendingOutput: Bool { get }
    var counters: TransportCounters { get }

    /// Hands over the packets that are there, until none is left or a bounded number was read.
    /// A packet is valid during its call. Its moment is when it was received: never after now,
    /// never before the packet before it, but perhaps before a timer already handled.
    ///
    /// - Returns: false when a stream has fallen out of step and needs an HCI_Reset.
    func receive(
        _ handle: (HCIPacket, Instant) -> Void
    ) throws(AdapterError) -> Bool

    /// Sends one command, H4 type byte first, or keeps what is not taken now for `flush`.
    func send(_ packet: [UInt8]) throws(AdapterError)

    /// Goes on with pending output.
    func flush() throws(AdapterError)
}

/// What a transport saw since it was opened.
public struct TransportCounters: Hashable, Sendable {
    public var packetsReceived: UInt64 = 0
    /// Packets the kernel dropped because we read too late.
    public var packetsDropped: UInt64 = 0
    /// Packets whose lengths contradict each other, or longer than any we need.
    public var packetsMalformed: UInt64 = 0
    /// Times a stream fell out of step.
    public var lossesOfStep: UInt64 = 0

    public init() {}

    /// For totals over several openings.
    public static func += (total: inout TransportCounters, more: TransportCounters) {
        total.packetsReceived += more.packetsReceived
        total.packetsDropped += more.packetsDropped
        total.packetsMalformed += more.packetsMalformed
        total.lossesOfStep += more.lossesOfStep
    }
}

/// Somebody who is shown every packet in both directions, such as a capture file's writer.
public protocol PacketTap: AnyObject {
    /// - Parameter isFromController: false for the commands sent.
    func record(_ packet: HCIPacket, isFromController: Bool, at now: Instant)
}
