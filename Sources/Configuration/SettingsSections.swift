// SPDX-License-Identifier: Apache-2.0
// From INI documents to sections: headings are checked, and a section may go on in another file but
// not twice in one.

/// A kind of section: there is one of it, or one for each name.
public struct SettingsKind: Sendable {
    let word: String
    let hasName: Bool

    /// `[hotel]`
    public static func single(_ word: String) -> SettingsKind {
        SettingsKind(word: word, hasName: false)
    }

    /// `[door NAME]`
    public static func named(_ word: String) -> SettingsKind {
        SettingsKind(word: word, hasName: true)
    }

    var heading: String { hasName ? "[\(word) NAME]" : "[\(word)]" }
}

public struct SettingsSections {
    private var all: [SettingsSection] = []
    private let kinds: [SettingsKind]
    private let findings: SettingsFindings
    /// What is wrong with no line in particular is wrong with the first file.
    public let start: IniPosition
    /// A name shows in events, metrics and messages.
    private static let nameBytesMax = 32

    /// - Parameters:
    ///   - files: drop-ins after the main file.
    ///   - kinds: all that are known.
    public init(
        _ files: [(path: String, bytes: [UInt8])], _ kinds: [SettingsKind],
        _ findings: SettingsFindings
    ) {
        self.kinds = kinds
        self.findings = findings
        start = IniPosition(file: files.first?.path ?? "", line: 0)
        for file in files {
            findings.begin(file: file.path)
            let document = IniDocument(file.bytes, file: file.path)
            for (position, fault) in document.faults { report(fault, at: position) }
            var titles: [String: IniPosition] = [:]
            for section in document.sections { add(section, &titles) }
        }
    }

    /// Everything written, section by section.
    public var entries: [SettingsEntry] { all.flatMap(\.written) }

    /// The sections of a kind, in the order of the files.
    public func named(_ kind: String) -> [SettingsSection] { all.filter { $0.kind == kind } }

    /// The one section of this kind; an empty one where there is none.
    public func single(_ kind: String) -> SettingsSection {
        named(kind).first
            ?? SettingsSection(kind: kind, name: "", position: start, findings: findings)
    }

    private mutating func add(_ section: IniSection, _ titles: inout [String: IniPosition]) {
        let words = section.heading.split(whereSeparator: { $0 == " " || $0 == "\t" })
        let (kind, name) = (String(words.first ?? ""), words.dropFirst().joined(separator: " "))
        guard isKnown(kind, name, section) else { return }
        let title = "\(kind) \(name)"
        if let first = titles[title] {
            findings.error(
                at: section.position, "section [\(section.heading)] begins again",
                rule: "it began at \(first) already; a section stands once in a file",
                consequence: "it would be unclear which of the two is meant")
        }
        titles[title] = titles[title] ?? section.position
        let target =
            all.first(where: { $0.kind == kind && $0.name == name })
            ?? {
                let made = SettingsSection(
                    kind: kind, name: name, position: section.position, findings: findings)
                all.append(made)
                return made
            }()
        for entry in section.entries { target.add(entry) }
    }

    private func isKnown(_ kind: String, _ name: String, _ section: IniSection) -> Bool {
        let consequence = "its keys are ignored"
        guard let known = kinds.first(where: { $0.word == kind }) else {
            let headings = kinds.map(\.heading).joined(separator: ", ")
            findings.error(
                at: section.position, "section [\(section.heading)] is unknown",
                rule: nearest(to: kind, among: kinds.map(\.word))
                    .map { "did you mean '\($0)'?" } ?? "known are \(headings)",
                consequence: consequence)
            return false
        }
        guard known.hasName != name.isEmpty else {
            findings.error(
                at: section.position,
                "section [\(section.heading)] \(name.isEmpty ? "has no" : "has a") name",
                rule: "write \(known.heading)", consequence: consequence)
            return false
        }
        guard name.utf8.count <= Self.nameBytesMax else {
            findings.error(
                at: section.position, "the name of section [\(section.heading)] is too long",
                rule: "a name has up to \(Self.nameBytesMax) bytes", consequence: consequence)
            return false
        }
        return true
    }

    private func report(_ fault: IniFault, at position: IniPosition) {
        let consequence = "the line is ignored"
        switch fault {
        case .neitherKeyNorSection:
            findings.error(
                at: position, "the line is neither a key nor a section",
                rule: "write 'key = value' or '[section]', and ';' before a comment",
                consequence: consequence)
        case .heading:
            findings.error(
                at: position, "the section heading is broken",
                rule: "write '[section]' with nothing but a comment behind it",
                consequence: "the keys below it belong to no section")
        case .noSection(let key):
            findings.error(
                at: position, "key '\(key)' stands before the first section",
                rule: "write it below the '[section]' it belongs to", consequence: consequence)
        case .tooLong(let bytes, let limit):
            findings.error(
                at: position, "the line has \(bytes) bytes",
                rule: "a line has up to \(limit) bytes",
                consequence: consequence)
        case .notText:
            findings.error(
                at: position, "the line is not UTF-8 text", rule: "save the file as UTF-8",
                consequence: consequence)
        }
    }
}
