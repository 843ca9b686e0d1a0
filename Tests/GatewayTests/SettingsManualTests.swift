// SPDX-License-Identifier: Apache-2.0
import Configuration
import Testing

@testable import Gateway

@Suite("lintel.conf(5)")
struct SettingsManualTests {
    @Test("Every key the settings know is explained, and no other")
    func keys() {
        for section in SettingsMeaning.gatewaySections {
            let known = Settings.keys(of: section.kind).map(\.name)
            #expect(!known.isEmpty)
            #expect(
                Set(known) == Set(section.keys.keys),
                "\(section.heading): explain each key in SettingsMeaning")
        }
    }

    @Test("A key is shown with its meaning, its rule and whether it must be there")
    func page() {
        let text = Settings.manual().text
        #expect(
            text.contains(
                """
                .B index
                The number phones send for this door; unique on the gateway. Must be there.
                Written as: a number from 0 to 31.
                """))
        #expect(text.contains("Default \\-62dBm"))
    }
}
