// SPDX-License-Identifier: Apache-2.0
// The API's own description, OpenAPI 3.1, made from the operations themselves.
// https://spec.openapis.org/oas/v3.1.0
import CommandLineKit
import HTTP

extension APIOperation {
    /// Every operation there is.
    static let all: [APIOperation] =
        guests + stays + checkIn + consents + passes + arrivals + usage + timelines + places
        + alarms + imports + webhooks + rights + guest + guides + [description]

    private static let description = APIOperation(
        name: "getDescription", method: "GET", path: WebPattern("/api/openapi.json"),
        summary: "This description", access: .open, answer: .text(HTTPReply.json)
    ) { _ in APIReply(body: .text(OpenAPI.document)) }

    /// The media type of a successful answer.
    var type: String {
        switch answer {
        case .json, .nothing: HTTPReply.json
        case .text(let type): type
        }
    }

    /// Whether an answer is what the description says.
    func agrees(with text: String) -> Bool {
        guard case .json(let schema) = answer,
            let value = JSONValue(text.utf8, depthMax: WebLimits.jsonDepthMax)
        else { return false }
        return schema.findings(in: value).isEmpty
    }

    /// The shape of each name in a path.
    private static let arguments: [String: Schema] = [
        "guest": .number, "stay": .number, "preference": .number, "arrival": .number,
        "usage": .number, "alarm": .number, "webhook": .number, "condition": .condition,
        "purpose": .purpose, "pass": .passID, "door": .name, "gateway": .gatewayID,
    ]

    fileprivate var json: String {
        var line = JSONLine()
        line.add("operationId", name)
        line.add("summary", summary)
        var parameters: [String] = path.names.map { name in
            Self.parameter(name, "path", Self.arguments[name] ?? .name, isRequired: true)
        }
        parameters += query.map {
            Self.parameter($0.name, "query", $0.schema, isRequired: $0.isRequired, $0.meaning)
        }
        if method == "POST", case .token = access {
            parameters.append(
                Self.parameter(
                    "Idempotency-Key", "header",
                    .text(.line(1...WebLimits.idempotencyKeyCharactersMax)), isRequired: false,
                    "the same key gets the same answer for a day"))
        }
        if !parameters.isEmpty { line.add("parameters", list: parameters) }
        switch access {
        case .open: line.add("security", list: [])
        case .token(let scope):
            line.add("security", list: ["{\"token\":[\(JSONLine.quoted(scope.rawValue))]}"])
        case .pass: line.add("security", list: ["{\"pass\":[]}"])
        }
        if let body { line.add("requestBody", literal: Self.json(body)) }
        line.add("responses", literal: responses)
        return line.text
    }

    static func parameter(
        _ name: String, _ place: String, _ schema: Schema, isRequired: Bool,
        _ meaning: String? = nil
    ) -> String {
        var line = JSONLine()
        line.add("name", name)
        line.add("in", place)
        line.add("required", isRequired)
        if let meaning { line.add("description", meaning) }
        line.add("schema", literal: schema.json)
        return line.text
    }

    static func json(_ body: Body) -> String {
        let content: String
        switch body {
        case .json(let schema):
            content = "{\"application/json\":{\"schema\":\(schema.json)}}"
        case .text(let type):
            content = "{\(JSONLine.quoted(type)):{\"schema\":{\"type\":\"string\"}}}"
        }
        return "{\"required\":true,\"content\":\(content)}"
    }

    private var responses: String {
        var responses = JSONLine()
        var success = JSONLine()
        success.add("description", "Done")
        switch answer {
        case .nothing: break
        case .json(let schema):
            success.add(
                "content", literal: "{\"application/json\":{\"schema\":\(schema.json)}}")
        case .text(let type):
            let shape = type == HTTPReply.json ? "object" : "string"
            success.add(
                "content",
                literal: "{\(JSONLine.quoted(type)):{\"schema\":{\"type\":\"\(shape)\"}}}")
        }
        responses.add(String(status), literal: success.text)
        let problem = "{\"application/problem+json\":{\"schema\":\(Schema.problem().json)}}"
        for (status, meaning) in problems.sorted(by: { $0.key < $1.key }) {
            var line = JSONLine()
            line.add("description", meaning)
            line.add("content", literal: problem)
            responses.add(String(status), literal: line.text)
        }
        return responses.text
    }

