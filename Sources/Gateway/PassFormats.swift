// SPDX-License-Identifier: Apache-2.0
// How LP1's numbers are written on the command line.
import BLEWire
import CommandLineKit
import GuestPass

extension ValueFormat where Value == UInt64 {
    static let identifier64 = ValueFormat("HEX16", "16 hexadecimal digits") { text in
        text.utf8.count == 16 ? UInt64(text, radix: 16) : nil
    }
}

extension ValueFormat where Value == UInt32 {
    static let identifier32 = ValueFormat("HEX8", "8 hexadecimal digits") { text in
        text.utf8.count == 8 ? UInt32(text, radix: 16) : nil
    }

    static let counter = ValueFormat("C", "a number of 24 bits, as 0xab or 171") { text in
        let number =
            text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : UInt32(text)
        return number.flatMap { $0 < 1 << 24 ? $0 : nil }
    }
}

extension ValueFormat where Value == PassExtension {
    static let `extension` = ValueFormat("HEX8", "8 hexadecimal digits") { text in
        text.utf8.count == 8 ? UInt32(text, radix: 16).map { PassExtension(rawValue: $0) } : nil
    }
}

extension ValueFormat where Value == AirPass {
    static let core = ValueFormat("HEX", "32 or 40 hexadecimal digits") { text in
        Hexadecimal.decode(text).flatMap { bytes in
            bytes.withUnsafeBytes { try? AirPass(core: $0) }
        }
    }
}

extension ValueFormat where Value: SecretKey {
    static func key(_: Value.Type) -> ValueFormat {
        ValueFormat("HEX64", "64 hexadecimal digits") { text in
            Hexadecimal.decode(text).flatMap { Value(bytes: $0) }
        }
    }
}

extension CarriedPass {
    init(_ pass: AirPass, carrier: PassCarrier) {
        self.init(
            first: pass.rollingID << 16 | UInt64(pass.maskedHeader), second: pass.tag,
            third: pass.maskedExtension, carrier: carrier)
    }
}
