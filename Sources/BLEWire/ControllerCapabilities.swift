// SPDX-License-Identifier: Apache-2.0
// What a controller can do, from what it says it can do: its feature and command bits. Never from
// its version: the Raspberry Pi 4's controller is a 5.0 without extended advertising.

/// HCI_Read_Local_Version_Information, Core 5.4 Vol 4 Part E 7.4.1: for logs only.
public struct LocalVersion: Hashable, Sendable {
    public let hciVersion: UInt8
    public let hciSubversion: UInt16
    public let lmpVersion: UInt8
    public let companyIdentifier: UInt16
    public let lmpSubversion: UInt16

    public init(_ event: CommandComplete) throws(WireError) {
        var reader = try event.values()
        hciVersion = try reader.uint8()
        hciSubversion = try reader.littleEndian(UInt16.self)
        lmpVersion = try reader.uint8()
        companyIdentifier = try reader.littleEndian(UInt16.self)
        lmpSubversion = try reader.littleEndian(UInt16.self)
    }
}

/// The 64 octets of HCI_Read_Local_Supported_Commands that matter here (6.27: octets 25…37).
public struct SupportedCommands: Hashable, Sendable {
    private let octets24to31: UInt64
    private let octets32to39: UInt64

    public init(_ event: CommandComplete) throws(WireError) {
        var reader = try event.values()
        var octets = ByteReader(try reader.bytes(64))
        _ = try octets.bytes(24)
        octets24to31 = try octets.littleEndian(UInt64.self)
        octets32to39 = try octets.littleEndian(UInt64.self)
    }

    /// LE Set Scan Parameters and LE Set Scan Enable: octet 26 bits 2 and 3.
    var hasLegacyScanning: Bool { Self.has(0b1100, inOctet: 26 - 24, of: octets24to31) }
    /// LE Set Advertising Parameters and Data: octet 25 bits 5 and 7; Enable: octet 26 bit 1.
    var hasLegacyAdvertising: Bool {
        Self.has(0b1010_0000, inOctet: 25 - 24, of: octets24to31)
            && Self.has(0b10, inOctet: 26 - 24, of: octets24to31)
    }
    /// LE Set Extended Scan Parameters and Enable: octet 37 bits 5 and 6.
    var hasExtendedScanning: Bool { Self.has(0b110_0000, inOctet: 37 - 32, of: octets32to39) }
    /// LE Set Extended Advertising Parameters, Data and Enable: octet 36 bits 2, 3 and 5.
    var hasExtendedAdvertising: Bool {
        Self.has(0b10_1100, inOctet: 36 - 32, of: octets32to39)
    }

    private static func has(_ bits: UInt64, inOctet octet: Int, of word: UInt64) -> Bool {
        word >> (octet * 8) & bits == bits
    }
}

/// HCI_LE_Read_Local_Supported_Features, 7.8.3 (bits: Core 5.4 Vol 6 Part B 4.6).
public struct LEFeatures: Hashable, Sendable {
    public let rawValue: UInt64

    public init(_ event: CommandComplete) throws(WireError) {
        var reader = try event.values()
        rawValue = try reader.littleEndian(UInt64.self)
    }

    /// Bit 12
    public var hasExtendedAdvertising: Bool { rawValue & 1 << 12 != 0 }
}

/// HCI_LE_Read_Buffer_Size [v1], 7.8.2: for connections, which a gateway does not make yet.
public struct LEBufferSize: Hashable, Sendable {
    public let packetBytes: UInt16
    public let packets: UInt8

    public init(_ event: CommandComplete) throws(WireError) {
        var reader = try event.values()
        packetBytes = try reader.littleEndian(UInt16.self)
        packets = try reader.uint8()
    }
}

extension DeviceAddress {
    /// HCI_Read_BD_ADDR, 7.4.6
    public init(_ event: CommandComplete) throws(WireError) {
        var reader = try event.values()
        self = try reader.address()
    }
}

/// Which of the two families of advertising and scanning commands to use. After one reset only
/// one may be used: the other then gets Command Disallowed (Core 5.4 Vol 4 Part E 3.1.1).
public enum AdvertisingCommands: Hashable, Sendable {
    case legacy
    case extended
}

/// What decides how a controller is brought up.
public struct ControllerCapabilities: Hashable, Sendable {
    public let canScan: Bool
    public let canAdvertise: Bool
    /// The family for both scanning and advertising, until the next reset.
    public let commands: AdvertisingCommands

    public init(commands supported: SupportedCommands, features: LEFeatures) {
        let isExtended =
            features.hasExtendedAdvertising && supported.hasExtendedScanning
            && supported.hasExtendedAdvertising
        commands = isExtended ? .extended : .legacy
        canScan = isExtended || supported.hasLegacyScanning
        canAdvertise = isExtended || supported.hasLegacyAdvertising
    }
}
