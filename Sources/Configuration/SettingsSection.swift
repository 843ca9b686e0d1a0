// SPDX-License-Identifier: Apache-2.0
// A section as its reader asks for it, key by key. What was never asked for is unknown: the list of
// known keys cannot drift away from the code that reads them.

/// How a value is written.
public struct SettingsGrammar<Value> {
    /// What would be right, as in "a time from 3s to 30s".
    public let rule: String
    /// The value, or what is wrong with the text, as in "has no unit".
    public let parse: (String) -> SettingsParsed<Value>

    public init(rule: String, parse: @escaping (String) -> SettingsParsed<Value>) {
        self.rule = rule
        self.parse = parse
    }
}

public enum SettingsParsed<Value> {
    case value(Value)
    /// What is wrong, and what would be right where that is known better than by the grammar.
    case wrong(String, rule: String? = nil)
}

/// A key as its reader asks for it.
public struct SettingsKey: Sendable {
    public let name: String
    /// How its value is written.
    public let rule: String
    public let isRequired: Bool
}

/// A key and its value as they are written, whatever they mean.
public struct SettingsEntry: Hashable, Sendable {
    /// Of its section: `door`.
    public let kind: String
    /// Of its section: `301`; empty where there is but one.
    public let name: String
    public let key: String
    public let value: String
    public let position: IniPosition

    public init(kind: String, name: String, key: String, value: String, position: IniPosition) {
        self.kind = kind
        self.name = name
        self.key = key
        self.value = value
        self.position = position
    }

    /// Its section as it stands in the file: `[door 301]`.
    public var title: String { name.isEmpty ? "[\(kind)]" : "[\(kind) \(name)]" }
}

/// One section of the settings, perhaps continued in another file.
public final class SettingsSection {
    let kind: String
    /// What follows the kind in the heading; empty for sections there is one of.
    public let name: String
    public let position: IniPosition
    public let findings: SettingsFindings
    private var entries: [String: IniEntry] = [:]
    /// In the order they were asked for.
    public private(set) var asked: [SettingsKey] = []

    init(kind: String, name: String, position: IniPosition, findings: SettingsFindings) {
        self.kind = kind
        self.name = name
        self.position = position
        self.findings = findings
    }

    /// As it stands in the file: `[door 301]`.
    public var title: String { name.isEmpty ? "[\(kind)]" : "[\(kind) \(name)]" }

    func add(_ entry: IniEntry) {
        if let first = entries[entry.key] {
            findings.error(
                at: entry.position, "key '\(entry.key)' in \(title) is set again",
                rule: "it is set at \(first.position) already; a key is set once",
                consequence: "one of the two values would be silently lost")
        } else {
            entries[entry.key] = entry
        }
    }

    /// What is written in it, by key.
    public var written: [SettingsEntry] {
        entries.values.map { entry in
            SettingsEntry(
                kind: kind, name: name, key: entry.key, value: entry.value,
                position: entry.position)
        }.sorted { $0.key < $1.key }
    }

    /// Where a key stands; the section's heading where it does not.
    public func position(of key: String) -> IniPosition { entries[key]?.position ?? position }

    public func has(_ key: String) -> Bool { entries[key] != nil }

    /// The value of a key; `nil` where it is absent or wrong, and then a finding says so.
    public func value<Value>(
        _ key: String, _ grammar: SettingsGrammar<Value>, otherwise consequence: String
    ) -> Value? {
        read(key, grammar, isRequired: false, consequence)
    }

    private func read<Value>(
        _ key: String, _ grammar: SettingsGrammar<Value>, isRequired: Bool, _ consequence: String
    ) -> Value? {
        asked.append(SettingsKey(name: key, rule: grammar.rule, isRequired: isRequired))
        guard let entry = entries[key] else { return nil }
        switch grammar.parse(entry.value) {
        case .value(let value): return value
        case .wrong(let problem, let rule):
            wrong(key, problem, rule: rule ?? "write \(grammar.rule)", consequence: consequence)
            return nil
        }
    }

    /// The value of a key that must be there.
    public func required<Value>(
        _ key: String, _ grammar: SettingsGrammar<Value>, otherwise consequence: String
    ) -> Value? {
        if !has(key) {
            findings.error(
                at: position, "key '\(key)' is missing in \(title)", rule: "write \(grammar.rule)",
                consequence: consequence)
        }
        return read(key, grammar, isRequired: true, consequence)
    }

    /// A finding about the value of a key.
    public func wrong(_ key: String, _ problem: String, rule: String, consequence: String) {
        let text = entries[key]?.value ?? ""
        findings.error(
            at: position(of: key), "value '\(text)' for key '\(key)' in \(title) \(problem)",
            rule: rule, consequence: consequence)
    }

    /// Reports every key nobody asked for.
    public func finish() {
        let asked = asked.map(\.name)
        for entry in entries.values where !asked.contains(entry.key) {
            let known = asked.sorted().joined(separator: ", ")
            findings.error(
                at: entry.position, "key '\(entry.key)' in \(title) is unknown",
                rule: nearest(to: entry.key, among: asked).map { "did you mean '\($0)'?" }
                    ?? "known here: \(known)",
                consequence: "what it was to set keeps its default")
        }
    }
}

/// The candidate that takes the fewest edits to become, if these are few for its length.
public func nearest(to word: String, among candidates: [String]) -> String? {
    let best = candidates.map { (edits: edits(word, $0), word: $0) }
        .min { ($0.edits, $0.word) < ($1.edits, $1.word) }
    guard let best, best.edits <= (word.count + 1) / 3 else { return nil }
    return best.word
}

/// Levenshtein's distance.
private func edits(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (above, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = above + 1
        for column in 0..<right.count {
            let change = diagonal + (letter == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(change, diagonal + 1, row[column] + 1)
        }
    }
    return row[right.count]
}