    fileprivate var schemas: [(name: String, schema: Schema)] {
        var found: [(name: String, schema: Schema)] = []
        if case .json(let schema)? = body { found += schema.named }
        if case .json(let schema) = answer { found += schema.named }
        return found
    }
}

enum OpenAPI {
    /// The document, one member a line.
    static let document = JSONText.indented(text)

    private static var text: String {
        var line = JSONLine()
        line.add("openapi", "3.1.0")
        line.add(
            "info",
            literal: JSONLine.object([
                ("title", "Lintel hotel API"), ("version", "1"),
                (
                    "description",
                    "Stays, guests, passes, doors and what happened at them, for the hotel's "
                        + "other systems and the guests' app."
                ),
            ]))
        line.add("servers", list: ["{\"url\":\"/\"}"])
        line.add("paths", literal: paths)
        line.add("webhooks", literal: webhooks)
        var components = JSONLine()
        components.add("schemas", literal: schemas)
        components.add("securitySchemes", literal: security)
        line.add("components", literal: components.text)
        return line.text
    }

    private static var paths: String {
        var order: [String] = []
        var members: [String: JSONLine] = [:]
        for operation in APIOperation.all {
            let path = operation.path.text
            if members[path] == nil { order.append(path) }
            members[path, default: JSONLine()]
                .add(operation.method.lowercased(), literal: operation.json)
        }
        var line = JSONLine()
        for path in order { line.add(path, literal: members[path]?.text ?? "{}") }
        return line.text
    }

    private static var schemas: String {
        var known: [String: String] = [:]
        let all =
            APIOperation.all.flatMap(\.schemas) + Schema.problem().named
            + Webhook.Event.allCases.flatMap { Schema.message(of: $0).named }
        for (name, schema) in all {
            let json = schema.json
            precondition(known[name, default: json] == json, "two schemas are called \(name)")
            known[name] = json
        }
        var line = JSONLine()
        for (name, json) in known.sorted(by: { $0.key < $1.key }) { line.add(name, literal: json) }
        return line.text
    }

    private static var security: String {
        var line = JSONLine()
        let scopes = APIScope.allCases.map { "`\($0.rawValue)`: \($0.meaning)" }
        line.add(
            "token",
            literal: JSONLine.object([
                ("type", "http"), ("scheme", "bearer"),
                (
                    "description",
                    "Made by `lintel-hotel token add`. Scopes: "
                        + scopes.joined(separator: "; ")
                ),
            ]))
        line.add(
            "pass",
            literal: JSONLine.object([
                ("type", "apiKey"), ("in", "header"), ("name", "Authorization"),
                (
                    "description",
                    "`LintelPass PASS.TIME.PROOF`: the pass, the phone's Unix time in seconds, "
                        + "and the first 16 bytes of HMAC-SHA-256(device key, \"LP1 app\" "
                        + "followed by the site and the time, 8 bytes each, big-endian), in "
                        + "hexadecimal."
                ),
            ]))
        return line.text
    }
}

extension JSONLine {
    fileprivate static func object(_ members: [(String, String)]) -> String {
        var line = JSONLine()
        for (name, value) in members { line.add(name, value) }
        return line.text
    }
}

enum JSONText {
    /// The same JSON, one member a line; short arrays of words stay on theirs.
    static func indented(_ text: String) -> String {
        var output = ""
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        func newline() { output += "\n" + String(repeating: " ", count: depth) }
        var last: Character = " "
        for character in text {
            if isQuoted {
                output.append(character)
                isQuoted = character != "\"" || isEscaped
                isEscaped = character == "\\" && !isEscaped
            } else {
                switch character {
                case "{", "[":
                    output.append(character)
                    depth += 1
                    newline()
                case "}", "]":
                    depth -= 1
                    if last == "{" || last == "[" {
                        while output.last?.isWhitespace == true { output.removeLast() }
                    } else {
                        newline()
                    }
                    output.append(character)
                case ",":
                    output.append(character)
                    newline()
                case ":": output += ": "
                default:
                    output.append(character)
                    isQuoted = character == "\""
                }
            }
            last = character
        }
        return output + "\n"
    }
}
