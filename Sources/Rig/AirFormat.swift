// SPDX-License-Identifier: Apache-2.0
// LP1's laboratory carrier (protocol.md §4 and §5) as a phone's own code would write it; the
// gateway's side is BLEWire's, so an error in either shows.
//
//   length  FF  company FFFF   what it carries
//   17      FF  FF FF          core20, or a gateway's 24-byte beacon with length 1B
//   13      FF  FF FF          core16
import GuestPass

/// Manufacturer data under company 0xFFFF.
enum AirFormat {
    private static let manufacturerData: UInt8 = 0xFF
    private static let company: [UInt8] = [0xFF, 0xFF]

    static func advert(of pass: AirPass) -> [UInt8] { advert(cargo: pass.core) }

    /// A gateway's beacon with its Flags structure.
    static func advert(of beacon: [UInt8]) -> [UInt8] {
        [0x02, 0x01, 0x06] + advert(cargo: beacon)
    }

    /// Any bytes in our carrier.
    static func advert(cargo: [UInt8]) -> [UInt8] {
        let body = [manufacturerData] + company + cargo
        return [UInt8(body.count)] + body
    }

    /// What an advert carries for us; `nil` for a foreign one.
    static func cargo(of advert: [UInt8]) -> [UInt8]? {
        var rest = advert[...]
        while let length = rest.first.map(Int.init), length > 0, length < rest.count {
            let structure = rest.dropFirst().prefix(length)
            if structure.starts(with: [manufacturerData] + company) {
                return Array(structure.dropFirst(1 + company.count))
            }
            rest = rest.dropFirst(1 + length)
        }
        return nil
    }
}
