// SPDX-License-Identifier: Apache-2.0
import Configuration
import Platform
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The hotel server")
struct HotelServiceTests {
    private func read(_ text: String) -> HotelSettingsReport {
        HotelSettings.read([(path: "hotel.conf", bytes: Array(text.utf8))])
    }

    @Test("Its settings have defaults, and every mistake is found at once")
    func settings() throws {
        let plain = try #require(read("[hotel]\n").settings)
        #expect(plain.database == "/var/lib/lintel-hotel/hotel.sqlite")
        #expect(plain.broker == nil)
        let report = read(
            "[hotle]\n[hotel]\ndatabase = here\n[broker]\naddress = mqtt://x:1\nhost=a\n")
        #expect(report.settings == nil)
        #expect(
            report.findings.map(\.description) == [
                "hotel.conf:1: error: section [hotle] is unknown; did you mean 'hotel'?; "
                    + "its keys are ignored",
                "hotel.conf:3: error: value 'here' for key 'database' in [hotel] does not begin "
                    + "with '/'; write an absolute path; the hotel's records would not be found",
                "hotel.conf:5: error: value 'mqtt://x:1' for key 'address' in [broker] is no "
                    + "broker's address; write mqtts://HOST:PORT; gateways would hear nothing of "
                    + "the hotel",
                "hotel.conf:6: error: key 'host' in [broker] is unknown; known here: address; "
                    + "what it was to set keeps its default",
            ])
    }

    @Test("Every key the settings know is explained in hotel.conf(5), and no other")
    func manual() {
        for section in SettingsMeaning.hotelSections {
            let known = HotelSettings.keys(of: section.kind).map(\.name)
            #expect(!known.isEmpty)
            #expect(Set(known) == Set(section.keys.keys), "\(section.heading)")
        }
    }

    @Test("A reload names the sections that wait for a restart")
    func differences() throws {
        let old = try #require(read("[web]\nlisten = 127.0.0.1:1\n").settings)
        let new = try #require(
            read("[hotel]\ndatabase = /d\n[broker]\naddress = mqtts://b:1\n").settings)
        #expect(old.sectionsThatDiffer(from: old).isEmpty)
        #expect(old.sectionsThatDiffer(from: new) == ["hotel", "broker", "web"])
    }

    @Test(
        "A broker's address has a host and a port",
        arguments: [
            "mqtts://a", "mqtts://:1", "mqtts://a:0", "mqtts://a:70000", "mqtts://a b:1",
            "mqtt://a:1", "mqtts://a:1:2", "mqtts://-a:1", "",
        ])
    func noAddress(text: String) {
        #expect(BrokerAddress(text) == nil)
    }

    @Test("'check' opens the records too")
    func checks() throws {
        let hotel = try TestHotel()
        _ = try hotel.initialise()
        let file = hotel.file("hotel.conf")
        try "[hotel]\ndatabase = \(hotel.database)\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let good = hotel.program(["check", "--config", file])
        #expect(good.status == .done && good.output == "0 errors, 0 warnings\n")
        try "[hotel]\ndatabase = /nonexistent/x\n".write(
            toFile: file, atomically: true, encoding: .utf8)
        let bad = hotel.program(["check", "--config", file])
        #expect(bad.status == .misused)
        #expect(bad.output.contains("/nonexistent/x: error: no hotel database at"))
        let serve = hotel.program(["serve", "--config", hotel.file("none.conf")])
        #expect(serve.status == .misused && serve.errors.contains("nothing was started"))
    }
}
