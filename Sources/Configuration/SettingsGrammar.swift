// SPDX-License-Identifier: Apache-2.0
// The grammars of values. Units are part of the value, so that nobody has to remember them.
import Timebase

extension SettingsGrammar {
    /// A grammar that has one thing to say about whatever does not fit it.
    public init(_ rule: String, problem: String, _ parse: @escaping (String) -> Value?) {
        self.init(rule: rule) { text in
            parse(text).map { .value($0) } ?? .wrong(text.isEmpty ? "is empty" : problem)
        }
    }
}

extension SettingsGrammar where Value: LosslessStringConvertible {
    /// An identifier of so many hexadecimal digits.
    public static func identifier(digits: Int) -> SettingsGrammar {
        SettingsGrammar(
            "\(digits) hexadecimal digits", problem: "is malformed"
        ) { Value($0) }
    }
}

extension SettingsGrammar {
    /// One of a few words.
    public static func word(_ words: KeyValuePairs<String, Value>) -> SettingsGrammar {
        let names = words.map(\.key)
        return SettingsGrammar(rule: "one of \(names.joined(separator: ", "))") { text in
            if let pair = words.first(where: { $0.key == text }) { return .value(pair.value) }
            let guess = nearest(to: text, among: names).map { "; did you mean '\($0)'?" } ?? ""
            return .wrong(text.isEmpty ? "is empty" : "is none of the words\(guess)")
        }
    }
}

extension SettingsGrammar where Value == Bool {
    public static var yesOrNo: SettingsGrammar { .word(["yes": true, "no": false]) }
}

extension SettingsGrammar where Value == Int {
    /// A number without unit.
    public static func count(_ range: ClosedRange<Int>) -> SettingsGrammar {
        SettingsGrammar(rule: "a number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard let value = Int(text) else { return .wrong("is no whole number") }
            return range.contains(value) ? .value(value) : .wrong("is out of range")
        }
    }
}

extension SettingsGrammar where Value == Int8 {
    /// A level or a difference of levels, with its unit.
    public static func level(_ range: ClosedRange<Int8>, unit: String) -> SettingsGrammar {
        SettingsGrammar(
            rule: "whole \(unit) from \(range.lowerBound)\(unit) to \(range.upperBound)\(unit)"
        ) { text in
            let (number, found) = split(text)
            guard found == unit else { return .wrong(unitProblem(found)) }
            guard let value = Int8(number) else { return .wrong("is no whole number") }
            return range.contains(value) ? .value(value) : .wrong("is out of range")
        }
    }
}

extension SettingsGrammar where Value == Interval {
    public static func time(_ range: ClosedRange<Interval>) -> SettingsGrammar {
        let (low, high) = (text(range.lowerBound), text(range.upperBound))
        return SettingsGrammar(rule: "a time from \(low) to \(high) (ms, s, min, h)") { text in
            let (number, unit) = split(text)
            guard let scale = intervalUnits.first(where: { $0.name == unit })?.nanoseconds else {
                return .wrong(unitProblem(unit))
            }
            guard let count = Int64(number) else { return .wrong("is no whole number") }
            let (product, isTooMuch) = count.multipliedReportingOverflow(by: scale)
            let value = Interval(nanoseconds: product)
            if isTooMuch || value > range.upperBound { return .wrong("is too long") }
            return value < range.lowerBound ? .wrong("is too short") : .value(value)
        }
    }
}

extension SettingsGrammar where Value == String {
    /// An absolute path.
    public static var path: SettingsGrammar {
        SettingsGrammar("an absolute path", problem: "does not begin with '/'") { text in
            text.hasPrefix("/") ? text : nil
        }
    }

    /// The name of a section.
    public static func name(of kind: String) -> SettingsGrammar {
        SettingsGrammar("the name of a [\(kind) NAME] section", problem: "") { text in
            text.isEmpty ? nil : text
        }
    }
}

private let intervalUnits: [(name: Substring, nanoseconds: Int64)] = [
    ("h", 3_600_000_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000), ("ms", 1_000_000),
]

/// As a person writes it in the settings.
private func text(_ interval: Interval) -> String {
    for (name, scale) in intervalUnits where interval.nanoseconds % scale == 0 {
        return "\(interval.nanoseconds / scale)\(name)"
    }
    return "\(interval.nanoseconds)ns"
}

/// The number and the unit behind it, which may stand apart.
private func split(_ text: String) -> (number: Substring, unit: Substring) {
    let number = text.prefix(while: { $0.isASCII && ($0.isNumber || "+-.".contains($0)) })
    return (number, text[number.endIndex...].drop(while: { $0 == " " }))
}

private func unitProblem(_ unit: Substring) -> String {
    unit.isEmpty ? "has no unit" : "has the unit '\(unit)'"
}
