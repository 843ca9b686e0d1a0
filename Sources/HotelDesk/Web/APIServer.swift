// SPDX-License-Identifier: Apache-2.0
// Answers requests below /api and /guest: finds the operation, asks who calls, holds the request to
// the operation's own description, and turns refusals into RFC 9457 problems.
import CommandLineKit
import HTTP
import Platform
import SQLite
import Timebase

/// The API over the desk.
final class APIServer {
    private let desk: Desk
    private let log: Log
    private let guides: GuestGuides
    private let views: GuestViews
    private let operations: [APIOperation]
    private var budget = RequestBudget()

    init(
        _ desk: Desk, log: Log, guides: GuestGuides, views: GuestViews,
        operations: [APIOperation] = APIOperation.all
    ) {
        self.guides = guides
        self.views = views
        self.desk = desk
        self.log = log
        self.operations = operations
    }

    static func handles(_ path: String) -> Bool {
        path.hasPrefix("/api/") || path.hasPrefix("/guest/")
    }

    /// Only who may hand in a table may send as much as one.
    func bodyBytesMax(_ exchange: HTTPExchange) -> Int {
        guard exchange.path == APIOperation.importPath,
            let token = try? Self.secret(exchange).flatMap({ try desk.token($0) }),
            token.scopes.contains(.staysWrite)
        else { return WebLimits.bodyBytesMax }
        return WebLimits.importBytesMax
    }

    private static func secret(_ exchange: HTTPExchange) -> BearerSecret? {
        let words = (exchange.header("Authorization") ?? "").split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return BearerSecret(text: String(words[1]))
    }

    func serve(_ request: WebRequest) {
        do throws(APIProblem) {
            request.exchange.answer(try answer(request))
        } catch {
            request.exchange.answer(error.reply)
        }
    }

    private func answer(_ request: WebRequest) throws(APIProblem) -> HTTPReply {
        let (operation, arguments) = try find(request.exchange)
        var request = request
        request.arguments = arguments
        let caller = try admit(request, to: operation)
        try checkQuery(request, of: operation)
        let call = APICall(
            request: request, actor: caller.actor, body: try body(request, of: operation),
            desk: desk, scopes: caller.token?.scopes ?? [], pass: caller.pass, guides: guides,
            views: views)
        guard let key = request.exchange.header("Idempotency-Key"), operation.method == "POST",
            let token = caller.token, let secret = caller.secret
        else { return try run(operation, call) }
        return try runOnce(operation, call, key, token, secret)
    }

    private func find(
        _ exchange: HTTPExchange
    ) throws(APIProblem) -> (APIOperation, [String: String]) {
        var allowed: [String] = []
        let method = exchange.method == "HEAD" ? "GET" : exchange.method
        for operation in operations {
            guard let arguments = operation.path.match(exchange.path) else { continue }
            guard operation.method != method else { return (operation, arguments) }
            allowed.append(operation.method)
        }
        guard !allowed.isEmpty else {
            throw .notFound("there is nothing at \(exchange.path)")
        }
        throw APIProblem(
            status: 405, title: "Method Not Allowed",
            detail: "\(exchange.path) takes \(allowed.joined(separator: ", "))",
            headers: [("Allow", allowed.joined(separator: ", "))])
    }

    // MARK: - Who calls

    private struct Caller {
        var actor = "anybody"
        var token: APIToken?
        var secret: BearerSecret?
        var pass: GuestCaller?
    }

    private func admit(
        _ request: WebRequest, to operation: APIOperation
    ) throws(APIProblem) -> Caller {
        switch operation.access {
        case .open: return Caller()
        case .token(let scope):
            guard let secret = Self.secret(request.exchange),
                let token = try trying({ try desk.token(secret) })
            else {
                throw APIProblem(
                    status: 401, title: "Unauthorized",
                    detail: "send 'Authorization: Bearer TOKEN'; 'lintel-hotel token add' makes "
                        + "tokens", headers: [("WWW-Authenticate", "Bearer")])
            }
            try spend(token.actor)
            guard token.scopes.contains(scope) else {
                throw APIProblem(
                    status: 403, title: "Forbidden",
                    detail: "the token does not have the scope \(scope.rawValue)")
            }
            return Caller(actor: token.actor, token: token, secret: secret)
        case .pass:
            let caller = try trying {
                try GuestCaller(request.exchange.header("Authorization"), desk)
            }
            guard let caller else {
                throw APIProblem(
                    status: 401, title: "Unauthorized",
                    detail:
                        "send 'Authorization: LintelPass PASS.TIME.PROOF' with the phone's time",
                    headers: [("WWW-Authenticate", "LintelPass")])
            }
            try spend(caller.actor)
            return Caller(actor: caller.actor, pass: caller)
        }
    }

    private func spend(_ actor: String) throws(APIProblem) {
        guard !budget.spend(actor, at: MonotonicClock.now()) else { return }
        let seconds = WebLimits.requestsPerTokenWindow.milliseconds / 1_000
        throw APIProblem(
            status: 429, title: "Too Many Requests",
            detail: "\(WebLimits.requestsPerTokenMax) requests in \(seconds) s are the most",
            headers: [("Retry-After", String(seconds))])
    }

