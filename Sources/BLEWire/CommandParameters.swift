// SPDX-License-Identifier: Apache-2.0
// How a gateway listens and speaks, once for the legacy and once for the extended commands.

/// Whether an address the controller itself uses is public or random (`Own_Address_Type`).
public enum OwnAddressType: UInt8, Hashable, Sendable {
    case publicDevice = 0
    case randomDevice = 1
}

/// Passive or active scanning of every advertiser on the 1M PHY.
public struct ScanParameters: Hashable, Sendable {
    /// Sends scan requests: on air, and not needed to hear a pass.
    public var isActive: Bool
    /// Time from one channel to the next, in 0.625 ms: 4…16384.
    public var interval: UInt16
    /// Time listened within each interval, in 0.625 ms: up to `interval`, and equal to it unless
    /// the antenna is needed elsewhere.
    public var window: UInt16
    public var ownAddressType: OwnAddressType

    public init(
        isActive: Bool = false, interval: UInt16 = 48, window: UInt16 = 48,
        ownAddressType: OwnAddressType = .publicDevice
    ) {
        self.isActive = isActive
        self.interval = interval
        self.window = window
        self.ownAddressType = ownAddressType
    }

    /// 7.8.10, with Scanning_Filter_Policy 0: everyone.
    func appendLegacy(to packet: inout [UInt8]) {
        packet.append(isActive ? 1 : 0)
        packet.append(littleEndian: interval)
        packet.append(littleEndian: window)
        packet.append(contentsOf: [ownAddressType.rawValue, 0])
    }

    /// 7.8.64, with Scanning_PHYs = LE 1M.
    func appendExtended(to packet: inout [UInt8]) {
        packet.append(contentsOf: [ownAddressType.rawValue, 0, 0x01])
        packet.append(isActive ? 1 : 0)
        packet.append(littleEndian: interval)
        packet.append(littleEndian: window)
    }
}

/// What an advertiser allows others to do, with legacy PDUs.
public enum AdvertisingKind: Hashable, Sendable {
    /// ADV_IND
    case connectable
    /// ADV_SCAN_IND
    case scannable
    /// ADV_NONCONN_IND
    case nonConnectable

    /// `Advertising_Type`, 7.8.5
    var legacyValue: UInt8 {
        switch self {
        case .connectable: 0x00
        case .scannable: 0x02
        case .nonConnectable: 0x03
        }
    }

    /// `Advertising_Event_Properties`, 7.8.53
    var extendedValue: UInt16 {
        switch self {
        case .connectable: 0x0013
        case .scannable: 0x0012
        case .nonConnectable: 0x0010
        }
    }
}

/// Undirected legacy advertising on all three channels.
public struct AdvertisingParameters: Hashable, Sendable {
    /// Time between adverts, in 0.625 ms: 32…16384.
    public var interval: UInt16
    public var kind: AdvertisingKind
    public var ownAddressType: OwnAddressType

    private static let allChannels: UInt8 = 0x07
    private static let noPowerPreference: UInt8 = 0x7F

    public init(
        interval: UInt16, kind: AdvertisingKind = .nonConnectable,
        ownAddressType: OwnAddressType = .publicDevice
    ) {
        self.interval = interval
        self.kind = kind
        self.ownAddressType = ownAddressType
    }

    func appendLegacy(to packet: inout [UInt8]) {
        packet.append(littleEndian: interval)
        packet.append(littleEndian: interval)
        packet.append(contentsOf: [kind.legacyValue, ownAddressType.rawValue, 0])
        packet.append(DeviceAddress(rawValue: 0))
        packet.append(contentsOf: [Self.allChannels, 0])
    }

    func appendExtended(to packet: inout [UInt8]) {
        packet.append(littleEndian: kind.extendedValue)
        for _ in 0..<2 {
            packet.append(littleEndian: interval)
            packet.append(0)
        }
        packet.append(contentsOf: [Self.allChannels, ownAddressType.rawValue, 0])
        packet.append(DeviceAddress(rawValue: 0))
        packet.append(contentsOf: [0, Self.noPowerPreference])
        let le1M: UInt8 = 1
        packet.append(contentsOf: [le1M, 0, le1M, 0, 0])
    }
}

/// Which events the host wants.
public enum EventMask {
    /// HCI_Set_Event_Mask: Hardware Error and LE Meta; Command Complete and Status always come.
    public static let gateway: UInt64 = 1 << 15 | 1 << 61
    /// HCI_LE_Set_Event_Mask: LE Advertising Report and LE Extended Advertising Report.
    public static let gatewayLE: UInt64 = 1 << 1 | 1 << 12
}
