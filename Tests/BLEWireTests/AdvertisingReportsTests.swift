// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("Advertising reports")
struct AdvertisingReportsTests {
    // Two records of one event, as an Android phone logged them in 2015.
    static let advert = hex(
        "00 00 A4 7A 4C 3E 31 5C 0E 0201060AFF0D0007065009040B00 C9")
    static let scanResponse = hex(
        "04 00 A4 7A 4C 3E 31 5C 11 0D09426565576920424244313030020A00 C9")

    /// An extended record; `event` is `Event_Type` as on the wire.
    static func extended(
        event: UInt16 = 0x0013, addressType: UInt8 = 0x01, phy: UInt8 = 0x01, sid: UInt8 = 0xFF,
        txPower: UInt8 = 0x7F, rssi: UInt8 = 0xBC, data: [UInt8] = hex("0201020303F3FE")
    ) -> [UInt8] {
        var record = [UInt8(event & 0xFF), UInt8(event >> 8), addressType]
        record += hex("103F2A43AB4D")
        record += [phy, 0x00, sid, txPower, rssi, 0, 0, 0]
        record += hex("000000000000")
        record.append(UInt8(data.count))
        return record + data
    }

    @Test("Every report of a legacy event is found, each a contiguous record")
    func severalLegacyReports() {
        let packet = reportEvent(
            subevent: 0x02, count: 3, Self.advert + Self.scanResponse + Self.advert)
        let (heard, error) = adverts(inPacket: packet)
        #expect(error == nil)
        #expect(heard.map(\.eventType.name) == ["ADV_IND", "SCAN_RSP", "ADV_IND"])
        #expect(heard.map { hex($0.data) }[1] == "0d09426565576920424244313030020a00")
        #expect(heard.allSatisfy { $0.address == DeviceAddress("5c:31:3e:4c:7a:a4") })
        #expect(heard.allSatisfy { $0.rssi == -55 && $0.sid == nil && $0.txPower == nil })
    }

    @Test("As many reports as fit into an event are found", arguments: [1, 2, 25])
    func manyLegacyReports(count: Int) {
        let record = hex("03 01 0102030405C6 00 B0")
        let records = Array(repeatElement(record, count: count).joined())
        let (heard, error) = adverts(
            inPacket: reportEvent(subevent: 0x02, count: UInt8(count), records))
        #expect(error == nil)
        #expect(heard.count == count)
    }

    @Test("Every report of an extended event is found")
    func severalExtendedReports() {
        let packet = reportEvent(
            subevent: 0x0D, count: 2, Self.extended() + Self.extended(event: 0x001B, data: []))
        let (heard, error) = adverts(inPacket: packet)
        #expect(error == nil)
        #expect(heard.map(\.eventType.name) == ["ADV_IND", "SCAN_RSP"])
        #expect(heard.map(\.rssi) == [-68, -68])
        #expect(heard.first?.address == DeviceAddress("4d:ab:43:2a:3f:10"))
        #expect(heard.first?.addressType == .randomDevice)
    }

    @Test("An event without reports gives none")
    func noReports() {
        let (heard, error) = adverts(inPacket: reportEvent(subevent: 0x0D, count: 0, []))
        #expect(heard.isEmpty)
        #expect(error == nil)
    }

