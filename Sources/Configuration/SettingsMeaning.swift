// SPDX-License-Identifier: Apache-2.0
// What each key of a settings file means to the people who write it, and the file's page of the
// manual made from it: how a key is written comes from the reader that reads it. Tests hold the
// keys explained to those the reader asks for.
import CommandLineKit

/// A section's keys in words.
public struct SettingsMeaning: Sendable {
    /// The section as the reader knows it.
    public let kind: String
    public let heading: String
    let meaning: String
    public let keys: [String: String]

    public init(kind: String, heading: String, meaning: String, keys: [String: String]) {
        self.kind = kind
        self.heading = heading
        self.meaning = meaning
        self.keys = keys
    }
}

extension ManualPage {
    /// What every settings file has in common, then what is special about this one.
    public mutating func describe(_ file: String, _ special: String) {
        section("SYNOPSIS")
        paragraph("\(file), \(file).d/*.conf")
        section("DESCRIPTION")
        paragraph(
            """
            Sections in brackets, keys and values below them, comments behind ; or #. Drop-ins are
            read after the main file in the order of their names; a section may go on in another
            file, a key is set once. Units are part of a value: 5s, -62dBm. An unknown key is an
            error.
            """)
        paragraph(special)
    }

    /// A section of its own for each section of the file.
    ///
    /// - Parameter keys: what the reader asks a section of this kind for.
    public mutating func explain(
        _ sections: [SettingsMeaning], keys: (_ kind: String) -> [SettingsKey]
    ) {
        for meaning in sections {
            section(meaning.heading)
            paragraph(meaning.meaning)
            for key in keys(meaning.kind) {
                let need = key.isRequired ? " Must be there." : ""
                term(key.name, "\(meaning.keys[key.name] ?? "")\(need)\nWritten as: \(key.rule).")
            }
        }
    }
}
