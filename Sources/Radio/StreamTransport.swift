// SPDX-License-Identifier: Apache-2.0
// H4 (Core 5.4 Vol 4 Part A) over a serial line, a UNIX socket or TCP: the controller is ours
// alone, and nobody but us will reset it.

import BLEWire
import Glibc
import Platform
import Timebase

/// A controller at the other end of a byte stream.
public final class StreamTransport: HCITransport {
    public let name: String
    private let address: AdapterAddress
    private let stream: FileDescriptor
    private var deframer = H4Deframer(from: .controller)
    private let buffer: UnsafeMutableRawBufferPointer
    private var pendingOutput: [UInt8] = []
    private var packetsReceived: UInt64 = 0
    /// A refused connection shows at the first read: until one succeeds, errors are about
    /// connecting.
    private var isConnected: Bool

    /// Opens `.serial`, `.tcp` or `.unix`.
    ///
    /// - Precondition: the address is one of these.
    public init(_ address: AdapterAddress) throws(AdapterError) {
        self.address = address
        name = "\(address)"
        do throws(SystemError) {
            switch address {
            case .serial(let path, let baud):
                stream = try SerialLine.open(path, baud: baud)
                isConnected = true
            case .tcp(let host, let port):
                stream = try Self.connect(SocketAddress(host: host, port: port), name)
                isConnected = false
            case .unix(let path):
                stream = try Self.connect(SocketAddress(path: path), name)
                isConnected = false
            case .device, .index:
                preconditionFailure("an HCI device is no byte stream")
            }
        } catch {
            throw Self.explain(error, address)
        }
        // Not before here: nothing would free it where the peer is missing.
        buffer = .allocate(byteCount: WireLimits.packetBytesMax, alignment: 8)
    }

    deinit {
        if case .serial = address { SerialLine.finishSending(stream) }
        buffer.deallocate()
    }

    public var descriptor: Int32 { stream.rawValue }
    public var isExclusive: Bool { true }
    public var otherUser: Int32? { nil }
    public var adapter: KernelAdapter? { nil }
    public var hasPendingOutput: Bool { !pendingOutput.isEmpty }

    public var counters: TransportCounters {
        var counters = TransportCounters()
        counters.packetsReceived = packetsReceived
        counters.packetsMalformed = deframer.counters.oversizedPackets
        counters.lossesOfStep = deframer.counters.lossesOfStep
        return counters
    }

    public func receive(
        _ handle: (HCIPacket, Instant) -> Void
    ) throws(AdapterError) -> Bool {
        var total = 0
        while total < Limits.streamBytesPerTurnMax {
            switch try read() {
            case .bytes(let count):
                isConnected = true
                total += count
                deliver(UnsafeRawBufferPointer(rebasing: buffer[..<count]), handle)
            case .wouldBlock: return deframer.isInStep
            case .end: throw .lost(address)
            }
        }
        return deframer.isInStep
    }

    private func deliver(
        _ bytes: UnsafeRawBufferPointer, _ handle: (HCIPacket, Instant) -> Void
    ) {
        let now = MonotonicClock.now()
        var rest = bytes
        while true {
            do throws(WireError) {
                guard let packet = try deframer.next(from: &rest) else { return }
                packetsReceived += 1
                handle(packet, now)
            } catch {
                continue
            }
        }
    }

    public func send(_ packet: [UInt8]) throws(AdapterError) {
        guard pendingOutput.count + packet.count <= Limits.pendingOutputBytesMax else {
            throw .lost(address)
        }
        pendingOutput.append(contentsOf: packet)
        try flush()
    }

    public func flush() throws(AdapterError) {
        while !pendingOutput.isEmpty {
            let taken = try write()
            guard taken > 0 else { return }
            pendingOutput.removeFirst(taken)
        }
    }

    private func read() throws(AdapterError) -> FileDescriptor.ReadOutcome {
        do throws(SystemError) {
            return try stream.read(into: buffer)
        } catch {
            throw explain(error)
        }
    }

    private func write() throws(AdapterError) -> Int {
        let count = pendingOutput.withUnsafeBytes { bytes in
            Result { () throws(SystemError) in try stream.write(bytes) }
        }
        switch count {
        case .success(let count): return count
        case .failure(let error): throw explain(error)
        }
    }

    private func explain(_ error: SystemError) -> AdapterError {
        if isConnected, [EPIPE, ECONNRESET].contains(error.errno) { return .lost(address) }
        return Self.explain(
            isConnected
                ? error : SystemError(call: "connect", subject: name, errno: error.errno), address)
    }

    private static func explain(_ error: SystemError, _ address: AdapterAddress) -> AdapterError {
        switch error.errno {
        case EBUSY: .busy(address, user: "another process holds the serial line")
        case ENOENT, ENXIO, ENODEV: .missing(address, present: [])
        default: .system(error)
        }
    }

    private static func connect(
        _ address: SocketAddress?, _ name: String
    ) throws(SystemError) -> FileDescriptor {
        guard let address else {
            throw SystemError(call: "connect", subject: name, errno: EINVAL)
        }
        return try address.connect(subject: name)
    }
}
