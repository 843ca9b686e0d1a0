// SPDX-License-Identifier: Apache-2.0
// Writes what passes between host and controller as a capture other tools can read (data link
// 1002). A full disk must not stop a door: the first failure ends the capture and is kept.

import BLEWire
import Glibc
import Platform
import Timebase

/// Writes a btsnoop capture, record by record.
public final class BTSnoopWriter {
    private let file: FileDescriptor
    private var record: [UInt8] = []
    /// Why the capture ended early; `nil` while all is well.
    public private(set) var failure: SystemError?

    /// Makes a new capture at `path`, readable by its owner only: it shows who was near.
    public init(path: String) throws(SystemError) {
        file = try .open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        record.reserveCapacity(BTSnoop.recordHeaderBytes + 1 + WireLimits.packetBytesMax)
        record.append(contentsOf: BTSnoop.magic)
        record.append(bigEndian: BTSnoop.version)
        record.append(bigEndian: BTSnoopDataLink.h4.rawValue)
        try writeRecord()
    }

    /// Appends one packet, received or sent at `unixMicroseconds` since 1970.
    public func write(_ packet: HCIPacket, isFromController: Bool, unixMicroseconds: Int64) {
        guard failure == nil else { return }
        let bytes = UInt32(1 + packet.body.count)
        let isCommandOrEvent = packet.type == .command || packet.type == .event
        let flags =
            (isFromController ? BTSnoop.receivedFlag : 0)
            | (isCommandOrEvent ? BTSnoop.commandOrEventFlag : 0)
        record.removeAll(keepingCapacity: true)
        record.append(bigEndian: bytes)
        record.append(bigEndian: bytes)
        record.append(bigEndian: flags)
        record.append(bigEndian: 0 as UInt32)
        record.append(bigEndian: unixMicroseconds &+ BTSnoop.unixEpochMicroseconds)
        record.append(packet.type.rawValue)
        record.append(contentsOf: packet.body)
        do throws(SystemError) { try writeRecord() } catch { failure = error }
    }

    /// Appends one packet, received or sent at `moment` on the monotonic clock.
    public func record(_ packet: HCIPacket, isFromController: Bool, at moment: Instant) {
        let wall = moment - WallClock.offsetToMonotonic()
        write(
            packet, isFromController: isFromController,
            unixMicroseconds: wall.nanoseconds / 1_000)
    }

    private func writeRecord() throws(SystemError) {
        var written = 0
        while written < record.count {
            let outcome = record.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                return Result { () throws(SystemError) in try file.write(rest) }
            }
            written += try outcome.get()
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian number: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: number.bigEndian) { append(contentsOf: $0) }
    }
}
