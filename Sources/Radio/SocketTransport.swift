// SPDX-License-Identifier: Apache-2.0
// The kernel's HCI sockets. RAW shares the controller with the kernel, which has initialised it;
// USER takes it whole, down to the reset. Both stamp packets with the wall clock on arrival,
// before they queue for us.

import BLEWire
import CBluetooth
import Glibc
import Platform
import Timebase

/// Which HCI socket to use (`hci_channel`).
public enum HCIChannel: String, Hashable, Sendable, CaseIterable {
    /// HCI_CHANNEL_RAW: needs CAP_NET_RAW to send.
    case raw
    /// HCI_CHANNEL_USER: nobody else can use the adapter meanwhile.
    case user

    var rawChannel: UInt16 {
        switch self {
        case .raw: UInt16(HCI_CHANNEL_RAW)
        case .user: UInt16(HCI_CHANNEL_USER)
        }
    }
}

/// An adapter of this machine.
public final class SocketTransport: HCITransport {
    public let name: String
    public let descriptor: Int32
    public let otherUser: Int32?
    public let adapter: KernelAdapter?
    private let address: AdapterAddress
    private let channel: HCIChannel
    private var socket: FileDescriptor?
    private let buffer: UnsafeMutableRawBufferPointer
    private var lastMoment = Instant.origin
    private var received = TransportCounters()
    private var pendingOutput: [[UInt8]] = []

    /// The events a RAW socket lets through: Command Complete, Command Status, Hardware Error and
    /// LE Meta (Core 5.4 Vol 4 Part E 7.7).
    private static let events: [UInt8] = [0x0E, 0x0F, 0x10, 0x3E]

    /// Finds the adapter and has it opened. May block for seconds, as closing a user channel may.
    ///
    /// - Precondition: `address` is a device or an index.
    public init(_ address: AdapterAddress, channel: HCIChannel) throws(AdapterError) {
        let found = try KernelAdapters.find(address)
        self.address = address
        self.channel = channel
        adapter = found
        name = "\(found.name), \(channel.rawValue)"
        otherUser = channel == .raw ? AdapterUsers.bluetoothDaemon() : nil
        let opened = try address.perform(channel == .raw ? .openRaw : .openUser, at: found.index)
        guard let opened else { throw .lost(address) }
        // Not before here: nothing would free it where the adapter cannot be opened.
        buffer = .allocate(byteCount: WireLimits.packetBytesMax, alignment: 8)
        descriptor = opened.rawValue
        socket = consume opened
        try configure()
    }

    deinit {
        buffer.deallocate()
        if channel == .user, let socket = socket.take() { AdapterPower.closeElsewhere(socket) }
    }

    public var isExclusive: Bool { channel == .user }
    public var hasPendingOutput: Bool { !pendingOutput.isEmpty }

    public var counters: TransportCounters {
        var counters = received
        counters.packetsDropped = UInt64(max(0, lintel_socket_drops(descriptor)))
        return counters
    }

    public func receive(
        _ handle: (HCIPacket, Instant) -> Void
    ) throws(AdapterError) -> Bool {
        let offset = WallClock.offsetToMonotonic()
        for _ in 0..<Limits.packetsPerTurnMax {
            var stamp: Int64 = 0
            let count = lintel_hci_receive(
                descriptor, buffer.baseAddress, buffer.count, &stamp)
            guard count > 0 else {
                if count == 0 { throw .lost(address) }
                switch errno {
                case EAGAIN: return true
                case EINTR: continue
                default: throw explain("read")
                }
            }
            received.packetsReceived += 1
            do throws(WireError) {
                let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
                handle(try HCIPacket(bytes), moment(stamp, offset))
            } catch {
                received.packetsMalformed += 1
            }
        }
        return true
    }

    public func send(_ packet: [UInt8]) throws(AdapterError) {
        guard pendingOutput.reduce(0, { $0 + $1.count }) < Limits.pendingOutputBytesMax else {
            throw .lost(address)
        }
        pendingOutput.append(packet)
        try flush()
    }

    public func flush() throws(AdapterError) {
        while let packet = pendingOutput.first {
            if Glibc.write(descriptor, packet, packet.count) < 0 {
                switch errno {
                case EINTR: continue
                case EAGAIN: return
                default: throw explain("write")
                }
            }
            pendingOutput.removeFirst()
        }
    }

    /// A kernel stamp on our clock. Beyond belief after a step of the wall clock, it counts as now.
    private func moment(_ stamp: Int64, _ offset: Interval) -> Instant {
        let now = MonotonicClock.now()
        let placed = Instant(nanoseconds: stamp) + offset
        let believed = stamp != 0 && placed <= now && now - placed <= Limits.stampAgeMax
        lastMoment = max(lastMoment, believed ? placed : now)
        return lastMoment
    }

    private func configure() throws(AdapterError) {
        let raw = descriptor
        if channel == .raw, lintel_hci_filter(raw, Self.events, Int32(Self.events.count)) < 0 {
            throw explain("filter")
        }
        guard lintel_hci_stamp(raw, channel.rawChannel) == 0 else { throw explain("time-stamp") }
    }

    /// A refusal while it is in use: opening had its own.
    private func explain(_ call: String) -> AdapterError {
        let number = errno
        let error = SystemError(call: call, subject: name, errno: number)
        if number == EPERM { return .notPermitted(address, needs: "CAP_NET_RAW") }
        return AdapterError(error, of: address, at: adapter?.index)
    }
}
