// SPDX-License-Identifier: Apache-2.0
// One operation of the API as a value: who may call it, what it takes, what it answers. Both the
// server and the OpenAPI document are made from these, so neither can say what the other does not.
import CommandLineKit
import HTTP

/// What a token may be allowed to do.
enum APIScope: String, CaseIterable, Sendable {
    case placesRead = "places:read"
    case doorsOpen = "doors:open"
    case alarmsWrite = "alarms:write"
    case staysRead = "stays:read"
    case staysWrite = "stays:write"
    case guestsRead = "guests:read"
    case guestsWrite = "guests:write"
    case passesWrite = "passes:write"
    case usageRead = "usage:read"
    case usageWrite = "usage:write"
    case figuresRead = "figures:read"
    case webhooksWrite = "webhooks:write"

    var meaning: String {
        switch self {
        case .placesRead: "gateways, doors and alarms"
        case .doorsOpen: "open doors from afar"
        case .alarmsWrite: "acknowledge alarms"
        case .staysRead: "stays, arrivals and passes, without keys and without who the guest is"
        case .staysWrite: "make and change stays, check in and out"
        case .guestsRead: "names, wishes and consent of guests"
        case .guestsWrite: "change them"
        case .passesWrite: "issue and revoke passes"
        case .usageRead: "what guests used and what it costs"
        case .usageWrite: "disputes, decisions and the export to the bill"
        case .figuresRead: "figures and touchpoints"
        case .webhooksWrite: "where the hotel's changes are sent"
        }
    }
}

/// Who may call an operation.
enum APIAccess: Sendable {
    /// Anybody.
    case open
    case token(APIScope)
    /// The phone that holds the pass (`GuestAccess`).
    case pass
}

struct APIOperation: Sendable {
    enum Body: Sendable {
        case json(Schema)
        /// Text of this media type.
        case text(String)
    }

    struct Query: Sendable {
        let name: String
        let schema: Schema
        let meaning: String
        var isRequired = false
    }

    enum Answer: Sendable {
        case json(Schema)
        case text(String)
        case nothing
    }

    let name: String
    let method: String
    let path: WebPattern
    let summary: String
    let access: APIAccess
    var query: [Query] = []
    var body: Body?
    var status: UInt32 = 200
    let answer: Answer
    /// What can be refused beyond what every operation of its kind may.
    var refusals: Set<UInt32> = []
    let run: @Sendable (APICall) throws -> APIReply

    var isWriting: Bool { method != "GET" }

    /// Every status but the successful one; the key is the status.
    var problems: [UInt32: String] {
        var known: [UInt32: String] = [400: "The request cannot be read", 503: "Try again later"]
        if case .open = access {
        } else {
            known[401] = "Who asks is unknown"
            known[429] = "Too many requests"
        }
        if case .token = access { known[403] = "The token does not have the scope" }
        if !path.names.isEmpty { known[404] = "There is no such thing" }
        if body != nil {
            known[413] = "The body is too long"
            known[415] = "The body is of another type"
            known[422] = "The body, or a thing it names, is not right"
        }
        if method == "POST" { known[422] = "The Idempotency-Key was used for another request" }
        if isWriting { known[409] = "The present state does not allow it" }
        for status in refusals { known[status] = known[status] ?? "Refused" }
        return known
    }
}

/// A request that was let in: its body follows the schema, its scope was checked.
struct APICall {
    let request: WebRequest
    /// For the audit trail: `token pms`, `guest pass 12ab…`.
    let actor: String
    /// The empty object where the operation takes no JSON.
    let body: JSONValue
    let desk: Desk
    /// Of the token.
    let scopes: Set<APIScope>
    /// Only for operations with access `.pass`.
    let pass: GuestCaller?
    let guides: GuestGuides
    let views: GuestViews

    func text(_ name: String) -> String { body[name]?.string ?? "" }
    func optionalText(_ name: String) -> String? { body[name]?.string }
    func flag(_ name: String) -> Bool { body[name]?.bool ?? false }
    func number(_ name: String) -> Int64? { body[name]?.number() }
}

struct APIReply {
    enum Body {
        case json(String)
        case text(String)
        case stream(any HTTPStream)
        case nothing
    }
    let body: Body
    var headers: [(String, String)] = []

    static var nothing: APIReply { APIReply(body: .nothing) }

    static func object(_ line: JSONLine) -> APIReply { APIReply(body: .json(line.text)) }
}

/// Refused; becomes an RFC 9457 problem.
struct APIProblem: Error {
    let status: UInt32
    let title: String
    let detail: String
    var findings: [SchemaFinding] = []
    var headers: [(String, String)] = []

    static func notFound(_ detail: String) -> APIProblem {
        APIProblem(status: 404, title: "Not Found", detail: detail)
    }

    static func conflict(_ detail: String) -> APIProblem {
        APIProblem(status: 409, title: "Conflict", detail: detail)
    }

    static func unprocessable(_ detail: String) -> APIProblem {
        APIProblem(status: 422, title: "Unprocessable Content", detail: detail)
    }

    static func badRequest(_ detail: String) -> APIProblem {
        APIProblem(status: 400, title: "Bad Request", detail: detail)
    }

    var reply: HTTPReply {
        var reply = HTTPReply.problem(
            status, title, Self.printable(detail, max: WebLimits.problemCharactersMax),
            asWords: false
        ) { line in
            guard !findings.isEmpty else { return }
            line.add(
                "errors",
                list: findings.map { finding in
                    var line = JSONLine()
                    let most = WebLimits.findingCharactersMax
                    line.add("pointer", Self.printable(finding.pointer, max: most))
                    line.add("detail", Self.printable(finding.detail, max: most))
                    return line.text
                })
        }
        reply.headers = headers
        return reply
    }

    /// What was sent comes back in words; control characters do not, nor more than anybody reads.
    private static func printable(_ text: String, max: Int) -> String {
        let scalars = text.unicodeScalars.prefix(max).map { scalar -> Unicode.Scalar in
            scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) ? "?" : scalar
        }
        return String(String.UnicodeScalarView(scalars))
    }
}
