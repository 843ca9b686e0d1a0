// SPDX-License-Identifier: Apache-2.0
// A controller as strict as real ones and as odd as a test wants it: command packets in, event
// packets out, H4 type byte first.

import BLEWire

final class ScriptedController {
    enum Oddity: Hashable {
        /// Answers with this status and does nothing.
        case refuse(UInt8)
        /// Does it, and answers with Command Status where Complete is due.
        case statusInstead
        /// Answers with Command Status first, then with Complete.
        case statusFirst
        /// Ignores the command so many times.
        case ignore(times: Int)
        /// Does it, answers, and allows no further command.
        case grantNothing
    }

    var commands = AdvertisingCommands.legacy
    var canScan = true
    var address: UInt64 = 0x001A_7DDA_7113
    var oddities: [Opcode: Oddity] = [:]
    /// Sent before every answer.
    var noise: [[UInt8]] = []

    private(set) var heard: [Opcode] = []
    private(set) var isScanning = false
    private(set) var isAdvertising = false
    private(set) var advertised: [UInt8] = []
    private(set) var advertisingInterval: UInt16 = 0
    private(set) var advertisesRandomAddress = false
    private(set) var scanParameters: [UInt8] = []
    private(set) var resets = 0
    /// Whether commands of the other family would be refused, as after the specification's reset.
    private(set) var familyInUse: AdvertisingCommands?

    func forgetHeard() { heard = [] }

    /// As if a kernel had used these commands before us.
    func use(_ family: AdvertisingCommands, scanning: Bool, advertising: Bool) {
        familyInUse = family
        isScanning = scanning
        isAdvertising = advertising
    }

    func handle(_ packet: [UInt8]) -> [[UInt8]] {
        precondition(packet.count >= 4 && packet[0] == 1 && packet.count == 4 + Int(packet[3]))
        let opcode = Opcode(rawValue: UInt16(packet[1]) | UInt16(packet[2]) << 8)
        heard.append(opcode)
        switch oddities[opcode] {
        case .refuse(let status):
            return noise + [complete(opcode, [status])]
        case .ignore(let times) where times > 0:
            oddities[opcode] = .ignore(times: times - 1)
            return noise
        case .statusInstead:
            return noise + [status(opcode, perform(opcode, Array(packet[4...]))[0])]
        case .statusFirst:
            return noise + [
                status(opcode, 0), complete(opcode, perform(opcode, Array(packet[4...]))),
            ]
        case .grantNothing:
            return noise + [complete(opcode, perform(opcode, Array(packet[4...])), allowed: 0)]
        case .ignore, nil:
            return noise + [complete(opcode, perform(opcode, Array(packet[4...])))]
        }
    }

    func complete(_ opcode: Opcode, _ values: [UInt8], allowed: UInt8 = 1) -> [UInt8] {
        [4, 0x0E, UInt8(values.count + 3), allowed] + littleEndian(opcode) + values
    }

    func status(_ opcode: Opcode, _ status: UInt8) -> [UInt8] {
        [4, 0x0F, 4, status, 1] + littleEndian(opcode)
    }

    /// One ADV_NONCONN_IND with `data`, in the family's own event.
    func report(_ data: [UInt8]) -> [UInt8] {
        let address: [UInt8] = [1, 2, 3, 4, 5, 0xC6]
        var parameters: [UInt8]
        switch commands {
        case .legacy:
            parameters = [0x02, 1, 0x03, 0x01]
            parameters += address
            parameters.append(UInt8(data.count))
            parameters += data
            parameters.append(0xC4)
        case .extended:
            parameters = [0x0D, 1, 0x10, 0x00, 0x01]
            parameters += address
            parameters += [1, 0, 0xFF, 0x7F, 0xC4, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            parameters.append(UInt8(data.count))
            parameters += data
        }
        return [4, 0x3E, UInt8(parameters.count)] + parameters
    }

    private func littleEndian(_ opcode: Opcode) -> [UInt8] {
        [UInt8(opcode.rawValue & 0xFF), UInt8(opcode.rawValue >> 8)]
    }

    private func perform(_ opcode: Opcode, _ parameters: [UInt8]) -> [UInt8] {
        switch opcode {
        case .reset:
            (isScanning, isAdvertising, familyInUse) = (false, false, nil)
            resets += 1
            return [0]
        case .setEventMask, .setLEEventMask: return [parameters.count == 8 ? 0 : 0x12]
        case .readLocalVersion: return [0, 9, 0, 0, 9, 0x0F, 0, 0, 0]
        case .readDeviceAddress:
            return [0] + (0..<6).map { UInt8(truncatingIfNeeded: address >> ($0 * 8)) }
        case .readLEBufferSize: return [0, 27, 0, 4]
        case .readLEFeatures:
            return [0, 0, commands == .extended ? 0x10 : 0, 0, 0, 0, 0, 0, 0]
        case .readSupportedCommands: return [0] + supportedCommands
        default: return [performOnAir(opcode, parameters)]
        }
    }

    private var supportedCommands: [UInt8] {
        var octets = [UInt8](repeating: 0, count: 64)
        guard canScan else { return octets }
        octets[25] = 0b1010_0000
        octets[26] = 0b0000_1110
        if commands == .extended {
            octets[36] = 0b0010_1100
            octets[37] = 0b0110_0000
        }
        return octets
    }

    private func performOnAir(_ opcode: Opcode, _ parameters: [UInt8]) -> UInt8 {
        let family: AdvertisingCommands = opcode.rawValue >= 0x2035 ? .extended : .legacy
        if opcode != .setRandomAddress {
            guard family == .legacy || commands == .extended else { return 0x01 }
            guard familyInUse ?? family == family else { return 0x0C }
            familyInUse = family
        }
        switch opcode {
        case .setScanParameters, .setExtendedScanParameters:
            guard !isScanning else { return 0x0C }
            scanParameters = parameters
        case .setScanEnable, .setExtendedScanEnable:
            guard parameters[0] == 1 || isScanning else { return 0x0C }
            isScanning = parameters[0] == 1
        case .setAdvertisingParameters, .setExtendedAdvertisingParameters:
            guard !isAdvertising else { return 0x0C }
            let at = family == .legacy ? 0 : 3
            advertisingInterval = UInt16(parameters[at]) | UInt16(parameters[at + 1]) << 8
            advertisesRandomAddress = parameters[family == .legacy ? 5 : 10] == 1
        case .setAdvertisingData, .setExtendedAdvertisingData:
            let at = family == .legacy ? 0 : 3
            advertised = Array(parameters[(at + 1)...].prefix(Int(parameters[at])))
        case .setAdvertisingEnable, .setExtendedAdvertisingEnable:
            isAdvertising = parameters[0] == 1
        case .setRandomAddress, .setAdvertisingSetRandomAddress: break
        default: return 0x01
        }
        return 0
    }
}
