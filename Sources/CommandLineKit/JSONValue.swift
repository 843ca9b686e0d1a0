// SPDX-License-Identifier: Apache-2.0
// Reads JSON (RFC 8259) that others wrote: one value and nothing else, every name once, nested no
// deeper than a bound, so that hostile bytes cannot make it recurse.

/// A value that was read.
public enum JSONValue: Equatable, Sendable {
    case string(String)
    /// A number, `true`, `false` or `null`, as it stands.
    case literal(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// `nil` unless the bytes are one value and nothing else.
    ///
    /// - Parameter depthMax: how many arrays and objects may stand within each other.
    public init?(_ bytes: some Collection<UInt8>, depthMax: Int = 4) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var reader = JSONReader(rest: text.unicodeScalars[...])
        guard let value = reader.takeValue(depthMax: depthMax), reader.isAtEnd else { return nil }
        self = value
    }

    /// A member of an object.
    public subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A whole number within the type's bounds.
    public func number<Number: FixedWidthInteger>(as: Number.Type = Number.self) -> Number? {
        guard case .literal(let text) = self else { return nil }
        return Number(text)
    }

    public var bool: Bool? {
        switch self {
        case .literal("true"): true
        case .literal("false"): false
        case .literal, .string, .array, .object: nil
        }
    }

    public var array: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }
}

private struct JSONReader {
    var rest: Substring.UnicodeScalarView

    mutating func takeValue(depthMax: Int) -> JSONValue? {
        skipSpace()
        switch rest.first {
        case "\"": return takeString().map { .string($0) }
        case "{": return depthMax > 0 ? takeObject(depthMax - 1) : nil
        case "[": return depthMax > 0 ? takeArray(depthMax - 1) : nil
        default: return takeLiteral()
        }
    }

    private mutating func takeObject(_ depthMax: Int) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        guard takeMark("{") else { return nil }
        guard !takeMark("}") else { return .object(members) }
        repeat {
            skipSpace()
            guard let name = takeString(), takeMark(":"),
                let value = takeValue(depthMax: depthMax),
                members.updateValue(value, forKey: name) == nil
            else { return nil }
        } while takeMark(",")
        return takeMark("}") ? .object(members) : nil
    }

    private mutating func takeArray(_ depthMax: Int) -> JSONValue? {
        var values: [JSONValue] = []
        guard takeMark("[") else { return nil }
        guard !takeMark("]") else { return .array(values) }
        repeat {
            guard let value = takeValue(depthMax: depthMax) else { return nil }
            values.append(value)
        } while takeMark(",")
        return takeMark("]") ? .array(values) : nil
    }

    var isAtEnd: Bool {
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

    private mutating func takeLiteral() -> JSONValue? {
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
