// SPDX-License-Identifier: Apache-2.0
// The btsnoop capture format: what Android phones, hcidump, btmon and Wireshark write.
//
//   file     "btsnoop\0" │ version 4 = 1 │ data link 4
//   record   original length 4 │ included length 4 │ flags 4 │ drops 4 │ time 8 │ packet …
//
// All big-endian; time counts microseconds from midnight, 1 January of the year 0. Documented by
// Wireshark's wiretap/btsnoop.c and BlueZ's src/shared/btsnoop.h.

import BLEWire
import Platform

/// How a capture's packets are wrapped.
enum BTSnoopDataLink: UInt32 {
    /// HCI without a type byte: the flags tell commands and events from data.
    case unencapsulated = 1001
    /// The H4 type byte, then the packet.
    case h4 = 1002
    /// The Linux monitor socket: the flags hold adapter and kind of record.
    case linuxMonitor = 2001
}

enum BTSnoop {
    static let magic: [UInt8] = Array("btsnoop".utf8) + [0]
    static let version: UInt32 = 1
    static let fileHeaderBytes = 16
    static let recordHeaderBytes = 24
    /// 1970-01-01 on the capture's clock.
    static let unixEpochMicroseconds: Int64 = 0x00DC_DDB3_0F2F_8000
    /// 1970 to 2106, as in passes and beacons. What a record says beyond is a mistake or a trap:
    /// times far apart would have no difference in nanoseconds.
    static let unixMicroseconds: ClosedRange<Int64> = 0...Int64(UInt32.max) * 1_000_000
    /// Flag bit 0: from the controller. Bit 1: a command or an event.
    static let receivedFlag: UInt32 = 1
    static let commandOrEventFlag: UInt32 = 2
}

/// Why a capture cannot be read, or not further.
public enum CaptureError: Error, Hashable, Sendable {
    case system(SystemError)
    case notBTSnoop(subject: String)
    case unsupportedVersion(subject: String, version: UInt32)
    case unsupportedDataLink(subject: String, dataLink: UInt32)
    /// The file ends within a record, as when the writer lost power. The records before are good.
    case truncatedRecord(subject: String, number: Int)
    /// A record claims a length no packet has; where the next begins is unknown.
    case oversizedRecord(subject: String, number: Int, bytes: UInt32)
}

extension CaptureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let error):
            error.description
        case .notBTSnoop(let subject):
            "'\(subject)' is not a btsnoop file"
        case .unsupportedVersion(let subject, let version):
            "'\(subject)' is btsnoop version \(version); only version 1 can be read"
        case .unsupportedDataLink(let subject, let dataLink):
            "'\(subject)' has data link \(dataLink); 1001, 1002 and 2001 can be read"
        case .truncatedRecord(let subject, let number):
            "'\(subject)' ends within record \(number); the records before it are complete"
        case .oversizedRecord(let subject, let number, let bytes):
            "record \(number) of '\(subject)' claims \(bytes) bytes; what follows cannot be read"
        }
    }
}

/// One record of a capture, valid until the next is read.
public struct CapturedPacket {
    /// Microseconds since 1970-01-01T00:00:00Z; before it and after 2106 the nearest of the two.
    public let unixMicroseconds: Int64
    public let isFromController: Bool
    /// The adapter's number, where the capture tells several apart.
    public let adapter: UInt16?
    /// `nil` for records that are no HCI packet: notes of the Linux monitor, unknown types.
    public let packet: HCIPacket?
}
