// SPDX-License-Identifier: Apache-2.0
// An option or positional argument, declared once: parsing, help and the value's type come from
// the same declaration.

/// What a command accepts. `Value` is what `Arguments` gives back: `Bool` for a flag, an optional
/// for what may be left out, an array for what may be repeated.
///
/// A name that begins with `--` is an option; any other is a positional argument, which help
/// shows by that name.
public struct Parameter<Value: Sendable>: CommandParameter {
    public let specification: ParameterSpecification
    let convert: @Sendable ([String]) -> Value?
}

/// Any `Parameter`.
public protocol CommandParameter: Sendable {
    var specification: ParameterSpecification { get }
}

/// What parsing and help need to know of a parameter, whatever its type.
public struct ParameterSpecification: Sendable {
    let name: String
    /// `nil` for a flag.
    let placeholder: String?
    let help: String
    let rule: String
    let choices: [String]
    var isRequired = false
    var isRepeated = false
    var defaultText: String?
    let accepts: @Sendable (String) -> Bool

    var isOption: Bool { name.hasPrefix("--") }

    init<Value>(_ name: String, _ format: ValueFormat<Value>, _ help: String) {
        self.name = name
        self.placeholder = name.hasPrefix("--") ? format.placeholder : name
        self.help = help
        self.rule = format.rule
        self.choices = format.choices
        self.accepts = { format.parse($0) != nil }
    }

    init(flag name: String, _ help: String) {
        precondition(name.hasPrefix("--"), "a flag is an option")
        self.name = name
        self.placeholder = nil
        self.help = help
        self.rule = ""
        self.choices = []
        self.accepts = { _ in true }
    }
}

extension Parameter {
    /// Must be given.
    public static func required(
        _ name: String, _ format: ValueFormat<Value>, _ help: String
    ) -> Parameter {
        var specification = ParameterSpecification(name, format, help)
        specification.isRequired = true
        return Parameter(specification: specification) { $0.first.flatMap(format.parse) }
    }

    /// Takes a default, written as it would be on the command line, where it is left out.
    public static func optional(
        _ name: String, _ format: ValueFormat<Value>, default text: String, _ help: String
    ) -> Parameter {
        precondition(format.parse(text) != nil, "the default of \(name) must follow its own rule")
        var specification = ParameterSpecification(name, format, help)
        specification.defaultText = text
        return Parameter(specification: specification) { format.parse($0.first ?? text) }
    }

    /// May be left out.
    public static func optional<Wrapped>(
        _ name: String, _ format: ValueFormat<Wrapped>, _ help: String
    ) -> Parameter where Value == Wrapped? {
        let specification = ParameterSpecification(name, format, help)
        return Parameter(specification: specification) { .some($0.first.flatMap(format.parse)) }
    }

    /// Must be given once or more often.
    public static func repeated<Element>(
        _ name: String, _ format: ValueFormat<Element>, _ help: String
    ) -> Parameter where Value == [Element] {
        var specification = ParameterSpecification(name, format, help)
        specification.isRequired = true
        specification.isRepeated = true
        return Parameter(specification: specification) { $0.compactMap(format.parse) }
    }

    /// May be given any number of times.
    public static func anyNumber<Element>(
        of name: String, _ format: ValueFormat<Element>, _ help: String
    ) -> Parameter where Value == [Element] {
        var specification = ParameterSpecification(name, format, help)
        specification.isRepeated = true
        return Parameter(specification: specification) { $0.compactMap(format.parse) }
    }
}

extension Parameter<Bool> {
    /// An option without a value.
    public static func flag(_ name: String, _ help: String) -> Parameter {
        Parameter(specification: ParameterSpecification(flag: name, help)) { !$0.isEmpty }
    }
}
