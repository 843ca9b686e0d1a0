// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("HCI events")
struct HCIEventTests {
    struct Vectors: Decodable {
        struct Event: Decodable {
            struct Expectation: Decodable {
                let mac: String?
                let rssi: Int?
            }
            let test: String
            let packets: [String]
            let expect: Expectation

            enum CodingKeys: String, CodingKey {
                case test, expect
                case packets = "hci_hex"
            }
        }
        let events: [Event]
    }

    /// Their parser reports the address of a device behind the advertiser.
    private static let relayed: Set = [
        "test_govee_parser.py::test_Govee_H5178_sensor_1", "test_sonoff.py::test_sonoff_s_mate",
    ]

    @Test("Every recorded event gives one report with the recorded address and RSSI")
    func recordedEvents() throws {
        var checkedEvents = 0
        var checkedAddresses = 0
        for event in try Fixtures.vectors("hci_events.json", as: Vectors.self).events {
            for packet in event.packets {
                let bytes = hex(packet)
                let (heard, error) = adverts(inPacket: bytes)
                #expect(error == nil, "\(event.test)")
                #expect(heard.count == 1, "\(event.test)")
                checkedEvents += 1
                guard let advert = heard.first else { continue }
                #expect(advert.data.count > 0, "\(event.test)")
                guard let mac = event.expect.mac, let rssi = event.expect.rssi else { continue }
                #expect(advert.rssi.map(Int.init) == rssi, "\(event.test)")
                guard !Self.relayed.contains(event.test) else { continue }
                #expect(
                    advert.address.description.filter { $0 != ":" } == mac.lowercased(),
                    "\(event.test)")
                checkedAddresses += 1
            }
        }
        #expect(checkedEvents == 143)
        #expect(checkedAddresses == 137)
    }

    @Test("A Command Complete tells opcode, status and what is allowed next")
    func commandComplete() throws {
        try hex("04 0E 04 01 03 0C 00").withUnsafeBytes { bytes in
            guard case .commandComplete(let complete) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("not a Command Complete")
                return
            }
            #expect(complete.opcode == .reset)
            #expect(complete.status == 0)
            #expect(complete.allowedCommands == 1)
        }
    }

    @Test("A Command Complete for no command, with nothing allowed, is legal")
    func commandCompleteForNothing() throws {
        try hex("04 0E 03 00 00 00").withUnsafeBytes { bytes in
            guard case .commandComplete(let complete) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("not a Command Complete")
                return
            }
            #expect(complete.opcode.rawValue == 0)
            #expect(complete.status == nil)
            #expect(complete.allowedCommands == 0)
        }
    }

    @Test("A Command Status carries the refusal")
    func commandStatus() throws {
        try hex("04 0F 04 0C 01 0C 20").withUnsafeBytes { bytes in
            guard case .commandStatus(let status) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("not a Command Status")
                return
            }
            #expect(status.opcode == .setScanEnable)
            #expect(status.status == 0x0C)
        }
    }

    @Test("A Hardware Error carries the vendor's code")
    func hardwareError() throws {
        try hex("04 10 01 42").withUnsafeBytes { bytes in
            guard case .hardwareError(code: 0x42) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("not a Hardware Error")
                return
            }
        }
    }

    @Test("Other events and subevents are passed on by number")
    func otherEvents() throws {
        try hex("04 05 04 00 40 00 13").withUnsafeBytes { bytes in
            guard case .other(code: 0x05, let parameters) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("Disconnection Complete was taken for something else")
                return
            }
            #expect(parameters.count == 4)
        }
        try hex("04 3E 01 11").withUnsafeBytes { bytes in
            guard case .otherLE(subevent: 0x11, let parameters) = try HCIEvent(HCIPacket(bytes))
            else {
                Issue.record("LE Scan Timeout was taken for something else")
                return
            }
            #expect(parameters.isEmpty)
        }
    }

    @Test(
        "A packet whose length field lies is refused",
        arguments: [
            ("04 0E 05 01 03 0C 00", WireError.lengthMismatch(declaredBytes: 5, actualBytes: 4)),
            ("04 0E 03 01 03 0C 00", .lengthMismatch(declaredBytes: 3, actualBytes: 4)),
            ("04 0E", .truncated(neededBytes: 2, availableBytes: 1)),
            ("04 0E 01 01", .truncated(neededBytes: 2, availableBytes: 0)),
            ("04 3E 00", .truncated(neededBytes: 1, availableBytes: 0)),
            ("", .truncated(neededBytes: 1, availableBytes: 0)),
            ("77 00 00", .unknownPacketType(0x77)),
            ("02 40 00 00 00", .notAnEvent(.asynchronousData)),
        ])
    func lyingLengths(digits: String, expected: WireError) {
        #expect(throws: expected) {
            try hex(digits).withUnsafeBytes { bytes in _ = try HCIEvent(HCIPacket(bytes)) }
        }
    }
}
