// SPDX-License-Identifier: Apache-2.0
// libmicrohttpd on a loop of ours: it gets no thread, and is run when its epoll descriptor or its
// own deadline says so. Connections that wait for something else are suspended, so an idle reader
// of events costs nothing. Everything happens on the loop's thread.
import CMicrohttpd
import Glibc
import Platform
import Timebase

/// An HTTP/1.1 server on one listening socket.
public final class HTTPServer {
    let limits: HTTPLimits
    private let headers: [(String, String)]
    private let bodyBytesMax: (HTTPExchange) -> Int
    private let handler: (HTTPExchange) -> Void
    private var daemon: OpaquePointer?
    private var source: IOSource?
    private var timer: TimerSource?
    private var suspended: [HTTPExchange] = []
    /// A resumed connection moves at the library's next run, for which it does not ask itself.
    private var hasResumed = false
    public private(set) var counters = HTTPCounters()

    /// Serves from now on.
    /// - Parameters:
    ///   - listener: a non-blocking listening socket; it is closed with the server.
    ///   - tls: what to prove with who the server is; `nil` serves plain HTTP.
    ///   - headers: of every reply that has none of the same name.
    ///   - bodyBytesMax: how long this request's body may be, asked when only its head is known;
    ///     `nil`: as the limits say.
    ///   - handler: called with each request that came in whole; answers it, sooner or later.
    public init(
        _ loop: EventLoop, _ listener: consuming FileDescriptor, limits: HTTPLimits,
        tls: HTTPCertificate? = nil, headers: [(String, String)] = [],
        bodyBytesMax: ((HTTPExchange) -> Int)? = nil, handler: @escaping (HTTPExchange) -> Void
    ) throws(SystemError) {
        self.limits = limits
        self.headers = [("Cache-Control", "no-store")] + headers
        self.bodyBytesMax = bodyBytesMax ?? { _ in limits.bodyBytesMax }
        self.handler = handler
        let subject = listener.subject
        var start = lintel_http_start_options()
        start.connections = UInt32(limits.connectionsMax)
        start.connections_from_one = UInt32(limits.connectionsFromOneMax)
        start.idle_seconds = UInt32(limits.idleMax.milliseconds / 1_000)
        start.memory_bytes = limits.connectionMemoryBytes
        start.handle = accessHandler
        start.completed = requestCompleted
        start.owner = Unmanaged.passUnretained(self).toOpaque()
        if let tls {
            daemon = tls.chain.withCString { chain in
                tls.key.withCString { key in
                    start.certificate = chain
                    start.key = key
                    return lintel_http_start(listener.rawValue, &start)
                }
            }
        } else {
            daemon = lintel_http_start(listener.rawValue, &start)
        }
        guard let daemon else {
            throw SystemError(call: "serve HTTP on", subject: subject, errno: errno)
        }
        _ = listener.release()
        source = try IOSource(
            loop, descriptor: lintel_http_epoll(daemon), events: .readable
        ) { [unowned self] _ in run() }
        timer = try TimerSource(loop) { [unowned self] _ in run() }
        arm()
    }

    deinit { stop() }

    /// Ends every connection.
    public func stop() {
        guard let daemon else { return }
        source = nil
        timer = nil
        for exchange in suspended { end(exchange) }
        MHD_stop_daemon(daemon)
        self.daemon = nil
    }

    /// Takes no more connections, and ends its streams; other requests are still answered.
    public func retire() {
        guard let daemon else { return }
        let listener = MHD_quiesce_daemon(daemon)
        if listener >= 0 { close(listener) }
        for exchange in suspended where exchange.stream != nil { end(exchange) }
    }

    /// Goes on with every stream that waits: there is more to read.
    public func wakeStreams() {
        for exchange in suspended where exchange.stream != nil { wake(exchange) }
    }

    /// Lets go of streams whose readers have gone: while nothing is written, nobody would notice.
    public func dropGoneReaders() {
        for exchange in suspended where exchange.stream != nil {
            var peer = pollfd(fd: exchange.descriptor, events: 0, revents: 0)
            if poll(&peer, 1, 0) > 0 { end(exchange) }
        }
    }

    public var streamCount: Int { suspended.count { $0.stream != nil } }

    func wake(_ exchange: HTTPExchange) {
        guard exchange.isSuspended else { return }
        exchange.isSuspended = false
        suspended.removeAll { $0 === exchange }
        MHD_resume_connection(exchange.connection)
        hasResumed = true
        arm()
    }

    private func end(_ exchange: HTTPExchange) {
        exchange.stream?.isOver = true
        wake(exchange)
    }

    fileprivate func suspend(_ exchange: HTTPExchange) {
        exchange.isSuspended = true
        suspended.append(exchange)
        MHD_suspend_connection(exchange.connection)
    }

