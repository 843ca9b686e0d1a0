// SPDX-License-Identifier: Apache-2.0
// One request and its answer, as values: what the API decides on, without the library's pointers.
import CMicrohttpd
import CommandLineKit

/// What goes back. The body is whole, or comes in pieces for as long as the reader stays.
struct HTTPReply {
    enum Body {
        case whole([UInt8])
        case stream(any HTTPStream)
    }

    static let json = "application/json"
    /// One JSON object a line.
    static let jsonLines = "application/x-ndjson"
    static let plain = "text/plain; charset=utf-8"

    let status: UInt32
    let type: String
    let body: Body
    var headers: [(String, String)] = []

    init(status: UInt32 = 200, _ type: String, _ text: String) {
        self.init(status: status, type, .whole(Array(text.utf8)))
    }

    init(status: UInt32 = 200, _ type: String, _ body: Body) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// What went wrong, as an RFC 9457 problem or, where words are wanted, as one line.
    static func problem(
        _ status: UInt32, _ title: String, _ detail: String, asWords: Bool,
        _ more: (inout JSONLine) -> Void = { _ in }
    ) -> HTTPReply {
        if asWords { return HTTPReply(status: status, plain, "\(detail)\n") }
        var line = JSONLine()
        line.add("type", "about:blank")
        line.add("title", title)
        line.add("status", status)
        line.add("detail", detail)
        more(&line)
        return HTTPReply(status: status, "application/problem+json", line.text + "\n")
    }
}

/// A body without a known end.
protocol HTTPStream: AnyObject {
    /// Set when nobody reads any more, or the gateway stops.
    var isOver: Bool { get set }
    /// Writes what there is into `buffer`, which is not empty.
    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTPStreamPiece
}

enum HTTPStreamPiece: Equatable {
    case bytes(Int)
    /// Nothing at present; the server is told when there is more.
    case wait
    case end
    /// The connection ends in the middle, so that the reader notices.
    case cut
}

/// One request. Answering it may take until after the handler has returned.
final class HTTPExchange {
    let method: String
    /// Decoded; begins with a slash.
    let path: String
    private(set) var body: [UInt8] = []
    private(set) var isBodyTooLong = false
    /// The socket, for the peer's credentials.
    let descriptor: Int32
    let connection: OpaquePointer
    private unowned let server: HTTPServer
    private(set) var reply: HTTPReply?
    var wasHandled = false
    var isSuspended = false

    init(_ server: HTTPServer, _ connection: OpaquePointer, method: String, path: String) {
        self.server = server
        self.connection = connection
        self.method = method
        self.path = path
        descriptor = lintel_http_socket(connection)
    }

    func take(_ bytes: UnsafeRawBufferPointer) {
        isBodyTooLong = isBodyTooLong || body.count + bytes.count > Limits.requestBodyBytesMax
        if !isBodyTooLong { body += bytes }
    }

    /// `nil` where it is absent. A parameter without a value is empty.
    func query(_ name: String) -> String? { value(isHeader: false, name) }

    /// Whether the client would rather have words than JSON.
    var wantsWords: Bool { value(isHeader: true, "Accept")?.hasPrefix("text/plain") ?? false }

    func answer(_ reply: HTTPReply) {
        self.reply = reply
        server.wake(self)
    }

    var stream: (any HTTPStream)? {
        guard case .stream(let stream)? = reply?.body else { return nil }
        return stream
    }

    private func value(isHeader: Bool, _ name: String) -> String? {
        var text: UnsafePointer<CChar>?
        var size = 0
        guard lintel_http_value(connection, isHeader, name, &text, &size) else { return nil }
        guard let text else { return "" }
        return String(
            decoding: UnsafeRawBufferPointer(start: text, count: size), as: UTF8.self)
    }
}
