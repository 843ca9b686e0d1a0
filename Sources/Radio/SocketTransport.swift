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
    /// HCI_CHANNEL_RAW: needs CAP_NET_RAW, and CAP_NET_ADMIN to power the adapter up.
    case raw
    /// HCI_CHANNEL_USER: needs CAP_NET_ADMIN; nobody else can use the adapter meanwhile.
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

    /// Finds the adapter, brings it into the state the channel needs, and opens it. May block
    /// for seconds, as closing a user channel may.
    ///
    /// - Precondition: `address` is a device or an index.
    public init(_ address: AdapterAddress, channel: HCIChannel) throws(AdapterError) {
        let adapters = try KernelAdapters()
        let found = try adapters.find(address)
        switch channel {
        case .raw where !found.isUp: try adapters.bringUp(found, as: address)
        case .user where found.isUp: try adapters.takeDown(found, as: address)
        case .raw, .user: break
        }
        self.address = address
        self.channel = channel
        adapter = found
        name = "\(found.name), \(channel.rawValue)"
        let raw = lintel_hci_socket()
        guard raw >= 0 else {
            throw .system(SystemError(call: "open", subject: found.name, errno: errno))
        }
        descriptor = raw
        // Not before here: nothing would free it where the adapter is missing.
        buffer = .allocate(byteCount: WireLimits.packetBytesMax, alignment: 8)
        otherUser = channel == .raw ? AdapterUsers.bluetoothDaemon() : nil
        socket = FileDescriptor(owning: raw, subject: found.name)
        guard lintel_hci_bind(raw, found.index, channel.rawChannel) == 0 else {
            throw Self.explain("bind", errno, found, address)
        }
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
        guard lintel_socket_receive_buffer(raw, Limits.receiveBufferBytes) == 0 else {
            throw explain("size buffer of")
        }
    }

    private func explain(_ call: String) -> AdapterError {
        switch errno {
        case EPIPE, ENODEV, ENETDOWN, EBADFD: .lost(address)
        case EPERM: .notPermitted(address, needs: "CAP_NET_RAW")
        case EBUSY: .busy(address, user: AdapterUsers.describe())
        default: .system(SystemError(call: call, subject: name, errno: errno))
        }
    }

    private static func explain(
        _ call: String, _ number: Int32, _ found: KernelAdapter, _ address: AdapterAddress
    ) -> AdapterError {
        switch number {
        case EBUSY: .busy(address, user: AdapterUsers.describe())
        case ERFKILL: .blocked(address, isHard: AdapterDevice(found.index).isHardBlocked)
        case EPERM: .notPermitted(address, needs: "CAP_NET_ADMIN")
        case ENODEV: .missing(address, present: [])
        default: .system(SystemError(call: call, subject: found.name, errno: number))
        }
    }
}
