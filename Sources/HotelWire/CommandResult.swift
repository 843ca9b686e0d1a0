// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Timebase

/// What became of a command, as one JSON object. It comes again when the command comes again.
public struct CommandResult: Hashable, Sendable {
    public enum Outcome: String, CaseIterable, Sendable {
        case done
        /// A rule of the door or the clock stood against it, which `reason` names.
        case refused
        case expired
        /// Altered, or signed by somebody else.
        case forged
        /// Of a kind this gateway does not know, or about a door it does not have.
        case unknown
        /// The doors did not take it in time.
        case undeliverable
    }

    public static let bytesMax = 2_048

    /// `nil` for a forged command that has none.
    public var command: CommandID?
    public var outcome: Outcome
    public var reason: String?
    public var at: UnixTime?

    public init(command: CommandID?, outcome: Outcome, reason: String?, at: UnixTime?) {
        self.command = command
        self.outcome = outcome
        self.reason = reason
        self.at = at
    }

    /// `{"format":1,"command":"…","outcome":"refused","reason":"lockdown","at":"…"}`
    public var text: String {
        var line = JSONLine()
        line.add("format", MessageFormat.major)
        line.add("command", command.map { "\($0)" })
        line.add("outcome", outcome.rawValue)
        line.add("reason", reason)
        line.add("at", at.map(\.text))
        return line.text
    }

    public init(_ bytes: some Collection<UInt8>) throws(MessageError) {
        let value = try MessageFormat.object(bytes, bytesMax: Self.bytesMax)
        guard let outcome = value["outcome"]?.string.flatMap(Outcome.init) else {
            throw .malformed("an outcome is known")
        }
        let id = value["command"]?.string
        let command = id.flatMap { CommandID($0) }
        guard (id == nil) == (command == nil) else {
            throw .malformed("a command's id is 32 hexadecimal digits")
        }
        self.init(
            command: command, outcome: outcome, reason: value["reason"]?.string,
            at: value["at"]?.string.flatMap { UnixTime(text: $0) })
    }
}

/// The version of the JSON messages: members may be added without a new number, and readers skip
/// those they do not know.
enum MessageFormat {
    static let major: UInt64 = 1

    /// The object, when it is of a format this program reads.
    static func object(
        _ bytes: some Collection<UInt8>, bytesMax: Int
    ) throws(MessageError) -> JSONValue {
        guard bytes.count <= bytesMax else { throw .tooLarge(bytes.count) }
        guard let value = JSONValue(bytes), let format: UInt64 = value["format"]?.number() else {
            throw .notThisKind
        }
        guard format == major else { throw .unsupportedMajor(format) }
        return value
    }
}
