// SPDX-License-Identifier: Apache-2.0
// One place to write words for people: the journal with fields when systemd connected standard
// error to it, plain text on standard error otherwise. Writing may block on a stuck journald, so
// the door thread sends its words through its ring. Callers never pass secrets: nothing here
// could tell.

import CSystemd
import Glibc

/// Writes messages at or above a level.
public struct Log: Sendable {
    /// syslog(3) levels that the daemon uses.
    public enum Level: Int32, Comparable, Sendable, CaseIterable {
        case error = 3
        case warning = 4
        case notice = 5
        case info = 6
        case debug = 7

        /// More severe is less.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    public enum Destination: Sendable {
        case journal
        /// Text lines to a descriptor, which must stay open.
        case text(descriptor: Int32)

        /// The journal if standard error is connected to it (`$JOURNAL_STREAM`), else text.
        public static var automatic: Destination {
            var status = stat()
            guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0,
                String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
            else { return .text(descriptor: STDERR_FILENO) }
            return .journal
        }
    }

    public let destination: Destination
    public let threshold: Level

    public init(_ destination: Destination = .automatic, threshold: Level = .info) {
        self.destination = destination
        self.threshold = threshold
    }

    /// Writes one message. Field names are journal field names: capitals, digits, underscores.
    public func write(
        _ level: Level, _ message: String, fields: [String: String] = [:]
    ) {
        guard level <= threshold else { return }
        precondition(fields.count <= Limits.logFieldsMax)
        switch destination {
        case .journal: writeJournal(level, message, fields)
        case .text(let descriptor): writeText(level, message, fields, descriptor)
        }
    }

    public func error(_ message: String, fields: [String: String] = [:]) {
        write(.error, message, fields: fields)
    }

    public func warning(_ message: String, fields: [String: String] = [:]) {
        write(.warning, message, fields: fields)
    }

    public func notice(_ message: String, fields: [String: String] = [:]) {
        write(.notice, message, fields: fields)
    }

    public func info(_ message: String, fields: [String: String] = [:]) {
        write(.info, message, fields: fields)
    }

    private func writeJournal(
        _ level: Level, _ message: String, _ fields: [String: String]
    ) {
        var entries = [Array("MESSAGE=\(message)".utf8), Array("PRIORITY=\(level.rawValue)".utf8)]
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            precondition(isFieldName(name))
            entries.append(Array("\(name)=\(value)".utf8))
        }
        var bytes = entries.flatMap { $0 }
        bytes.withUnsafeMutableBytes { buffer in
            var offset = 0
            let vectors = entries.map { entry in
                defer { offset += entry.count }
                return iovec(
                    iov_base: buffer.baseAddress?.advanced(by: offset),
                    iov_len: entry.count)
            }
            _ = sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }

    private func writeText(
        _ level: Level, _ message: String, _ fields: [String: String],
        _ descriptor: Int32
    ) {
        var line = "\(level): \(message)"
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(name)=\(value)"
        }
        var bytes = line.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: "?") : $0 }
        bytes.append(UInt8(ascii: "\n"))
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: written),
                    buffer.count - written)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            written += count
        }
    }

    private func isFieldName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                return true
            default: return false
            }
        }
    }
}
