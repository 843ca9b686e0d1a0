// SPDX-License-Identifier: Apache-2.0
// What a reload may change. Lines are requested once and who a gateway is stays; everything else is
// taken over. The outcome is written down as settings again and read by the same reader with the
// same rules, so that no mixture of old and new can be in force that a start would refuse.
import Configuration

/// New settings beside those in force.
struct SettingsChange {
    /// What is in force afterwards; `nil` where the parts that can change now make no sense without
    /// those that cannot.
    let settings: Settings?
    /// `[door 301] near`
    let applied: [String]
    /// What waits for a restart of the service, each with the reason.
    let refused: [String]
    /// Why there are no settings.
    let findings: [SettingsFinding]

    init(from old: Settings, to new: Settings) {
        let merger = SettingsMerger(from: old.entries, to: new.entries)
        (applied, refused) = (merger.applied, merger.refused)
        let report = Settings.read(
            [(path: "the settings as reloaded", bytes: merger.text)], enrolment: old.enrolment)
        settings = report.settings
        findings = report.findings.filter { $0.severity == .error }
    }
}

/// Puts old and new entries together, key by key.
private struct SettingsMerger {
    private struct Title: Hashable {
        let kind: String
        let name: String
        var words: String { name.isEmpty ? "[\(kind)]" : "[\(kind) \(name)]" }
    }

    private(set) var applied: [String] = []
    private(set) var refused: [String] = []
    private var written = ""

    var text: [UInt8] { Array(written.utf8) }

    /// A line or a wire of a door.
    private static let wiring: Set<String> = [
        "index", "radio", "inside-radio", "fail", "lock", "lock-feedback", "contact", "rex", "fire",
        "privacy", "handle", "tamper", "granted-light", "denied-light", "pre-alarm-light",
        "fault-light", "buzzer",
    ]

    private static let identity: Set<String> = ["id", "site", "zone"]

    init(from old: [SettingsEntry], to new: [SettingsEntry]) {
        let (before, after) = (Self.byTitle(old), Self.byTitle(new))
        for (title, entries) in before.inOrder {
            add(title, entries, after.sections[title])
        }
        for (title, entries) in after.inOrder where before.sections[title] == nil {
            if title.name.isEmpty {
                add(title, [:], entries)
            } else {
                refused.append("\(title.words) is new: lines and radios are taken at the start")
            }
        }
    }

    private static func byTitle(
        _ entries: [SettingsEntry]
    ) -> (sections: [Title: [String: String]], inOrder: [(Title, [String: String])]) {
        var sections: [Title: [String: String]] = [:]
        var order: [Title] = []
        for entry in entries {
            let title = Title(kind: entry.kind, name: entry.name)
            if sections[title] == nil { order.append(title) }
            sections[title, default: [:]][entry.key] = entry.value
        }
        return (sections, order.map { ($0, sections[$0] ?? [:]) })
    }

    private mutating func add(
        _ title: Title, _ old: [String: String], _ new: [String: String]?
    ) {
        written += title.words + "\n"
        if new == nil, !title.name.isEmpty {
            refused.append("\(title.words) is gone: lines and radios are let go of at the end")
        }
        let new = new ?? (title.name.isEmpty ? [:] : old)
        for key in Set(old.keys).union(new.keys).sorted() {
            var value = new[key]
            if value != old[key] {
                if let reason = Self.reasonToWait(title.kind, key) {
                    value = old[key]
                    refused.append("\(title.words) \(key): \(reason)")
                } else {
                    applied.append("\(title.words) \(key)")
                }
            }
            if let value { written += "\(key) = \(value)\n" }
        }
    }

    /// Why a key cannot change while the service runs; `nil` where it can.
    private static func reasonToWait(_ kind: String, _ key: String) -> String? {
        switch kind {
        case "door":
            wiring.contains(key) ? "what a door is wired to is fixed at the start" : nil
        case "radio", "api": nil
        case "hotel":
            key == "issuer" ? nil : "the way to the hotel's server is taken at the start"
        case "gateway" where identity.contains(key): "who the gateway is is fixed at the start"
        default: "it is taken at the start"
        }
    }
}
