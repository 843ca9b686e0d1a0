// SPDX-License-Identifier: Apache-2.0
// How an installer names a line: `pinctrl-bcm2711/GPIO17 active-low pull-up`. The chip is named by
// its label, because chip numbers move between boards and kernels.

/// One line as the settings write it.
public struct LineSpecification: Hashable, Sendable {
    /// Which line of the chip.
    public enum Position: Hashable, Sendable {
        case name(String)
        case offset(UInt32)
    }

    /// The resistor inside the chip; the board's own wiring where nothing is said.
    public enum Bias: String, CaseIterable, Sendable {
        case asIs = "as-is"
        case disabled = "bias-disabled"
        case pullUp = "pull-up"
        case pullDown = "pull-down"
    }

    /// The chip that exists only in this process, for demonstrations and tests.
    public static let simulatedChip = "sim"

    /// The chip's label (`gpiodetect` shows it).
    public let chip: String
    public let position: Position
    /// Whether a low voltage means active.
    public let isActiveLow: Bool
    public let bias: Bias

    public var isSimulated: Bool { chip == Self.simulatedChip }

    /// `chip/line`, without the electrical words: what two doors must not share.
    public var place: String {
        switch position {
        case .name(let name): "\(chip)/\(name)"
        case .offset(let offset): "\(chip)/\(offset)"
        }
    }

    /// Reads `CHIP/LINE [active-high|active-low] [pull-up|pull-down|bias-disabled]`, words in any
    /// order after the first; LINE is a name, or an offset where it has only digits.
    public init(_ text: String) throws(LineSpecificationError) {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" })
        guard let place = words.first else { throw .empty }
        guard let slash = place.firstIndex(of: "/"), slash != place.startIndex else {
            throw .noChip(String(place))
        }
        let line = place[place.index(after: slash)...]
        guard !line.isEmpty else { throw .noLine(String(place)) }
        chip = String(place[..<slash])
        if line.utf8.allSatisfy({ (48...57).contains($0) }) {
            guard let offset = UInt32(line), offset < 65_536 else {
                throw .offsetTooLarge(String(line))
            }
            position = .offset(offset)
        } else {
            position = .name(String(line))
        }
        var activeLow: Bool?
        var bias: Bias?
        for word in words.dropFirst().map(String.init) {
            if word == "active-low" || word == "active-high" {
                guard activeLow == nil else { throw .saidTwice(word) }
                activeLow = word == "active-low"
            } else if let named = Bias(rawValue: word), named != .asIs {
                guard bias == nil else { throw .saidTwice(word) }
                bias = named
            } else {
                throw .unknownWord(word)
            }
        }
        isActiveLow = activeLow ?? false
        self.bias = bias ?? .asIs
    }
}

/// Why a text names no line.
public enum LineSpecificationError: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case noChip(String)
    case noLine(String)
    case offsetTooLarge(String)
    case unknownWord(String)
    case saidTwice(String)

    public var description: String {
        switch self {
        case .empty: "no line is named"
        case .noChip(let text): "'\(text)' names no chip"
        case .noLine(let text): "'\(text)' names no line after the chip"
        case .offsetTooLarge(let text): "no chip has a line \(text)"
        case .unknownWord(let word): "'\(word)' is not a word for lines"
        case .saidTwice(let word): "'\(word)' says for the second time what was said before it"
        }
    }
}
