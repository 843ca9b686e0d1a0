// SPDX-License-Identifier: Apache-2.0
// The hotel's web server as a part of the hotel server: the API, the guests' app and the staff's
// board on one address. Nothing here waits: passwords and webhooks have threads of their own.
import Glibc
import HTTP
import Platform
import Timebase

final class WebServer: HotelPart {
    private let settings: WebSettings
    private let desk: Desk
    private let log: Log
    private let loop: EventLoop
    private let api: APIServer
    private let pages: BoardServer
    private let live: LivePages
    private let guides: GuestGuides
    private let webhooks: WebhookSender
    /// Kept for a server with a renewed certificate.
    private let listener: FileDescriptor
    private var server: HTTPServer?
    /// Those with an older certificate, until what they serve has ended.
    private var retired: [(server: HTTPServer, until: Instant)] = []
    private var hourly = 0

    init(_ settings: WebSettings, _ desk: Desk, _ loop: EventLoop, _ log: Log) throws {
        self.settings = settings
        self.desk = desk
        self.log = log
        self.loop = loop
        let views = GuestViews(desk)
        let live = try LivePages(desk, loop, log: log, views: views)
        self.live = live
        let guides = GuestGuides(desk, log: log)
        self.guides = guides
        api = APIServer(desk, log: log, guides: guides, views: views)
        pages = BoardServer(
            desk, log: log, live: live, views: views, passwords: try PasswordChecker(loop),
            isSecure: settings.isSecure)
        webhooks = try WebhookSender(desk, loop, log: log)
        // Settings refuse this with words; nothing may come around them.
        precondition(settings.listen.isLoopback || settings.certificate != nil)
        listener = try LocalSocket.listen(
            onAddress: settings.listen.host, port: settings.listen.port)
        server = try makeServer()
        live.onMore = { [unowned self] in server?.wakeStreams() }
        guides.onMore = { [unowned self] in server?.wakeStreams() }
        log.notice("the board is at \(settings.address)/")
    }

    private func makeServer() throws(SystemError) -> HTTPServer {
        let api = api
        return try HTTPServer(
            loop, try listener.duplicate(),
            limits: .web(behindProxy: settings.listen.isLoopback), tls: try certificate(),
            headers: Self.headers(isSecure: settings.isSecure),
            bodyBytesMax: { exchange in api.bodyBytesMax(exchange) },
            handler: { [unowned self] exchange in serve(exchange) })
    }

    private func certificate() throws(SystemError) -> HTTPCertificate? {
        guard let chain = settings.certificate, let key = settings.key else { return nil }
        return HTTPCertificate(chain: try Self.text(chain), key: try Self.text(key))
    }

    private static func text(_ file: String) throws(SystemError) -> String {
        String(
            decoding: try StateFile.read(file, bytesMax: WebLimits.pemBytesMax), as: UTF8.self)
    }

    private func serve(_ exchange: HTTPExchange) {
        let request = WebRequest(exchange: exchange, address: address(of: exchange))
        if APIServer.handles(exchange.path) {
            api.serve(request)
        } else {
            pages.serve(request)
        }
    }

    /// Behind a proxy on this machine, its word; else the peer of the connection.
    private func address(of exchange: HTTPExchange) -> String {
        let peer = exchange.peerAddress
        let isProxy =
            settings.origin != nil && ListenAddress(host: peer, port: 0).isLoopback
        let forwarded = isProxy ? exchange.header("X-Forwarded-For") : nil
        let last = forwarded?.split(separator: ",").last.map { $0.filter { $0 != " " } }
        return last.map { String($0.prefix(64)) } ?? peer
    }

    /// What nothing we answer may be used for.
    private static func headers(isSecure: Bool) -> [(String, String)] {
        var headers = [
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if isSecure { headers.append(("Strict-Transport-Security", "max-age=31536000")) }
        return headers
    }

    // MARK: - HotelPart

    func take(_ change: DeskChange) {
        live.wake()
        guides.take(change)
        webhooks.take(change)
    }

    func tick(_ now: Instant) {
        live.tick(now)
        guides.tick(now)
        webhooks.tick()
        server?.dropGoneReaders()
        retired.removeAll { $0.until <= now }
        hourly += 1
        guard hourly % 3_600 == 1 else { return }
        do {
            try desk.dropOldSessions()
            try desk.dropOldAnswers()
        } catch {
            log.error("\(error); old sessions are kept for another hour")
        }
    }

    /// Live pages of the old server end; browsers ask for them again.
    func renew() {
        guard let certificate = settings.certificate else { return }
        do throws(SystemError) {
            let renewed = try makeServer()
            if let old = server {
                old.retire()
                retired.append((old, MonotonicClock.now() + WebLimits.connectionIdleMax))
            }
            server = renewed
            log.notice("'\(certificate)' was read again and is in use")
        } catch {
            log.error("\(error); the certificate read before stays in use")
        }
    }

    func stop() {
        // Ends every stream as well. The loop has ended: nobody may be woken any more.
        for old in retired { old.server.stop() }
        server?.stop()
        webhooks.stop()
        pages.stop()
    }
}

extension HTTPLimits {
    /// - Parameter behindProxy: everybody may come from one address.
    static func web(behindProxy: Bool) -> HTTPLimits {
        HTTPLimits(
            connectionsMax: WebLimits.connectionsMax,
            connectionsFromOneMax: behindProxy ? 0 : WebLimits.connectionsFromOneMax,
            idleMax: WebLimits.connectionIdleMax, bodyBytesMax: WebLimits.bodyBytesMax,
            connectionMemoryBytes: 32_768, streamPieceBytes: 16_384)
    }
}
