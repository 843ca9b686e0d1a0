// SPDX-License-Identifier: Apache-2.0
// Cuts a byte stream (serial line, UNIX or TCP socket) into HCI packets.
//
// H4 has no frame marks, so after a byte that starts no packet nothing later can be trusted. The
// specification's way back (Core 5.4 Vol 4 Part A 4): the host sends HCI_Reset and looks through
// the stream for its Command Complete. Guessing at the next plausible type byte would hand
// advertising data to the event decoder.

/// Cuts an H4 stream into packets, within `WireLimits.packetBytesMax`.
public struct H4Deframer: ~Copyable {
    /// Whose stream is read: it says which packet proves a reset.
    public enum Sender: Sendable {
        case controller
        case host
    }

    /// What went wrong on this stream so far.
    public struct Counters: Hashable, Sendable {
        /// Bytes thrown away while out of step.
        public var garbageBytes: UInt64 = 0
        /// Packets skipped for their length.
        public var oversizedPackets: UInt64 = 0
        /// Times the stream fell out of step.
        public var lossesOfStep: UInt64 = 0
    }

    public private(set) var counters = Counters()
    /// False after a garbage byte, until the trace of an HCI_Reset has been seen.
    public private(set) var isInStep = true

    private let resetTrace: [UInt8?]
    private let storage: UnsafeMutableRawBufferPointer
    private var held = 0
    private var isDelivered = false
    private var bytesToSkip = 0

    public init(from sender: Sender = .controller) {
        storage = .allocate(byteCount: WireLimits.packetBytesMax, alignment: 8)
        resetTrace =
            switch sender {
            case .controller: [0x04, 0x0E, 0x04, nil, 0x03, 0x0C, nil]
            case .host: [0x01, 0x03, 0x0C, 0x00]
            }
    }

    deinit { storage.deallocate() }

    /// Forgets a half-received packet: the transport was opened anew.
    public mutating func restart() {
        held = 0
        isDelivered = false
        bytesToSkip = 0
        isInStep = true
    }

    /// Takes bytes off the front of `input` until a packet is whole.
    ///
    /// - Returns: the packet, valid until the next call; `nil` once `input` is used up.
    /// - Throws: `unknownPacketType` when the stream falls out of step (send HCI_Reset, keep
    ///   calling), `oversized` when a packet is being skipped (keep calling).
    public mutating func next(
        from input: inout UnsafeRawBufferPointer
    ) throws(WireError) -> HCIPacket? {
        if isDelivered {
            held = 0
            isDelivered = false
        }
        if bytesToSkip > 0 {
            let skipped = min(bytesToSkip, input.count)
            input = UnsafeRawBufferPointer(rebasing: input[skipped...])
            bytesToSkip -= skipped
        }
        guard isInStep else { return findReset(in: &input) }
        while true {
            let wanted = try bytesWanted()
            if held > 0, wanted == held { return deliver() }
            guard !input.isEmpty else { return nil }
            take(min(wanted - held, input.count), from: &input)
        }
    }

    /// How many bytes to hold before the packet, or the next part of it, is whole.
    private mutating func bytesWanted() throws(WireError) -> Int {
        guard held > 0 else { return 1 }
        guard let type = PacketType(rawValue: storage[0]) else {
            let garbage = storage[0]
            held = 0
            isInStep = false
            counters.garbageBytes += 1
            counters.lossesOfStep += 1
            throw .unknownPacketType(garbage)
        }
        let beforePayload = 1 + type.headerBytes
        guard held >= beforePayload else { return beforePayload }
        let header = UnsafeRawBufferPointer(rebasing: storage[1..<beforePayload])
        let payloadBytes = try type.payloadBytes(header: header)
        guard beforePayload + payloadBytes <= storage.count else {
            held = 0
            bytesToSkip = payloadBytes
            counters.oversizedPackets += 1
            throw .oversized(declaredBytes: payloadBytes)
        }
        return beforePayload + payloadBytes
    }

    private mutating func take(_ count: Int, from input: inout UnsafeRawBufferPointer) {
        UnsafeMutableRawBufferPointer(rebasing: storage[held..<held + count])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
        held += count
        input = UnsafeRawBufferPointer(rebasing: input[count...])
    }

    private mutating func deliver() -> HCIPacket? {
        guard let type = PacketType(rawValue: storage[0]) else { return nil }
        isDelivered = true
        return HCIPacket(type: type, body: UnsafeRawBufferPointer(rebasing: storage[1..<held]))
    }

    /// Slides over `input` until the last bytes are the trace of a reset.
    private mutating func findReset(in input: inout UnsafeRawBufferPointer) -> HCIPacket? {
        while !input.isEmpty {
            take(1, from: &input)
            while held > 0, !heldStartsResetTrace {
                for index in 1..<held { storage[index - 1] = storage[index] }
                held -= 1
                counters.garbageBytes += 1
            }
            if held == resetTrace.count {
                isInStep = true
                return deliver()
            }
        }
        return nil
    }

    private var heldStartsResetTrace: Bool {
        for index in 0..<held {
            if let expected = resetTrace[index], storage[index] != expected { return false }
        }
        return true
    }
}
