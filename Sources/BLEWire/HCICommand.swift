// SPDX-License-Identifier: Apache-2.0
// The commands a gateway sends, as values, and their bytes. Section numbers are those of
// Core 5.4 Vol 4 Part E.

/// One HCI command.
public enum HCICommand: Hashable, Sendable {
    /// HCI_Reset, 7.3.2
    case reset
    /// HCI_Set_Event_Mask, 7.3.1
    case setEventMask(UInt64)
    /// HCI_Read_Local_Version_Information, 7.4.1
    case readLocalVersion
    /// HCI_Read_Local_Supported_Commands, 7.4.2
    case readSupportedCommands
    /// HCI_Read_BD_ADDR, 7.4.6
    case readDeviceAddress
    /// HCI_LE_Set_Event_Mask, 7.8.1
    case setLEEventMask(UInt64)
    /// HCI_LE_Read_Buffer_Size [v1], 7.8.2
    case readLEBufferSize
    /// HCI_LE_Read_Local_Supported_Features, 7.8.3
    case readLEFeatures
    /// HCI_LE_Set_Random_Address, 7.8.4
    case setRandomAddress(DeviceAddress)
    /// HCI_LE_Set_Advertising_Parameters, 7.8.5
    case setAdvertisingParameters(AdvertisingParameters)
    /// HCI_LE_Set_Advertising_Data, 7.8.7
    case setAdvertisingData(AdvertisingPayload)
    /// HCI_LE_Set_Advertising_Enable, 7.8.9
    case setAdvertisingEnable(Bool)
    /// HCI_LE_Set_Scan_Parameters, 7.8.10
    case setScanParameters(ScanParameters)
    /// HCI_LE_Set_Scan_Enable, 7.8.11, with Filter_Duplicates off: a filtered report hides RSSI.
    case setScanEnable(Bool)
    /// HCI_LE_Set_Advertising_Set_Random_Address, 7.8.52
    case setAdvertisingSetRandomAddress(DeviceAddress)
    /// HCI_LE_Set_Extended_Advertising_Parameters [v1], 7.8.53, sending legacy PDUs
    case setExtendedAdvertisingParameters(AdvertisingParameters)
    /// HCI_LE_Set_Extended_Advertising_Data, 7.8.54, whole in one command
    case setExtendedAdvertisingData(AdvertisingPayload)
    /// HCI_LE_Set_Extended_Advertising_Enable, 7.8.56, without time limit
    case setExtendedAdvertisingEnable(Bool)
    /// HCI_LE_Set_Extended_Scan_Parameters, 7.8.64, on the 1M PHY
    case setExtendedScanParameters(ScanParameters)
    /// HCI_LE_Set_Extended_Scan_Enable, 7.8.65, with Filter_Duplicates off, without time limit
    case setExtendedScanEnable(Bool)

    /// The one advertising set a gateway uses.
    static let advertisingHandle: UInt8 = 0

    public var opcode: Opcode {
        switch self {
        case .reset: .reset
        case .setEventMask: .setEventMask
        case .readLocalVersion: .readLocalVersion
        case .readSupportedCommands: .readSupportedCommands
        case .readDeviceAddress: .readDeviceAddress
        case .setLEEventMask: .setLEEventMask
        case .readLEBufferSize: .readLEBufferSize
        case .readLEFeatures: .readLEFeatures
        case .setRandomAddress: .setRandomAddress
        case .setAdvertisingParameters: .setAdvertisingParameters
        case .setAdvertisingData: .setAdvertisingData
        case .setAdvertisingEnable: .setAdvertisingEnable
        case .setScanParameters: .setScanParameters
        case .setScanEnable: .setScanEnable
        case .setAdvertisingSetRandomAddress: .setAdvertisingSetRandomAddress
        case .setExtendedAdvertisingParameters: .setExtendedAdvertisingParameters
        case .setExtendedAdvertisingData: .setExtendedAdvertisingData
        case .setExtendedAdvertisingEnable: .setExtendedAdvertisingEnable
        case .setExtendedScanParameters: .setExtendedScanParameters
        case .setExtendedScanEnable: .setExtendedScanEnable
        }
    }
}

extension HCICommand {
    /// Replaces the contents of `packet` by this command with its H4 type byte; a reused buffer
    /// of 64 bytes is never reallocated.
    public func encode(into packet: inout [UInt8]) {
        packet.removeAll(keepingCapacity: true)
        packet.append(PacketType.command.rawValue)
        packet.append(littleEndian: opcode.rawValue)
        packet.append(0)
        appendParameters(to: &packet)
        packet[3] = UInt8(packet.count - 4)
    }

    private func appendParameters(to packet: inout [UInt8]) {
        switch self {
        case .reset, .readLocalVersion, .readSupportedCommands, .readDeviceAddress,
            .readLEBufferSize, .readLEFeatures:
            break
        case .setEventMask(let mask), .setLEEventMask(let mask):
            packet.append(littleEndian: mask)
        case .setRandomAddress(let address):
            packet.append(address)
        case .setAdvertisingParameters(let parameters):
            parameters.appendLegacy(to: &packet)
        case .setAdvertisingData(let payload):
            packet.append(UInt8(payload.count))
            packet.append(contentsOf: payload)
            let padding = WireLimits.legacyDataBytesMax - payload.count
            packet.append(contentsOf: repeatElement(0, count: padding))
        case .setAdvertisingEnable(let isOn):
            packet.append(isOn ? 1 : 0)
        case .setScanParameters(let parameters):
            parameters.appendLegacy(to: &packet)
        case .setScanEnable(let isOn):
            packet.append(contentsOf: [isOn ? 1 : 0, 0])
        case .setAdvertisingSetRandomAddress(let address):
            packet.append(Self.advertisingHandle)
            packet.append(address)
        case .setExtendedAdvertisingParameters(let parameters):
            packet.append(Self.advertisingHandle)
            parameters.appendExtended(to: &packet)
        case .setExtendedAdvertisingData(let payload):
            let complete: UInt8 = 3
            let unfragmented: UInt8 = 1
            packet.append(contentsOf: [Self.advertisingHandle, complete, unfragmented])
            packet.append(UInt8(payload.count))
            packet.append(contentsOf: payload)
        case .setExtendedAdvertisingEnable(let isOn):
            packet.append(contentsOf: [isOn ? 1 : 0, 1, Self.advertisingHandle, 0, 0, 0])
        case .setExtendedScanParameters(let parameters):
            parameters.appendExtended(to: &packet)
        case .setExtendedScanEnable(let isOn):
            packet.append(contentsOf: [isOn ? 1 : 0, 0, 0, 0, 0, 0])
        }
    }
}

extension [UInt8] {
    mutating func append(littleEndian number: some FixedWidthInteger) {
        for shift in stride(from: 0, to: number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func append(_ address: DeviceAddress) {
        append(littleEndian: UInt32(truncatingIfNeeded: address.rawValue))
        append(littleEndian: UInt16(truncatingIfNeeded: address.rawValue >> 32))
    }
}
