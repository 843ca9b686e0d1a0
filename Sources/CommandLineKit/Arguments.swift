// SPDX-License-Identifier: Apache-2.0
// Reads the words after a command's name. Every finding is reported at once: an operator should
// not have to run a command five times to learn of five mistakes.

/// The values of one command line, already checked against the command's parameters.
public struct Arguments: Sendable {
    private let values: [String: [String]]

    /// - Precondition: the command declares the parameter.
    public subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        guard let texts = values[parameter.specification.name],
            let value = parameter.convert(texts)
        else {
            preconditionFailure("the command does not declare '\(parameter.specification.name)'")
        }
        return value
    }

    /// Reads the words, or throws all findings.
    init(_ words: ArraySlice<String>, of command: Command) throws(ArgumentFindings) {
        var reading = Reading(command)
        reading.read(words)
        reading.check()
        guard reading.findings.isEmpty else {
            throw ArgumentFindings(findings: reading.findings)
        }
        values = reading.values
    }
}

/// What is wrong with a command line, one sentence each.
struct ArgumentFindings: Error {
    let findings: [String]
}

private struct Reading {
    private let parameters: [ParameterSpecification]
    private(set) var values: [String: [String]]
    private(set) var findings: [String] = []

    init(_ command: Command) {
        parameters = command.parameters
        values = Dictionary(uniqueKeysWithValues: command.parameters.map { ($0.name, []) })
    }

    mutating func read(_ words: ArraySlice<String>) {
        var rest = words
        var positionals = parameters.filter { !$0.isOption }[...]
        var takesOptions = true
        while let word = rest.popFirst() {
            if takesOptions, word == "--" {
                takesOptions = false
            } else if takesOptions, word.hasPrefix("-"), word != "-" {
                readOption(word, &rest)
            } else if let positional = positionals.first {
                add(word, to: positional)
                if !positional.isRepeated { positionals.removeFirst() }
            } else {
                findings.append("unexpected argument '\(word)'")
            }
        }
    }

    private mutating func readOption(_ word: String, _ rest: inout ArraySlice<String>) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = parameters.first(where: { $0.isOption && $0.name == name }) else {
            let known = parameters.filter(\.isOption).map(\.name) + ["--help"]
            findings.append("unknown option '\(name)'\(suggestion(for: name, among: known))")
            return
        }
        guard let placeholder = option.placeholder else {
            if parts.count == 2 { findings.append("\(name) takes no value") }
            values[name, default: []].append("")
            return
        }
        if parts.count == 2 {
            add(String(parts[1]), to: option)
        } else if let value = rest.first, !value.hasPrefix("--") {
            rest.removeFirst()
            add(value, to: option)
        } else {
            findings.append("\(name) needs a value, \(placeholder)")
            values[name, default: []].append("")
        }
    }

    private mutating func add(_ text: String, to parameter: ParameterSpecification) {
        if !parameter.accepts(text) {
            findings.append("\(parameter.name): '\(text)' is not \(parameter.rule)")
        }
        values[parameter.name, default: []].append(text)
    }

    mutating func check() {
        for parameter in parameters {
            let count = values[parameter.name]?.count ?? 0
            if parameter.isRequired, count == 0 {
                findings.append("\(parameter.name) is missing: \(parameter.help)")
            } else if count > 1, !parameter.isRepeated, parameter.placeholder != nil {
                findings.append("\(parameter.name) is given \(count) times")
            }
        }
    }
}
