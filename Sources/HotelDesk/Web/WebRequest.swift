// SPDX-License-Identifier: Apache-2.0
// A request as the parts of the web server see it, and the table that finds who answers it.
import HTTP
import Timebase

/// One request and what its path says.
struct WebRequest {
    let exchange: HTTPExchange
    /// Parts of the path that stood in braces in the pattern.
    var arguments: [String: String] = [:]
    /// Where the browser is, as far as can be told.
    let address: String

    /// The path's argument; the pattern must have it.
    subscript(name: String) -> String {
        guard let value = arguments[name] else {
            preconditionFailure("the route has no argument '\(name)'")
        }
        return value
    }

    /// The path's argument as a number; 0, which nothing has, where it is none.
    func number(_ name: String) -> Int64 { Int64(self[name]) ?? 0 }

    func query(_ name: String) -> String? { exchange.query(name) }

    var isReading: Bool { exchange.method == "GET" || exchange.method == "HEAD" }
}

/// A path whose parts may stand in braces: `/stays/{stay}`.
struct WebPattern: Sendable {
    let text: String
    private let parts: [Substring]

    init(_ text: String) {
        self.text = text
        parts = text.split(separator: "/", omittingEmptySubsequences: false)
    }

    /// The names in braces, in their order.
    var names: [String] { parts.compactMap(Self.name) }

    /// What stands for the names; `nil` where the path is another.
    func match(_ path: String) -> [String: String]? {
        let given = path.split(separator: "/", omittingEmptySubsequences: false)
        guard given.count == parts.count else { return nil }
        var arguments: [String: String] = [:]
        for (part, value) in zip(parts, given) {
            if let name = Self.name(part) {
                guard !value.isEmpty else { return nil }
                arguments[name] = String(value)
            } else if part != value {
                return nil
            }
        }
        return arguments
    }

    private static func name(_ part: Substring) -> String? {
        part.hasPrefix("{") && part.hasSuffix("}") ? String(part.dropFirst().dropLast()) : nil
    }
}
