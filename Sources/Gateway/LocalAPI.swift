// SPDX-License-Identifier: Apache-2.0
// The gateway's local API: what an operator at the gateway, its own command line and a monitoring
// system ask it. On the UNIX socket everything, for operators only; on loopback TCP, where nobody
// can be told from another, /health and /metrics.
//
//   GET  /health                        200 ok or degraded, 503 failing
//   GET  /metrics                       Prometheus text format 0.0.4
//   GET  /v1/status, /v1/doors          JSON, or words with `Accept: text/plain`
//   GET  /v1/report                     all that helps somebody far away, as JSON lines
//   GET  /v1/events?after=N&follow=1   one JSON object a line, oldest first; for ever with `follow`
//   POST /v1/doors/NAME/open|identify|mode|reset-fire, /v1/clock/confirm
//
// Errors are RFC 9457 problems.
import DoorCore
import Glibc
import HTTP
import Platform
import Timebase

/// Answers requests from the account and hands orders to the order book.
final class LocalAPI {
    private let account: GatewayAccount
    private let orders: OrderBook
    private let operatorsGroup = LocalPeer.operatorsGroupNumber()
    private var socketPath: String
    private var isListening = false
    private var operators: HTTPServer?
    private var monitoring: HTTPServer?
    private var followers: [EventFollower] = []

    init(_ account: GatewayAccount, _ orders: OrderBook) {
        self.account = account
        self.orders = orders
        socketPath = account.settings.apiSocket
        account.trail.onAppend = { [unowned self] in operators?.wakeStreams() }
    }

    /// Listens on both sockets, as configured. One that cannot be had is told, and doors go on.
    func listen(_ loop: EventLoop, refused: (SystemError) -> Void) {
        do throws(SystemError) {
            operators = try HTTPServer(
                loop, LocalSocket.listen(at: socketPath, group: operatorsGroup),
                limits: HTTPLimits.localAPI
            ) { [unowned self] exchange in serveOperator(exchange) }
            isListening = true
        } catch {
            refused(error)
        }
        guard let port = account.settings.metricsPort else { return }
        do throws(SystemError) {
            monitoring = try HTTPServer(
                loop, LocalSocket.listen(onLoopback: port), limits: HTTPLimits.localAPI
            ) {
                [unowned self] exchange in serveMonitoring(exchange)
            }
        } catch {
            refused(error)
        }
    }

    /// Listens where the settings now say. Readers that follow events have to come again.
    func listenAnew(_ loop: EventLoop, refused: (SystemError) -> Void) {
        stop()
        (operators, monitoring) = (nil, nil)
        socketPath = account.settings.apiSocket
        listen(loop, refused: refused)
    }

    /// Ends every connection and removes the socket.
    func stop() {
        operators?.stop()
        monitoring?.stop()
        if isListening { unlink(socketPath) }
        isListening = false
    }

    /// Once a second.
    func tick(_ now: Instant) {
        orders.expire(at: now)
        operators?.dropGoneReaders()
    }

    // MARK: - Requests

    private func serveMonitoring(_ exchange: HTTPExchange) {
        guard exchange.path == "/health" || exchange.path == "/metrics" else {
            return exchange.answer(notFound(exchange))
        }
        serveReading(exchange)
    }

    private func serveOperator(_ exchange: HTTPExchange) {
        guard let peer = LocalPeer(socket: exchange.descriptor),
            peer.isOperator(group: operatorsGroup)
        else {
            return exchange.answer(
                .problem(
                    403, "Forbidden",
                    "only root and members of group \(LocalPeer.operatorsGroup) may ask this",
                    asWords: exchange.wantsWords))
        }
        if exchange.isBodyTooLong {
            return exchange.answer(
                .problem(
                    413, "Content Too Large",
                    "the body has more than \(Limits.requestBodyBytesMax) bytes",
                    asWords: exchange.wantsWords))
        }
        if exchange.path == "/v1/clock/confirm" || exchange.path.hasPrefix("/v1/doors/") {
            serveOrder(exchange, of: peer)
        } else {
            serveReading(exchange)
        }
    }

