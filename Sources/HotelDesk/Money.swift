// SPDX-License-Identifier: Apache-2.0
// Money as people write it and as it is kept: whole cents, never a fraction of one.
import CommandLineKit

enum Money {
    /// `12.50`, `12` or `0.05`; `nil` for anything else, also for a third decimal place.
    static func cents(_ text: String) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), isDigits(parts[0]), parts[0].count <= 9 else {
            return nil
        }
        var cents = (Int64(parts[0]) ?? 0) * 100
        if parts.count == 2 {
            guard isDigits(parts[1]), parts[1].count == 2, let rest = Int64(parts[1]) else {
                return nil
            }
            cents += rest
        }
        return cents
    }

    /// `12.50`
    static func text(_ cents: Int64) -> String {
        "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }
}

extension ValueFormat<Int64> {
    static let money = ValueFormat(
        "AMOUNT", "an amount of at most 999999999, with two decimal places or none, as 12.50"
    ) { Money.cents($0) }
}

extension ValueFormat<String> {
    static let currency = ValueFormat("CODE", "an ISO 4217 code of three capitals, as EUR") {
        text in
        text.utf8.count == 3 && text.utf8.allSatisfy { (65...90).contains($0) } ? text : nil
    }
}

/// Comma-separated values (RFC 4180), with a heading.
struct CSV {
    private(set) var text: String

    init(_ heading: [String]) { text = heading.joined(separator: ",") + "\r\n" }

    mutating func add(_ fields: [String?]) {
        text += fields.map { Self.quoted($0 ?? "") }.joined(separator: ",") + "\r\n"
    }

    /// Quoted where it must be; what a spreadsheet would take for a formula is made text.
    private static func quoted(_ field: String) -> String {
        let isFormula = field.first.map { "=+-@\t\r".contains($0) } ?? false
        let field = isFormula ? "'" + field : field
        let isPlain = !field.contains { ",\"\r\n".contains($0) || $0 == "\r\n" }
        return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
