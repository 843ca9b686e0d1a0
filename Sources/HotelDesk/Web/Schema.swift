// SPDX-License-Identifier: Apache-2.0
// The shape of a JSON value, said once: the OpenAPI document is printed from it, requests are held
// to it before any handler sees them, and debug builds hold our own answers to it too.
import CommandLineKit

/// What a JSON value may be; JSON Schema 2020-12, as much of it as the API needs.
indirect enum Schema: Sendable {
    case text(TextRule)
    case integer(ClosedRange<Int64>)
    case boolean
    case words([String])
    case list(Schema, countMax: Int)
    case object([Field])
    /// An object of somebody else's vocabulary.
    case anyObject
    /// The value or `null`.
    case optional(Schema)
    /// One of the document's named schemas.
    case named(String, Schema)

    struct Field: Sendable {
        let name: String
        let schema: Schema
        var isRequired = true
    }

    /// Members in their order.
    static func object(_ fields: KeyValuePairs<String, Schema>) -> Schema {
        .object(fields.map { Field(name: $0.key, schema: $0.value) })
    }
}

/// How a text is written.
struct TextRule: Sendable {
    /// A regular expression of ECMA 262 that says the same as `accepts`.
    let pattern: String
    /// What it must be, for people.
    let rule: String
    var format: String?
    var example: String?
    let accepts: @Sendable (String) -> Bool

    /// One line of text.
    static func line(_ characters: ClosedRange<Int>) -> TextRule {
        TextRule(
            pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]"
                + "{\(characters.lowerBound),\(characters.upperBound)}$",
            rule: "one line of \(characters.lowerBound) to \(characters.upperBound) characters"
        ) { text in
            characters.contains(text.unicodeScalars.count)
                && text.unicodeScalars.allSatisfy {
                    $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
                }
        }
    }

    /// Why somebody does what is asked to be explained.
    static let reason = line(3...WebLimits.reasonCharactersMax)

    static func digits(_ count: Int) -> TextRule {
        TextRule(pattern: "^[0-9a-f]{\(count)}$", rule: "\(count) hexadecimal digits") { text in
            text.utf8.count == count
                && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        }
    }
}

/// One thing wrong with a value.
struct SchemaFinding: Equatable {
    /// Where: a JSON Pointer (RFC 6901).
    let pointer: String
    let detail: String

    /// A member's name as a part of a pointer.
    static func part(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}

extension Schema {
    /// Everything wrong with a value; empty where nothing is.
    func findings(in value: JSONValue, at pointer: String = "") -> [SchemaFinding] {
        func wrong(_ detail: String) -> [SchemaFinding] {
            [SchemaFinding(pointer: pointer, detail: detail)]
        }
        switch self {
        case .text(let rule):
            guard let text = value.string else { return wrong("must be a text") }
            return rule.accepts(text) ? [] : wrong("must be \(rule.rule)")
        case .integer(let bounds):
            guard let number = value.number(as: Int64.self), bounds.contains(number) else {
                return wrong("must be a whole number \(Self.words(bounds))")
            }
            return []
        case .boolean: return value.bool == nil ? wrong("must be true or false") : []
        case .words(let words):
            let isKnown = value.string.map { words.contains($0) } ?? false
            return isKnown ? [] : wrong("must be one of \(words.joined(separator: ", "))")
        case .list(let element, let countMax):
            guard let values = value.array else { return wrong("must be a list") }
            guard values.count <= countMax else {
                return wrong("must have at most \(countMax) items")
            }
            return values.enumerated().flatMap { index, value in
                element.findings(in: value, at: "\(pointer)/\(index)")
            }
        case .object(let fields): return findings(of: fields, in: value, at: pointer)
        case .anyObject:
            guard case .object = value else { return wrong("must be an object") }
            return []
        case .optional(let schema):
            return value == .literal("null") ? [] : schema.findings(in: value, at: pointer)
        case .named(_, let schema): return schema.findings(in: value, at: pointer)
        }
    }

    private func findings(
        of fields: [Field], in value: JSONValue, at pointer: String
    ) -> [SchemaFinding] {
        guard case .object(let members) = value else {
            return [SchemaFinding(pointer: pointer, detail: "must be an object")]
        }
        var findings: [SchemaFinding] = []
        for field in fields {
            let place = "\(pointer)/\(field.name)"
            if let value = members[field.name] {
                findings += field.schema.findings(in: value, at: place)
            } else if field.isRequired {
                findings.append(SchemaFinding(pointer: place, detail: "is missing"))
            }
        }
        let known = Set(fields.map(\.name))
        for name in members.keys.sorted() where !known.contains(name) {
            let place = "\(pointer)/\(SchemaFinding.part(name))"
            findings.append(SchemaFinding(pointer: place, detail: "is unknown"))
        }
        return findings
    }

    private static func words(_ bounds: ClosedRange<Int64>) -> String {
        bounds.upperBound == .max
            ? "of at least \(bounds.lowerBound)"
            : "from \(bounds.lowerBound) to \(bounds.upperBound)"
    }

    // MARK: - As JSON Schema

    var json: String {
        var line = JSONLine()
        switch self {
        case .text(let rule):
            line.add("type", "string")
            line.add("pattern", rule.pattern)
            if let format = rule.format { line.add("format", format) }
            if let example = rule.example { line.add("example", example) }
        case .integer(let bounds):
            line.add("type", "integer")
            line.add("minimum", bounds.lowerBound)
            if bounds.upperBound != .max { line.add("maximum", bounds.upperBound) }
        case .boolean: line.add("type", "boolean")
        case .words(let words):
            line.add("type", "string")
            line.add("enum", list: words.map(JSONLine.quoted))
        case .list(let element, let countMax):
            line.add("type", "array")
            line.add("items", literal: element.json)
            line.add("maxItems", countMax)
        case .object(let fields):
            var members = JSONLine()
            for field in fields { members.add(field.name, literal: field.schema.json) }
            line.add("type", "object")
            line.add("properties", literal: members.text)
            let required = fields.filter(\.isRequired).map { JSONLine.quoted($0.name) }
            if !required.isEmpty { line.add("required", list: required) }
            line.add("additionalProperties", false)
        case .anyObject: line.add("type", "object")
        case .optional(let schema):
            line.add("anyOf", list: [schema.json, "{\"type\":\"null\"}"])
        case .named(let name, _): line.add("$ref", "#/components/schemas/\(name)")
        }
        return line.text
    }

    /// The named schemas within this one, itself included.
    var named: [(name: String, schema: Schema)] {
        switch self {
        case .text, .integer, .boolean, .words, .anyObject: []
        case .list(let element, _): element.named
        case .object(let fields): fields.flatMap { $0.schema.named }
        case .optional(let schema): schema.named
        case .named(let name, let schema): [(name, schema)] + schema.named
        }
    }
}
