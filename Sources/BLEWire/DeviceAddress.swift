// SPDX-License-Identifier: Apache-2.0

/// A 48-bit Bluetooth device address; as text most significant byte first: `aa:bb:cc:dd:ee:ff`.
public struct DeviceAddress: Hashable, Sendable {
    /// The address in the low 48 bits.
    public let rawValue: UInt64

    @inlinable
    public init(rawValue: UInt64) { self.rawValue = rawValue & 0xFFFF_FFFF_FFFF }
}

extension DeviceAddress: LosslessStringConvertible {
    /// Six pairs of hexadecimal digits with colons between them; `nil` for anything else.
    public init?(_ description: String) {
        let pairs = description.split(separator: ":", omittingEmptySubsequences: false)
        guard pairs.count == 6 else { return nil }
        var value: UInt64 = 0
        for pair in pairs {
            guard pair.utf8.count == 2, pair.allSatisfy(\.isHexDigit),
                let byte = UInt8(pair, radix: 16)
            else { return nil }
            value = value << 8 | UInt64(byte)
        }
        self.init(rawValue: value)
    }

    public var description: String {
        stride(from: 40, through: 0, by: -8).map { shift in
            let digits = String(UInt8(truncatingIfNeeded: rawValue >> UInt64(shift)), radix: 16)
            return digits.count == 2 ? digits : "0" + digits
        }.joined(separator: ":")
    }
}

/// What kind of address an advertiser used (Core 5.4 Vol 4 Part E 7.7.65.13, `Address_Type`).
public enum AddressType: UInt8, Hashable, Sendable {
    case publicDevice = 0x00
    case randomDevice = 0x01
    /// A resolvable private address the controller resolved to a public identity.
    case publicIdentity = 0x02
    /// A resolvable private address the controller resolved to a random static identity.
    case randomIdentity = 0x03
    /// An extended advert without an address.
    case anonymous = 0xFF
}
