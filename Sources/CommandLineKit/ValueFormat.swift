// SPDX-License-Identifier: Apache-2.0

/// How one word of a command line is read: what help calls it, and the rule an error quotes.
public struct ValueFormat<Value: Sendable>: Sendable {
    /// What stands for the value in help, as `FILE`.
    public let placeholder: String
    /// What a value must be, to follow "is not": `8 hexadecimal digits`.
    public let rule: String
    /// All values there are, where these are a few words.
    let choices: [String]
    let parse: @Sendable (String) -> Value?

    /// - Parameter parse: `nil` where the text breaks the rule.
    public init(
        _ placeholder: String, _ rule: String, choices: [String] = [],
        parse: @escaping @Sendable (String) -> Value?
    ) {
        self.placeholder = placeholder
        self.rule = rule
        self.choices = choices
        self.parse = parse
    }
}

extension ValueFormat<String> {
    /// Any text but the empty one.
    public static func text(_ placeholder: String) -> ValueFormat {
        ValueFormat(placeholder, "a text of at least one character") { $0.isEmpty ? nil : $0 }
    }

    /// One of a few words.
    public static func choice(_ words: [String]) -> ValueFormat {
        let rule = "one of " + words.joined(separator: ", ")
        return ValueFormat(words.joined(separator: "|"), rule, choices: words) {
            words.contains($0) ? $0 : nil
        }
    }
}

extension ValueFormat where Value: FixedWidthInteger {
    /// A decimal whole number within bounds.
    public static func number(
        _ placeholder: String, in bounds: ClosedRange<Value>
    ) -> ValueFormat {
        let rule = "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        return ValueFormat(placeholder, rule) { text in
            Value(text).flatMap { bounds.contains($0) ? $0 : nil }
        }
    }
}
