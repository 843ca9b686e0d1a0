// SPDX-License-Identifier: Apache-2.0
// The checkout as the tidy tests see it.
import Foundation

/// One text file of the checkout.
struct SourceFile: CustomTestStringConvertibleFile {
    /// Relative to the checkout.
    let path: String
    let lines: [Substring]

    /// The target a source file belongs to: `Sources/NAME/…`, `Sources/System/NAME/…`.
    var target: String {
        let parts = path.split(separator: "/")
        return String(parts.dropFirst(parts.dropFirst().first == "System" ? 2 : 1).first ?? "")
    }
}

/// Shown by its path in a test's report.
protocol CustomTestStringConvertibleFile: Sendable, CustomStringConvertible {
    var path: String { get }
}

extension CustomTestStringConvertibleFile {
    var description: String { path }
}

enum Tree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Files below `folder` whose names end in one of `endings`.
    static func files(below folder: String, endings: [String]) -> [SourceFile] {
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return (names ?? []).sorted().compactMap { name in
            guard endings.contains(where: { name.hasSuffix($0) }) else { return nil }
            return file("\(folder)/\(name)")
        }
    }

    static func file(_ path: String) -> SourceFile? {
        guard
            let text = try? String(
                contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        else { return nil }
        return SourceFile(
            path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }

    static let sources = files(below: "Sources", endings: [".swift"])
    static let tests = files(below: "Tests", endings: [".swift"])
    static let headers = files(below: "Sources/System", endings: [".h"])
    static let pages =
        ["README.md", "ARCHITECTURE.md", "SECURITY.md"].compactMap(file)
        + files(below: "hw", endings: [".md"])

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }
}
