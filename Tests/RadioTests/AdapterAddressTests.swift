// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Testing

@testable import Radio

@Suite("How adapters are named")
struct AdapterAddressTests {
    @Test(
        "Every form is read and written back",
        arguments: [
            ("00:1A:7D:DA:71:13", .device(DeviceAddress(rawValue: 0x001A_7DDA_7113))),
            ("hci0", .index(0)),
            ("h4:/dev/ttyAMA0@115200", .serial(path: "/dev/ttyAMA0", baud: 115_200)),
            ("h4:tcp:127.0.0.1:9000", .tcp(host: "127.0.0.1", port: 9_000)),
            ("h4:tcp:[::1]:9000", .tcp(host: "::1", port: 9_000)),
            ("h4:unix:/run/controller.sock", .unix(path: "/run/controller.sock")),
        ] as [(String, AdapterAddress)])
    func forms(text: String, address: AdapterAddress) throws {
        #expect(try AdapterAddress(text) == address)
        #expect(try AdapterAddress("\(address)") == address)
    }

    @Test(
        "Anything else is refused with the rule it breaks",
        arguments: [
            ("", "write its address"),
            ("00:1A:7D:DA:71", "write its address"),
            ("hci", "hci is followed by a number"),
            ("hci-1", "hci is followed by a number"),
            ("hci99999", "hci is followed by a number"),
            ("h4:tcp:localhost:9000", "numeric address"),
            ("h4:tcp:127.0.0.1", "port"),
            ("h4:tcp:127.0.0.1:0", "port"),
            ("h4:tcp:127.0.0.1:70000", "port"),
            ("h4:unix:relative", "absolute path"),
            ("h4:unix:/" + String(repeating: "x", count: 107), "absolute path"),
            ("h4:/dev/ttyAMA0", "speed"),
            ("h4:/dev/ttyAMA0@115201", "speed"),
            ("h4:/dev/ttyAMA0@", "speed"),
        ])
    func refusals(text: String, rule: String) {
        let error = thrown { () throws(AdapterAddressError) in _ = try AdapterAddress(text) }
        #expect(error?.description.contains(rule) == true)
        #expect(error?.text == text)
    }

    @Test("Each obstacle is said in its own words")
    func words() {
        let adapter = AdapterAddress.index(0)
        let errors: [AdapterError] = [
            .noBluetooth, .missing(adapter, present: ["hci1 (00:1a:7d:da:71:13)"]),
            .busy(adapter, user: "bluetoothd (process 7) is probably using it"),
            .down(adapter, .init(call: "power up", subject: "hci0", errno: 110)),
            .blocked(adapter, isHard: true), .blocked(adapter, isHard: false),
            .notPermitted(adapter, needs: "CAP_NET_RAW"), .lost(adapter),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(
            errors[3].description
                == "adapter hci0 is down and does not come up: Connection timed out (ETIMEDOUT)")
    }
}
