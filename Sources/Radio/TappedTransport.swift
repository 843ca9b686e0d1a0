// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Platform
import Timebase

/// A transport that shows what passes through it to a tap.
public final class TappedTransport: HCITransport {
    private let inner: any HCITransport
    private let tap: any PacketTap

    public init(_ inner: any HCITransport, tap: any PacketTap) {
        self.inner = inner
        self.tap = tap
    }

    public var name: String { inner.name }
    public var descriptor: Int32 { inner.descriptor }
    public var isExclusive: Bool { inner.isExclusive }
    public var otherUser: Int32? { inner.otherUser }
    public var adapter: KernelAdapter? { inner.adapter }
    public var hasPendingOutput: Bool { inner.hasPendingOutput }
    public var counters: TransportCounters { inner.counters }

    public func receive(
        _ handle: (HCIPacket, Instant) -> Void
    ) throws(AdapterError) -> Bool {
        try inner.receive { packet, moment in
            tap.record(packet, isFromController: true, at: moment)
            handle(packet, moment)
        }
    }

    public func send(_ packet: [UInt8]) throws(AdapterError) {
        packet.withUnsafeBytes { bytes in
            guard let whole = try? HCIPacket(bytes) else { return }
            tap.record(whole, isFromController: false, at: MonotonicClock.now())
        }
        try inner.send(packet)
    }

    public func flush() throws(AdapterError) { try inner.flush() }
}

extension BTSnoopWriter: PacketTap {}
