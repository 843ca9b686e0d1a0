// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Locks

@Suite("A line as the settings write it")
struct LineSpecificationTests {
    @Test(
        "Chip, line and electrics are read in any order of words",
        arguments: [
            ("pinctrl-bcm2711/GPIO17", "pinctrl-bcm2711/GPIO17", false, "as-is"),
            ("pinctrl-bcm2711/17 active-low", "pinctrl-bcm2711/17", true, "as-is"),
            ("gpio-sim.0-node0/3\tpull-up active-low", "gpio-sim.0-node0/3", true, "pull-up"),
            ("9030000.pl061/0 active-high pull-down", "9030000.pl061/0", false, "pull-down"),
            ("sim/lock-301 bias-disabled", "sim/lock-301", false, "bias-disabled"),
            ("pinctrl-bcm2835/SPI_MOSI/GPIO10", "pinctrl-bcm2835/SPI_MOSI/GPIO10", false, "as-is"),
        ])
    func reads(text: String, place: String, isActiveLow: Bool, bias: String) throws {
        let specification = try LineSpecification(text)
        #expect(specification.place == place)
        #expect(specification.isActiveLow == isActiveLow)
        #expect(specification.bias.rawValue == bias)
    }

    @Test("Only digits are an offset, anything else is a name")
    func positions() throws {
        #expect(try LineSpecification("chip/017").position == .offset(17))
        #expect(try LineSpecification("chip/17a").position == .name("17a"))
        #expect(try LineSpecification("sim/door").isSimulated)
        #expect(try !LineSpecification("simulator/door").isSimulated)
    }

    @Test(
        "What names no line is refused in words",
        arguments: [
            ("", LineSpecificationError.empty),
            ("  ", .empty),
            ("GPIO17", .noChip("GPIO17")),
            ("/GPIO17", .noChip("/GPIO17")),
            ("pinctrl-bcm2711/", .noLine("pinctrl-bcm2711/")),
            ("chip/70000", .offsetTooLarge("70000")),
            ("chip/99999999999999999999", .offsetTooLarge("99999999999999999999")),
            ("chip/1 active-hi", .unknownWord("active-hi")),
            ("chip/1 as-is", .unknownWord("as-is")),
            ("chip/1 active-low active-high", .saidTwice("active-high")),
            ("chip/1 pull-up pull-up", .saidTwice("pull-up")),
        ])
    func refuses(text: String, expected: LineSpecificationError) {
        #expect(throws: expected) { try LineSpecification(text) }
        #expect(!expected.description.isEmpty)
    }
}
