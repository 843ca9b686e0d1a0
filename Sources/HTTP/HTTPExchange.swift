// SPDX-License-Identifier: Apache-2.0
// One request, as values: what a handler decides on, without the library's pointers.
import CMicrohttpd

/// One request. Answering it may take until after the handler has returned.
public final class HTTPExchange {
    public let method: String
    /// Decoded; begins with a slash.
    public let path: String
    public private(set) var body: [UInt8] = []
    public private(set) var isBodyTooLong = false
    public internal(set) var bodyBytesMax: Int
    /// The socket, for the peer's credentials.
    public let descriptor: Int32
    let connection: OpaquePointer
    /// An answer may come after the server has gone.
    private weak var server: HTTPServer?
    private(set) var reply: HTTPReply?
    var wasHandled = false
    var isSuspended = false

    init(_ server: HTTPServer, _ connection: OpaquePointer, method: String, path: String) {
        self.server = server
        bodyBytesMax = server.limits.bodyBytesMax
        self.connection = connection
        self.method = method
        self.path = path
        descriptor = lintel_http_socket(connection)
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        isBodyTooLong = isBodyTooLong || body.count + bytes.count > bodyBytesMax
        if !isBodyTooLong { body += bytes }
    }

    /// `nil` where it is absent. A parameter without a value is empty.
    public func query(_ name: String) -> String? { value(LINTEL_HTTP_ARGUMENT, name) }

    /// The value of a request header; names are compared without regard to case.
    public func header(_ name: String) -> String? { value(LINTEL_HTTP_HEADER, name) }

    public func cookie(_ name: String) -> String? { value(LINTEL_HTTP_COOKIE, name) }

    /// Whether the client would rather have words than JSON.
    public var wantsWords: Bool { header("Accept")?.hasPrefix("text/plain") ?? false }

    /// The peer's numeric address; empty on a UNIX socket.
    public var peerAddress: String {
        var text = [CChar](repeating: 0, count: Int(LINTEL_ADDRESS_BYTES))
        guard lintel_peer_address(descriptor, &text) else { return "" }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    public func answer(_ reply: HTTPReply) {
        self.reply = reply
        server?.wake(self)
    }

    var stream: (any HTTPStream)? {
        guard case .stream(let stream)? = reply?.body else { return nil }
        return stream
    }

    private func value(_ place: lintel_http_place, _ name: String) -> String? {
        var text: UnsafePointer<CChar>?
        var size = 0
        guard lintel_http_value(connection, place, name, &text, &size) else { return nil }
        guard let text else { return "" }
        return String(
            decoding: UnsafeRawBufferPointer(start: text, count: size), as: UTF8.self)
    }
}
