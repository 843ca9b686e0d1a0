// SPDX-License-Identifier: Apache-2.0
// What is wrong with the settings, in an operator's words. All findings are collected before any
// is shown: nobody wants to start a service ten times to learn of ten mistakes.

/// One thing wrong, or odd, in the settings.
public struct SettingsFinding: Hashable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable {
        /// The service does not start with it.
        case error
        case warning
    }

    public let severity: Severity
    public let position: IniPosition
    /// What was found.
    public let what: String
    /// What would be right.
    public let rule: String
    /// What comes of it.
    public let consequence: String

    public init(
        _ severity: Severity, at position: IniPosition, _ what: String, rule: String,
        consequence: String
    ) {
        self.severity = severity
        self.position = position
        self.what = what
        self.rule = rule
        self.consequence = consequence
    }

    /// `file:line: severity: what; rule; consequence`
    public var description: String {
        "\(position): \(severity.rawValue): \(what); \(rule); \(consequence)"
    }
}

/// Where findings gather while the settings are read.
public final class SettingsFindings {
    private var all: [SettingsFinding] = []
    private var fileOrder: [String: Int] = [:]

    public init() {}

    /// Findings are shown in the order in which files were begun.
    func begin(file: String) { fileOrder[file] = fileOrder.count }

    public func error(
        at position: IniPosition, _ what: String, rule: String, consequence: String
    ) {
        all.append(
            SettingsFinding(.error, at: position, what, rule: rule, consequence: consequence))
    }

    public func warn(
        at position: IniPosition, _ what: String, rule: String, consequence: String
    ) {
        all.append(
            SettingsFinding(.warning, at: position, what, rule: rule, consequence: consequence))
    }

    /// By file and line; findings of one line stay in the order they were made.
    public var inOrder: [SettingsFinding] {
        all.enumerated().sorted { left, right in
            let leftFile = fileOrder[left.element.position.file] ?? 0
            let rightFile = fileOrder[right.element.position.file] ?? 0
            return (leftFile, left.element.position.line, left.offset)
                < (rightFile, right.element.position.line, right.offset)
        }.map(\.element)
    }
}

extension [SettingsFinding] {
    /// One finding a line, then how many there are: what `check` prints.
    public var text: String {
        let errors = filter { $0.severity == .error }.count
        let warnings = count - errors
        let sum = "\(counted(errors, "error")), \(counted(warnings, "warning"))"
        return (map(\.description) + [sum, ""]).joined(separator: "\n")
    }
}

private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
