// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import HotelDesk

@Suite("The board can be read")
struct ContrastTests {
    /// What stands on what, by the names of the style sheet's colours.
    private static let texts = [
        ("ink", "paper"), ("ink", "card"), ("soft", "paper"), ("soft", "card"),
        ("green", "card"), ("green", "green-soft"), ("amber", "amber-soft"),
        ("red", "card"), ("red", "red-soft"), ("blue", "blue-soft"), ("card", "green"),
    ]

    @Test("Text has the contrast WCAG 2.2 level AA asks for, 4.5 to 1", arguments: texts)
    func contrast(text: String, ground: String) throws {
        let ratio = try Self.ratio(Self.luminance(of: text), Self.luminance(of: ground))
        #expect(ratio >= 4.5, "--\(text) on --\(ground): \(ratio)")
    }

    /// WCAG 2.2, "contrast ratio".
    private static func ratio(_ one: Double, _ other: Double) -> Double {
        (max(one, other) + 0.05) / (min(one, other) + 0.05)
    }

    /// WCAG 2.2, "relative luminance", of a colour by its name.
    private static func luminance(of name: String) throws -> Double {
        let mark = "--\(name): #"
        let place = try #require(boardStyle.range(of: mark), "no colour \(name)")
        let digits = boardStyle[place.upperBound...].prefix(6)
        let colour = try #require(Int(digits, radix: 16))
        let parts = [16, 8, 0].map { shift in
            let part = Double(colour >> shift & 0xFF) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    }
}