    private func run() {
        hasResumed = false
        MHD_run(daemon)
        arm()
    }

    private func arm() {
        var milliseconds: UInt64 = 0
        let hasDeadline = hasResumed || MHD_get_timeout(daemon, &milliseconds) == .YES
        let wait = Interval.milliseconds(Int64(clamping: min(milliseconds, 60_000)))
        do {
            try timer?.arm(hasDeadline ? MonotonicClock.now() + wait : nil)
        } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }

    // MARK: - Called by the library

    fileprivate func take(
        _ connection: OpaquePointer, _ url: UnsafePointer<CChar>, _ method: UnsafePointer<CChar>,
        _ data: UnsafePointer<CChar>?, _ size: UnsafeMutablePointer<Int>,
        _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    ) -> MHD_Result {
        guard let known = context.pointee else {
            let exchange = HTTPExchange(
                self, connection, method: String(cString: method), path: String(cString: url))
            exchange.bodyBytesMax = bodyBytesMax(exchange)
            context.pointee = Unmanaged.passRetained(exchange).toOpaque()
            return .YES
        }
        let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeUnretainedValue()
        if let data, size.pointee > 0 {
            exchange.take(UnsafeRawBufferPointer(start: data, count: size.pointee))
            size.pointee = 0
            return .YES
        }
        if !exchange.wasHandled {
            exchange.wasHandled = true
            handler(exchange)
        }
        guard let reply = exchange.reply else {
            suspend(exchange)
            return .YES
        }
        return queue(reply, to: exchange)
    }

    private func queue(_ reply: HTTPReply, to exchange: HTTPExchange) -> MHD_Result {
        counters.replies[reply.status, default: 0] += 1
        let made: OpaquePointer?
        switch reply.body {
        case .whole(let bytes):
            made = bytes.withUnsafeBytes { bytes in
                lintel_http_reply(bytes.baseAddress, bytes.count)
            }
        case .stream:
            let reader = Unmanaged.passRetained(StreamReader(self, exchange)).toOpaque()
            made = MHD_create_response_from_callback(
                UInt64.max, limits.streamPieceBytes, readStream, reader, releaseStream)
        }
        guard let response = made else { return .NO }
        defer { MHD_destroy_response(response) }
        MHD_add_response_header(response, "Content-Type", reply.type)
        for (name, value) in headers where reply.header(name) == nil {
            MHD_add_response_header(response, name, value)
        }
        for (name, value) in reply.headers { MHD_add_response_header(response, name, value) }
        return MHD_queue_response(exchange.connection, reply.status, response)
    }

    fileprivate func completed(_ exchange: HTTPExchange, _ end: MHD_RequestTerminationCode) {
        // The library's connection is gone: a late answer must not wake it.
        exchange.isSuspended = false
        suspended.removeAll { $0 === exchange }
        guard let stream = exchange.stream else { return }
        if lintel_http_is_timeout(end), !stream.isOver {
            counters.stalledReaders += 1
        }
        stream.isOver = true
    }
}

/// What the library's content reader needs.
private final class StreamReader {
    unowned let server: HTTPServer
    unowned let exchange: HTTPExchange

    init(_ server: HTTPServer, _ exchange: HTTPExchange) {
        self.server = server
        self.exchange = exchange
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        switch exchange.stream?.fill(buffer) {
        case .bytes(let count): return count
        case .wait:
            server.suspend(exchange)
            return 0
        // MHD_CONTENT_READER_END_OF_STREAM and …_END_WITH_ERROR, macros with casts.
        case .end: return -1
        case .cut, nil: return -2
        }
    }
}

private let accessHandler: MHD_AccessHandlerCallback = {
    owner, connection, url, method, _, data, size, context in
    guard let owner, let connection, let url, let method, let size, let context else {
        return .NO
    }
    return Unmanaged<HTTPServer>.fromOpaque(owner).takeUnretainedValue()
        .take(connection, url, method, data, size, context)
}

private let requestCompleted: MHD_RequestCompletedCallback = { owner, _, context, end in
    guard let owner, let known = context?.pointee else { return }
    let exchange = Unmanaged<HTTPExchange>.fromOpaque(known).takeRetainedValue()
    context?.pointee = nil
    Unmanaged<HTTPServer>.fromOpaque(owner).takeUnretainedValue().completed(exchange, end)
}

private let readStream: MHD_ContentReaderCallback = { reader, _, buffer, size in
    guard let reader, let buffer else { return -2 }
    return Unmanaged<StreamReader>.fromOpaque(reader).takeUnretainedValue()
        .fill(UnsafeMutableRawBufferPointer(start: buffer, count: size))
}

private let releaseStream: MHD_ContentReaderFreeCallback = { reader in
    guard let reader else { return }
    Unmanaged<StreamReader>.fromOpaque(reader).release()
}
