// SPDX-License-Identifier: Apache-2.0
// What gateway and hotel server share. Golden texts of whole files are in GatewayTests.
import Configuration
import Testing
import Timebase

@Suite("Configuration")
struct ConfigurationTests {
    private let findings = SettingsFindings()

    private func sections(_ texts: String...) -> SettingsSections {
        SettingsSections(
            texts.enumerated().map { (path: "\($0.offset).conf", bytes: Array($0.element.utf8)) },
            [.single("hotel"), .named("door")], findings)
    }

    @Test("A section's values are asked for key by key; what is not asked for is unknown")
    func values() throws {
        let read = sections("[hotel]\nport = 8080\nwait = 90s\nprt = 1\n[door a b]\n")
        let hotel = read.single("hotel")
        #expect(hotel.required("port", .count(1...65_535), otherwise: "") == 8_080)
        #expect(
            hotel.value("wait", .time(.seconds(1)...(.hours(1))), otherwise: "") == .seconds(90))
        #expect(hotel.value("path", .path, otherwise: "") == nil)
        hotel.finish()
        #expect(read.named("door").map(\.title) == ["[door a b]"])
        #expect(
            findings.inOrder.map(\.description) == [
                "0.conf:4: error: key 'prt' in [hotel] is unknown; did you mean 'port'?; "
                    + "what it was to set keeps its default"
            ])
    }

    @Test("A file names only sections of the kinds that are known, each as its kind is written")
    func kinds() {
        _ = sections("[door]\n[hotel x]\n[hotle]\n[spa]\n")
        #expect(
            findings.inOrder.map(\.rule) == [
                "write [door NAME]", "write [hotel]", "did you mean 'hotel'?",
                "known are [hotel], [door NAME]",
            ])
    }

    @Test("A file that cannot be read is one finding that names reader and consequence")
    func unreadable() throws {
        let (files, obstacle) = SettingsFiles.read(
            "/nonexistent/a.conf", user: "the tester", otherwise: "nothing is tested")
        #expect(files.isEmpty)
        let found = try #require(obstacle)
        #expect(found.rule == "the settings must be readable by the tester")
        #expect(found.consequence == "nothing is tested")
    }

    @Test(
        "A key is asked for by its right name",
        arguments: [
            ("puls", "pulse"), ("open_limit", "open-limit"), ("Radio", "radio"),
            ("contakt", "contact"),
        ])
    func suggests(wrong: String, right: String) {
        #expect(nearest(to: wrong, among: ["radio", "contact", "open-limit", "pulse"]) == right)
        #expect(nearest(to: "swordfish", among: ["radio", "contact"]) == nil)
    }
}