    @Test(
        "Legacy event types have one meaning in both events",
        arguments: [
            (UInt8(0), UInt16(0x13), "ADV_IND"), (1, 0x15, "ADV_DIRECT_IND"),
            (2, 0x12, "ADV_SCAN_IND"), (3, 0x10, "ADV_NONCONN_IND"), (4, 0x1B, "SCAN_RSP"),
            (4, 0x1A, "SCAN_RSP"),
        ])
    func eventTypes(legacy: UInt8, extended: UInt16, name: String) {
        let old = adverts(
            inPacket: reportEvent(subevent: 0x02, count: 1, [legacy] + Self.advert.dropFirst()))
        let new = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(event: extended)))
        #expect(old.adverts.map(\.eventType.name) == [name])
        #expect(new.adverts.map(\.eventType.name) == [name])
    }

    @Test("Extended PDUs are named by what they are")
    func extendedPDUs() {
        let events: [UInt16] = [0x0000, 0x0001, 0x0008]
        let names = events.flatMap { event in
            adverts(
                inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(event: event))
            ).adverts.map(\.eventType.name)
        }
        #expect(names == ["ADV_EXT_IND", "ADV_EXT_IND", "AUX_SCAN_RSP"])
    }

    @Test(
        "The upper byte of Event_Type is a channel on Broadcom controllers and nothing elsewhere",
        arguments: [
            (UInt16(0x2513), UInt8(37) as UInt8?), (0x2613, 38), (0x2713, 39), (0x0013, nil),
            (0x2413, nil), (0x2813, nil), (0xFF13, nil),
        ])
    func channelInUpperByte(event: UInt16, channel: UInt8?) {
        let (heard, error) = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(event: event)))
        #expect(error == nil)
        #expect(heard.map(\.channel) == [channel])
        #expect(heard.map(\.eventType.name) == ["ADV_IND"])
    }

    @Test("Reserved bit 7 of Event_Type and reserved PHY bits change nothing")
    func reservedBits() {
        let plain = adverts(inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended()))
        let odd = adverts(
            inPacket: reportEvent(
                subevent: 0x0D, count: 1, Self.extended(event: 0x0093, phy: 0xE1)))
        #expect(odd.error == nil)
        #expect(odd.adverts == plain.adverts)
    }

    @Test(
        "RSSI that means nothing is unknown",
        arguments: [
            (UInt8(0x7F), nil as Int8?), (0x99, nil), (42, nil), (62, nil), (1, nil), (0x80, nil),
            (0xBC, -68), (0x81, -127), (0x00, 0),
        ])
    func rssi(byte: UInt8, expected: Int8?) {
        let legacy = adverts(
            inPacket: reportEvent(subevent: 0x02, count: 1, Self.advert.dropLast() + [byte]))
        let extended = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(rssi: byte)))
        #expect(legacy.adverts.map(\.rssi) == [expected])
        #expect(extended.adverts.map(\.rssi) == [expected])
    }

    @Test("TX power and set identifier are told where they are known")
    func powerAndSet() {
        let known = adverts(
            inPacket: reportEvent(
                subevent: 0x0D, count: 1, Self.extended(event: 0, sid: 5, txPower: 0xF8)))
        #expect(known.adverts.map(\.txPower) == [-8])
        #expect(known.adverts.map(\.sid) == [5])
        let unknown = adverts(inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended()))
        #expect(unknown.adverts.map(\.txPower) == [nil])
        #expect(unknown.adverts.map(\.sid) == [nil])
    }

    @Test(
        "The data status says whether more follows",
        arguments: [
            (UInt16(0x0000), DataStatus.complete), (0x0020, .incomplete), (0x0040, .truncated),
            (0x0060, .truncated),
        ])
    func dataStatus(event: UInt16, status: DataStatus) {
        let (heard, _) = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(event: event, data: [])))
        #expect(heard.map(\.dataStatus) == [status])
    }

    @Test("Address types are told apart; an anonymous advert has none")
    func addressTypes() {
        let bytes: [UInt8] = [0, 1, 2, 3, 0xFF]
        let types = bytes.flatMap { byte in
            adverts(
                inPacket: reportEvent(
                    subevent: 0x0D, count: 1, Self.extended(event: 0, addressType: byte))
            ).adverts.map(\.addressType)
        }
        #expect(
            types == [.publicDevice, .randomDevice, .publicIdentity, .randomIdentity, .anonymous])
    }

    @Test("What came before a bad record is kept, and the error is told once")
    func badRecordEndsTheWalk() throws {
        let badType = [0x09] + Self.advert.dropFirst()
        let packet = reportEvent(subevent: 0x02, count: 3, Self.advert + badType + Self.advert)
        let (heard, error) = adverts(inPacket: packet)
        #expect(heard.count == 1)
        #expect(error == .reservedEventType(9))

        try packet.withUnsafeBytes { bytes in
            guard case .advertisingReports(var reports) = try HCIEvent(HCIPacket(bytes)) else {
                Issue.record("no reports")
                return
            }
            #expect(reports.count == 3)
            _ = try reports.next()
            #expect(throws: WireError.self) { try reports.next() }
            #expect(try reports.next() == nil)
        }
    }

    @Test("More reports announced than sent is an error after the last")
    func missingReport() {
        let (heard, error) = adverts(inPacket: reportEvent(subevent: 0x02, count: 2, Self.advert))
        #expect(heard.count == 1)
        #expect(error == .truncated(neededBytes: 9, availableBytes: 0))
    }

    @Test("Bytes after the last report are an error after it")
    func excessBytes() {
        let (heard, error) = adverts(
            inPacket: reportEvent(subevent: 0x02, count: 1, Self.advert + [0, 0]))
        #expect(heard.count == 1)
        #expect(error == .lengthMismatch(declaredBytes: 0, actualBytes: 2))
    }

    @Test("Reserved address types and PDU combinations are errors")
    func reservedValues() {
        let address = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(addressType: 4)))
        #expect(address.error == .reservedAddressType(4))
        let event = adverts(
            inPacket: reportEvent(subevent: 0x0D, count: 1, Self.extended(event: 0x0011)))
        #expect(event.error == .reservedEventType(0x0011))
    }
}
