// SPDX-License-Identifier: Apache-2.0
// What goes back to whoever asked, as values.
import CommandLineKit

/// What goes back. The body is whole, or comes in pieces for as long as the reader stays.
public struct HTTPReply {
    public enum Body {
        case whole([UInt8])
        case stream(any HTTPStream)
    }

    public static let json = "application/json"
    /// One JSON object a line.
    public static let jsonLines = "application/x-ndjson"
    public static let plain = "text/plain; charset=utf-8"

    public let status: UInt32
    public let type: String
    public let body: Body
    public var headers: [(String, String)] = []

    public init(status: UInt32 = 200, _ type: String, _ text: String) {
        self.init(status: status, type, .whole(Array(text.utf8)))
    }

    public init(status: UInt32 = 200, _ type: String, _ body: Body) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// The value of a header set here; `name` as it was written.
    func header(_ name: String) -> String? { headers.first { $0.0 == name }?.1 }

    /// What went wrong, as an RFC 9457 problem or, where words are wanted, as one line.
    public static func problem(
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
