// SPDX-License-Identifier: Apache-2.0
// The board's style, script and icon, which are part of the program. Their addresses carry a
// digest, so that browsers may keep them and never use an old one.
import HTTP

struct StaticFile: Sendable {
    let path: String
    let type: String
    let text: String
    let version: String

    private init(_ path: String, _ type: String, _ text: String) {
        (self.path, self.type, self.text) = (path, type, text)
        version = String(Digest(text).text.prefix(12))
    }

    static let style = StaticFile("/static/board.css", "text/css; charset=utf-8", boardStyle)
    static let script = StaticFile(
        "/static/board.js", "text/javascript; charset=utf-8", boardScript)
    static let icon = StaticFile(
        "/static/icon.svg", "image/svg+xml",
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" \
        rx="7" fill="#1d4d42"/><path d="M10 26V8a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v18" fill="none" \
        stroke="#f7f4ec" stroke-width="2.4"/><circle cx="18.4" cy="16.5" r="1.7" fill="#e9b949"/>\
        </svg>
        """)

    static func at(_ path: String) -> StaticFile? {
        [style, script, icon].first { $0.path == path }
    }

    var reply: HTTPReply {
        var reply = HTTPReply(type, text)
        reply.headers =
            PageFrame.headers + [("Cache-Control", "public, max-age=31536000, immutable")]
        return reply
    }
}
