// SPDX-License-Identifier: Apache-2.0
// The JSON the commands print: one flat object a line, in the order its fields were added, so that
// two runs can be compared byte by byte. RFC 8259.

/// One JSON object on one line.
public struct JSONLine: Sendable {
    private var body = ""

    public init() {}

    /// The finished object.
    public var text: String { "{\(body)}" }

    /// A string, or `null`.
    public mutating func add(_ name: String, _ value: String?) {
        add(name, literal: value.map(Self.quoted) ?? "null")
    }

    /// A whole number, or `null`.
    public mutating func add<Number: FixedWidthInteger>(_ name: String, _ value: Number?) {
        add(name, literal: value.map { String($0) } ?? "null")
    }

    public mutating func add(_ name: String, _ value: Bool) {
        add(name, literal: value ? "true" : "false")
    }

    /// A decimal number with a fixed number of places, free of locale and of rounding noise.
    ///
    /// - Parameter units: the value in units of 10 to the power of −`places`.
    public mutating func add(_ name: String, units: Int64, places: Int) {
        var digits = String(units.magnitude)
        if digits.count <= places {
            digits = String(repeating: "0", count: places + 1 - digits.count) + digits
        }
        let whole = digits.dropLast(places)
        let sign = units < 0 ? "-" : ""
        add(name, literal: places == 0 ? sign + whole : "\(sign)\(whole).\(digits.suffix(places))")
    }

    /// Text that is JSON already: an array, a nested object.
    public mutating func add(_ name: String, literal: String) {
        if !body.isEmpty { body += "," }
        body += "\(Self.quoted(name)):\(literal)"
    }

    /// A JSON string of this text.
    public static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
