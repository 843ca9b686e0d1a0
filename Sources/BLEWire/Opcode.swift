// SPDX-License-Identifier: Apache-2.0

/// A command's number: group (OGF, 6 bits) and command (OCF, 10 bits), Core 5.4 Vol 4 Part E 5.4.1.
public struct Opcode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// HCI_Set_Event_Mask, 7.3.1
    public static let setEventMask = Opcode(rawValue: 0x0C01)
    /// HCI_Reset, 7.3.2
    public static let reset = Opcode(rawValue: 0x0C03)
    /// HCI_Read_Local_Version_Information, 7.4.1
    public static let readLocalVersion = Opcode(rawValue: 0x1001)
    /// HCI_Read_Local_Supported_Commands, 7.4.2
    public static let readSupportedCommands = Opcode(rawValue: 0x1002)
    /// HCI_Read_BD_ADDR, 7.4.6
    public static let readDeviceAddress = Opcode(rawValue: 0x1009)
    /// HCI_LE_Set_Event_Mask, 7.8.1
    public static let setLEEventMask = Opcode(rawValue: 0x2001)
    /// HCI_LE_Read_Buffer_Size [v1], 7.8.2
    public static let readLEBufferSize = Opcode(rawValue: 0x2002)
    /// HCI_LE_Read_Local_Supported_Features, 7.8.3
    public static let readLEFeatures = Opcode(rawValue: 0x2003)
    /// HCI_LE_Set_Random_Address, 7.8.4
    public static let setRandomAddress = Opcode(rawValue: 0x2005)
    /// HCI_LE_Set_Advertising_Parameters, 7.8.5
    public static let setAdvertisingParameters = Opcode(rawValue: 0x2006)
    /// HCI_LE_Set_Advertising_Data, 7.8.7
    public static let setAdvertisingData = Opcode(rawValue: 0x2008)
    /// HCI_LE_Set_Advertising_Enable, 7.8.9
    public static let setAdvertisingEnable = Opcode(rawValue: 0x200A)
    /// HCI_LE_Set_Scan_Parameters, 7.8.10
    public static let setScanParameters = Opcode(rawValue: 0x200B)
    /// HCI_LE_Set_Scan_Enable, 7.8.11
    public static let setScanEnable = Opcode(rawValue: 0x200C)
    /// HCI_LE_Set_Advertising_Set_Random_Address, 7.8.52
    public static let setAdvertisingSetRandomAddress = Opcode(rawValue: 0x2035)
    /// HCI_LE_Set_Extended_Advertising_Parameters [v1], 7.8.53
    public static let setExtendedAdvertisingParameters = Opcode(rawValue: 0x2036)
    /// HCI_LE_Set_Extended_Advertising_Data, 7.8.54
    public static let setExtendedAdvertisingData = Opcode(rawValue: 0x2037)
    /// HCI_LE_Set_Extended_Advertising_Enable, 7.8.56
    public static let setExtendedAdvertisingEnable = Opcode(rawValue: 0x2039)
    /// HCI_LE_Set_Extended_Scan_Parameters, 7.8.64
    public static let setExtendedScanParameters = Opcode(rawValue: 0x2041)
    /// HCI_LE_Set_Extended_Scan_Enable, 7.8.65
    public static let setExtendedScanEnable = Opcode(rawValue: 0x2042)
}

extension Opcode: CustomStringConvertible {
    public var description: String { "command 0x\(String(rawValue, radix: 16))" }
}
