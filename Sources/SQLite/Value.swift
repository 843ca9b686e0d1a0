// SPDX-License-Identifier: Apache-2.0

/// A value bound to a placeholder of a statement.
public enum Value: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByNilLiteral
{
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    public init(stringLiteral text: String) { self = .text(text) }
    public init(integerLiteral number: Int64) { self = .integer(number) }
    public init(nilLiteral: ()) { self = .null }
}