    private func serveReading(_ exchange: HTTPExchange) {
        guard exchange.method == "GET" || exchange.method == "HEAD" else {
            return exchange.answer(notAllowed(exchange, "GET"))
        }
        let now = MonotonicClock.now()
        let asWords = exchange.wantsWords
        switch exchange.path {
        case "/health":
            let status: UInt32 = account.health(at: now).health == .failing ? 503 : 200
            exchange.answer(
                asWords
                    ? HTTPReply(status: status, HTTPReply.plain, account.healthText(at: now))
                    : HTTPReply(status: status, HTTPReply.json, account.healthJSON(at: now)))
        case "/metrics":
            takeCounts()
            exchange.answer(HTTPReply(MetricsText.contentType, account.metrics(at: now)))
        case "/v1/status":
            exchange.answer(
                asWords
                    ? HTTPReply(HTTPReply.plain, account.statusText(at: now))
                    : HTTPReply(HTTPReply.json, account.statusJSON(at: now)))
        case "/v1/doors":
            exchange.answer(
                asWords
                    ? HTTPReply(HTTPReply.plain, account.doorsText())
                    : HTTPReply(HTTPReply.json, account.doorsJSON()))
        case "/v1/report":
            takeCounts()
            exchange.answer(
                HTTPReply(HTTPReply.jsonLines, GatewayReport.bundle(account, at: now)))
        case "/v1/events": exchange.answer(events(exchange))
        default: exchange.answer(notFound(exchange))
        }
    }

    private func events(_ exchange: HTTPExchange) -> HTTPReply {
        let isEndless = exchange.query("follow").map { $0 != "0" } ?? false
        let text = exchange.query("after") ?? "0"
        guard let after = UInt64(text) else {
            return .problem(
                400, "Bad Request", "after=\(text) is no sequence number",
                asWords: exchange.wantsWords)
        }
        followers.removeAll { $0.isOver }
        guard !isEndless || followers.count < Limits.followersMax else {
            return .problem(
                503, "Service Unavailable",
                "\(Limits.followersMax) readers follow the events already",
                asWords: exchange.wantsWords)
        }
        let follower = EventFollower(account.trail, after: after, isEndless: isEndless) {
            [account] in account.followersDropped += 1
        }
        if isEndless { followers.append(follower) }
        return HTTPReply(HTTPReply.jsonLines, .stream(follower))
    }

    /// What the servers counted themselves.
    private func takeCounts() {
        account.replies = [:]
        for server in [operators, monitoring].compactMap({ $0 }) {
            account.replies.merge(server.counters.replies) { $0 + $1 }
        }
        followers.removeAll { $0.isOver }
        account.followers = followers.count
        account.readersStalled = operators?.counters.stalledReaders ?? 0
    }

    private func serveOrder(_ exchange: HTTPExchange, of peer: LocalPeer) {
        guard exchange.method == "POST" else {
            return exchange.answer(notAllowed(exchange, "POST"))
        }
        let request: OrderRequest
        do throws(OrderRequest.Refusal) {
            request = try OrderRequest(exchange, account.settings.doors)
        } catch {
            return exchange.answer(
                .problem(error.status, error.title, error.detail, asWords: exchange.wantsWords))
        }
        // Asked now: the connection may be gone when the answer comes.
        let asWords = exchange.wantsWords
        orders.place(
            request.command, by: .operator(user: peer.user), reason: request.reason,
            at: MonotonicClock.now()
        ) { [account] outcome, number in
            if outcome == .undeliverable || outcome == .unanswered { account.ordersFailed += 1 }
            exchange.answer(request.reply(to: outcome, number: number, asWords: asWords))
        }
    }

    private func notFound(_ exchange: HTTPExchange) -> HTTPReply {
        .problem(
            404, "Not Found", "there is nothing at \(exchange.path)",
            asWords: exchange.wantsWords)
    }

    private func notAllowed(_ exchange: HTTPExchange, _ method: String) -> HTTPReply {
        var reply = HTTPReply.problem(
            405, "Method Not Allowed", "\(exchange.path) takes \(method) only",
            asWords: exchange.wantsWords)
        reply.headers = [("Allow", method)]
        return reply
    }
}

extension HTTPLimits {
    static let localAPI = HTTPLimits(
        connectionsMax: Limits.apiConnectionsMax, idleMax: Limits.connectionIdleMax,
        bodyBytesMax: Limits.requestBodyBytesMax)
}
