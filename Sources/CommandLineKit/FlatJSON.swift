// SPDX-License-Identifier: Apache-2.0
// Reads back what JSONLine writes, and what operators send: one flat JSON object (RFC 8259).
// Nesting is refused, so hostile bytes cannot make it recurse.

/// The members of one flat object; a repeated name is refused.
public struct FlatJSON: Equatable, Sendable {
    public enum Value: Equatable, Sendable {
        case string(String)
        /// A number, `true`, `false` or `null`, as it stands.
        case literal(String)
    }

    public private(set) var members: [String: Value] = [:]

    /// `nil` unless the bytes are one flat object and nothing else.
    public init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = Reader(rest: text.unicodeScalars[...])
        guard reader.takeMembers(into: &members) else { return nil }
    }

    public func string(_ name: String) -> String? {
        guard case .string(let text)? = members[name] else { return nil }
        return text
    }

    public func number<Number: FixedWidthInteger>(_ name: String) -> Number? {
        guard case .literal(let text)? = members[name] else { return nil }
        return Number(text)
    }
}

private struct Reader {
    var rest: Substring.UnicodeScalarView

    mutating func takeMembers(into members: inout [String: FlatJSON.Value]) -> Bool {
        guard takeMark("{") else { return false }
        guard !takeMark("}") else { return isAtEnd }
        repeat {
            skipSpace()
            guard let name = takeString(), takeMark(":"), let value = takeValue(),
                members.updateValue(value, forKey: name) == nil
            else { return false }
        } while takeMark(",")
        return takeMark("}") && isAtEnd
    }

    private var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return rest.isEmpty
        }
    }

    private mutating func skipSpace() {
        rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
    }

    private mutating func takeMark(_ mark: Unicode.Scalar) -> Bool {
        skipSpace()
        guard rest.first == mark else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func takeValue() -> FlatJSON.Value? {
        skipSpace()
        if rest.first == "\"" { return takeString().map { .string($0) } }
        let word = rest.prefix { "+-.".unicodeScalars.contains($0) || isPlain($0) }
        rest = rest[word.endIndex...]
        let text = String(String.UnicodeScalarView(word))
        let isWord = text == "true" || text == "false" || text == "null"
        return isWord || isNumber(word) ? .literal(text) : nil
    }

    private func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.properties.isAlphabetic || isDigit(scalar)
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; nobody here writes exponents.
    private func isNumber(_ word: Substring.UnicodeScalarView) -> Bool {
        let digits = word.first == "-" ? word.dropFirst() : word
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count <= 2 else { return false }
        let areDigits = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isDigit) }
        return areDigits && (whole.count == 1 || whole.first != "0")
    }

    private mutating func takeString() -> String? {
        guard rest.popFirst() == "\"" else { return nil }
        var text = String.UnicodeScalarView()
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return String(text)
            case "\\":
                guard let escaped = takeEscaped() else { return nil }
                text.append(escaped)
            case _ where scalar.value < 0x20: return nil
            default: text.append(scalar)
            }
        }
        return nil
    }

    private mutating func takeEscaped() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case "\"": "\""
        case "\\": "\\"
        case "/": "/"
        case "b": "\u{8}"
        case "f": "\u{C}"
        case "n": "\n"
        case "r": "\r"
        case "t": "\t"
        case "u": takeCodePoint()
        default: nil
        }
    }

    /// `XXXX`, or a surrogate pair `XXXX\uXXXX`.
    private mutating func takeCodePoint() -> Unicode.Scalar? {
        guard let high = takeFourDigits() else { return nil }
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) }
        guard rest.popFirst() == "\\", rest.popFirst() == "u", let low = takeFourDigits(),
            (0xDC00..<0xE000).contains(low)
        else { return nil }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    }

    private mutating func takeFourDigits() -> UInt32? {
        let digits = rest.prefix(4)
        rest = rest[digits.endIndex...]
        let text = String(String.UnicodeScalarView(digits))
        guard text.utf8.count == 4, text.allSatisfy(\.isHexDigit) else { return nil }
        return UInt32(text, radix: 16)
    }
}
