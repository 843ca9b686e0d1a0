// SPDX-License-Identifier: Apache-2.0
// The commands a host needs to bring a controller up, scan and advertise, with which of them a
// controller without LE Extended Advertising knows.

/// HCI commands (Core 5.4 Vol 4 Part E 7), by opcode.
enum ControllerCommand: UInt16, CaseIterable, Sendable {
    case setEventMask = 0x0C01
    case reset = 0x0C03
    case setEventMaskPage2 = 0x0C63
    case writeLEHostSupport = 0x0C6D
    case readLocalVersion = 0x1001
    case readSupportedCommands = 0x1002
    case readFeatures = 0x1003
    case readBufferSize = 0x1005
    case readAddress = 0x1009
    case setLEEventMask = 0x2001
    case readLEBufferSize = 0x2002
    case readLEFeatures = 0x2003
    case setRandomAddress = 0x2005
    case setAdvertisingParameters = 0x2006
    case readAdvertisingPower = 0x2007
    case setAdvertisingData = 0x2008
    case setScanResponseData = 0x2009
    case setAdvertisingEnable = 0x200A
    case setScanParameters = 0x200B
    case setScanEnable = 0x200C
    case random = 0x2018
    case setSetRandomAddress = 0x2035
    case setExtendedAdvertisingParameters = 0x2036
    case setExtendedAdvertisingData = 0x2037
    case setExtendedScanResponseData = 0x2038
    case setExtendedAdvertisingEnable = 0x2039
    case readMaximumAdvertisingDataLength = 0x203A
    case readNumberOfAdvertisingSets = 0x203B
    case removeAdvertisingSet = 0x203C
    case clearAdvertisingSets = 0x203D
    case setExtendedScanParameters = 0x2041
    case setExtendedScanEnable = 0x2042

    /// Legacy and extended commands may not be mixed after one reset (7.8, introduction).
    var family: CommandFamily? {
        switch rawValue {
        case 0x2006...0x200C: .legacy
        case 0x2035...0x2042: .extended
        default: nil
        }
    }

    /// Octet and bit in Supported_Commands (6.27).
    var supportedBit: (octet: Int, bit: Int) {
        switch self {
        case .setEventMask: (5, 6)
        case .reset: (5, 7)
        case .setEventMaskPage2: (22, 2)
        case .writeLEHostSupport: (24, 6)
        case .readLocalVersion: (14, 3)
        case .readSupportedCommands: (14, 4)
        case .readFeatures: (14, 5)
        case .readBufferSize: (14, 7)
        case .readAddress: (15, 1)
        case .setLEEventMask: (25, 0)
        case .readLEBufferSize: (25, 1)
        case .readLEFeatures: (25, 2)
        case .setRandomAddress: (25, 4)
        case .setAdvertisingParameters: (25, 5)
        case .readAdvertisingPower: (25, 6)
        case .setAdvertisingData: (25, 7)
        case .setScanResponseData: (26, 0)
        case .setAdvertisingEnable: (26, 1)
        case .setScanParameters: (26, 2)
        case .setScanEnable: (26, 3)
        case .random: (27, 7)
        case .setSetRandomAddress: (36, 1)
        case .setExtendedAdvertisingParameters: (36, 2)
        case .setExtendedAdvertisingData: (36, 3)
        case .setExtendedScanResponseData: (36, 4)
        case .setExtendedAdvertisingEnable: (36, 5)
        case .readMaximumAdvertisingDataLength: (36, 6)
        case .readNumberOfAdvertisingSets: (36, 7)
        case .removeAdvertisingSet: (37, 0)
        case .clearAdvertisingSets: (37, 1)
        case .setExtendedScanParameters: (37, 5)
        case .setExtendedScanEnable: (37, 6)
        }
    }
}

enum CommandFamily: Sendable {
    case legacy
    case extended
}

/// Status codes (Core 5.4 Vol 1 Part F).
enum CommandStatus {
    static let success: UInt8 = 0x00
    static let unknownCommand: UInt8 = 0x01
    static let disallowed: UInt8 = 0x0C
    static let invalidParameters: UInt8 = 0x12
    static let unknownAdvertisingSet: UInt8 = 0x42
}

/// Cuts the host's byte stream into command packets; other packet types are skipped by length.
struct HostStream: Sendable {
    struct Command: Sendable {
        let opcode: UInt16
        let parameters: [UInt8]
    }

    private var pending: [UInt8] = []

    mutating func append(_ bytes: some Sequence<UInt8>) { pending += bytes }

    /// The next whole command. An octet that starts no packet is dropped, as a UART would.
    mutating func next() -> Command? {
        while let type = pending.first {
            guard let (header, length) = extent(type) else {
                pending.removeFirst()
                continue
            }
            guard let length else { return nil }
            guard pending.count >= header + length else { return nil }
            let packet = Array(pending[..<(header + length)])
            pending.removeFirst(header + length)
            if type == 0x01 {
                return Command(
                    opcode: UInt16(packet[1]) | UInt16(packet[2]) << 8,
                    parameters: Array(packet[4...]))
            }
        }
        return nil
    }

    /// Header size of a packet type, and its length once the header is here.
    private func extent(_ type: UInt8) -> (header: Int, length: Int?)? {
        switch type {
        case 0x01, 0x03: (4, pending.count >= 4 ? Int(pending[3]) : nil)
        case 0x02:
            (5, pending.count >= 5 ? Int(pending[3]) | Int(pending[4]) << 8 : nil)
        default: nil
        }
    }
}
