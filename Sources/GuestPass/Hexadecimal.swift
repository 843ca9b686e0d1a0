// SPDX-License-Identifier: Apache-2.0
// Bytes as people write them in settings, on command lines and in test vectors.

/// Lowercase hexadecimal text of bytes and back.
public enum Hexadecimal {
    /// Two digits a byte, without separators.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if byte < 0x10 { text.append("0") }
            text += String(byte, radix: 16)
        }
        return text
    }

    /// The bytes of an even number of digits; `nil` for anything else, separators included.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text {
            // `hexDigitValue` also takes full-width digits, which no one means to write.
            guard character.isASCII, let digit = character.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return high == nil ? bytes : nil
    }

    /// A number of exactly as many digits as its type has bytes, twice.
    static func number<Number: FixedWidthInteger>(
        _ text: String, as: Number.Type = Number.self
    ) -> Number? {
        guard let bytes = decode(text), bytes.count == MemoryLayout<Number>.size else { return nil }
        return bytes.reduce(0) { $0 << 8 | Number($1) }
    }

    static func encode(_ number: some FixedWidthInteger) -> String {
        withUnsafeBytes(of: number.bigEndian) { encode($0) }
    }
}