    // MARK: - What is asked

    private func checkQuery(
        _ request: WebRequest, of operation: APIOperation
    ) throws(APIProblem) {
        for query in operation.query {
            guard let text = request.query(query.name) else {
                guard !query.isRequired else { throw .badRequest("\(query.name) is missing") }
                continue
            }
            let value: JSONValue =
                if case .integer = query.schema { .literal(text) } else { .string(text) }
            if let finding = query.schema.findings(in: value).first {
                throw .badRequest("\(query.name)=\(text): \(finding.detail)")
            }
        }
    }

    private func body(
        _ request: WebRequest, of operation: APIOperation
    ) throws(APIProblem) -> JSONValue {
        let exchange = request.exchange
        guard let body = operation.body else { return .object([:]) }
        guard !exchange.isBodyTooLong else {
            throw APIProblem(
                status: 413, title: "Content Too Large",
                detail: "the body has more than \(exchange.bodyBytesMax) bytes")
        }
        let type =
            (exchange.header("Content-Type") ?? "").split(separator: ";").first
            .map { $0.lowercased().filter { !$0.isWhitespace } } ?? ""
        let wanted =
            switch body {
            case .json: HTTPReply.json
            case .text(let type): type
            }
        guard type == wanted else {
            throw APIProblem(
                status: 415, title: "Unsupported Media Type", detail: "send \(wanted)")
        }
        guard case .json(let schema) = body else { return .object([:]) }
        guard let value = JSONValue(exchange.body, depthMax: WebLimits.jsonDepthMax) else {
            throw .badRequest("the body is not JSON")
        }
        let findings = schema.findings(in: value)
        guard findings.isEmpty else {
            throw APIProblem(
                status: 422, title: "Unprocessable Content",
                detail: "the body has \(findings.count) mistakes", findings: findings)
        }
        return value
    }

    // MARK: - What comes of it

    private func run(
        _ operation: APIOperation, _ call: APICall
    ) throws(APIProblem) -> HTTPReply {
        let reply: APIReply
        do throws(APIProblem) {
            reply = try trying { try operation.run(call) }
        } catch {
            throw error.fitted(to: operation)
        }
        var answer: HTTPReply
        switch reply.body {
        case .json(let text):
            assert(operation.agrees(with: text), "\(operation.name) answers \(text)")
            answer = HTTPReply(status: operation.status, HTTPReply.json, text + "\n")
        case .text(let text): answer = HTTPReply(status: operation.status, operation.type, text)
        case .stream(let stream): answer = HTTPReply(operation.type, .stream(stream))
        case .nothing: answer = HTTPReply(status: operation.status, HTTPReply.json, "")
        }
        answer.headers = reply.headers
        return answer
    }

    private func runOnce(
        _ operation: APIOperation, _ call: APICall, _ key: String, _ token: APIToken,
        _ secret: BearerSecret
    ) throws(APIProblem) -> HTTPReply {
        let exchange = call.request.exchange
        let characters = 1...WebLimits.idempotencyKeyCharactersMax
        guard TextRule.line(characters).accepts(key) else {
            throw .badRequest(
                "an Idempotency-Key has \(characters.lowerBound) to "
                    + "\(characters.upperBound) characters")
        }
        let seal = AnswerSeal(
            secret, key: key,
            request: "\(exchange.method) \(exchange.path)\n"
                + String(decoding: exchange.body, as: UTF8.self))
        switch try trying({ try desk.beginRequest(key, token: token, seal: seal) }) {
        case .first: break
        case .answered(let status, let body): return HTTPReply(status: status, HTTPReply.json, body)
        case .otherRequest:
            throw .unprocessable("the Idempotency-Key was used for another request")
        case .unknownOutcome:
            throw .conflict("the first request with this key got no answer; look before repeating")
        }
        do throws(APIProblem) {
            let reply = try run(operation, call)
            if case .whole(let bytes) = reply.body {
                let sealed = seal.seal(String(decoding: bytes, as: UTF8.self))
                try trying {
                    try desk.keepAnswer(
                        key, token: token, status: reply.status, sealed: sealed)
                }
            }
            return reply
        } catch {
            try trying { try desk.forgetRequest(key, token: token) }
            throw error
        }
    }

    /// What the desk refuses is the caller's business; what fails around it is the hotel's.
    private func trying<Result>(_ body: () throws -> Result) throws(APIProblem) -> Result {
        do {
            return try body()
        } catch let problem as APIProblem {
            throw problem
        } catch let error as DeskError {
            throw APIProblem(error)
        } catch {
            log.error("\(error); a request of the API was not served")
            throw APIProblem(
                status: 503, title: "Service Unavailable",
                detail: "the hotel's records cannot be used at the moment")
        }
    }
}

/// How often each caller asks.
struct RequestBudget {
    private var began: Instant?
    private var counts: [String: Int] = [:]

    /// False where the caller has used up the present window.
    mutating func spend(_ actor: String, at now: Instant) -> Bool {
        if began.map({ now - $0 >= WebLimits.requestsPerTokenWindow }) ?? true {
            began = now
            counts = [:]
        }
        counts[actor, default: 0] += 1
        return counts[actor, default: 0] <= WebLimits.requestsPerTokenMax
    }
}
