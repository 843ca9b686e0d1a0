// SPDX-License-Identifier: Apache-2.0

/// Numbers and columns for the report.
enum Report {
    static func percent(_ share: Double, digits: Int = 1) -> String {
        decimal(share * 100, digits: digits) + " %"
    }

    static func share<Element>(_ all: [Element], of isCounted: (Element) -> Bool) -> String {
        percent(Double(all.filter(isCounted).count) / Double(max(all.count, 1)))
    }

    static func decimal(_ value: Double, digits: Int) -> String {
        guard value.isFinite else { return value > 0 ? "never" : "-" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int64((value.magnitude * scale).rounded())
        var text = String(whole)
        if digits > 0 {
            text = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -digits))
        }
        return value < 0 && whole != 0 ? "-" + text : text
    }

    static func row(_ first: String, _ rest: [String], widths: Int = 9) -> String {
        pad(first, 36, left: true) + rest.map { pad($0, widths, left: false) }.joined()
    }

    private static func pad(_ text: String, _ width: Int, left: Bool) -> String {
        let space = String(repeating: " ", count: max(1, width - text.count))
        return left ? text + space : space + text
    }
}
