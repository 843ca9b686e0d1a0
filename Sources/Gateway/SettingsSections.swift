// SPDX-License-Identifier: Apache-2.0
// From INI documents to sections: headings are checked, and a section may go on in another file but
// not twice in one.

struct SettingsSections {
    private(set) var all: [SettingsSection] = []
    private let findings: SettingsFindings
    /// The kinds that carry a name, and those there is one of.
    private static let named = ["radio", "door"]
    private static let single = ["gateway", "hotel", "api"]
    /// A name shows in events, metrics and messages.
    private static let nameBytesMax = 32

    init(_ files: [(path: String, bytes: [UInt8])], _ findings: SettingsFindings) {
        self.findings = findings
        for file in files {
            findings.begin(file: file.path)
            let document = IniDocument(file.bytes, file: file.path)
            for (position, fault) in document.faults { report(fault, at: position) }
            var titles: [String: IniPosition] = [:]
            for section in document.sections { add(section, &titles) }
        }
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
        guard Self.named.contains(kind) || Self.single.contains(kind) else {
            let known = "[gateway], [radio NAME], [door NAME], [hotel], [api]"
            findings.error(
                at: section.position, "section [\(section.heading)] is unknown",
                rule: nearest(to: kind, among: Self.named + Self.single)
                    .map { "did you mean '\($0)'?" } ?? "known are \(known)",
                consequence: consequence)
            return false
        }
        guard Self.named.contains(kind) != name.isEmpty else {
            findings.error(
                at: section.position,
                "section [\(section.heading)] \(name.isEmpty ? "has no" : "has a") name",
                rule: name.isEmpty ? "write [\(kind) NAME]" : "write [\(kind)]",
                consequence: consequence)
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
