// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("HCI commands")
struct HCICommandTests {
    static let beacon = "0201061bffffff10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8"
    static let scan = ScanParameters(interval: 0x30, window: 0x30)
    static let advertising = AdvertisingParameters(
        interval: 0xA0, ownAddressType: .randomDevice)
    static let address = DeviceAddress(rawValue: 0xC1A2_B3C4_D5E6)

    static func payload(_ digits: String) -> AdvertisingPayload {
        AdvertisingPayload(hex(digits)) ?? AdvertisingPayload()
    }

    static let table: [(command: HCICommand, packet: String)] = [
        (.reset, "01 030C 00"),
        (.setEventMask(EventMask.gateway), "01 010C 08 0080000000000020"),
        (.readLocalVersion, "01 0110 00"), (.readSupportedCommands, "01 0210 00"),
        (.readDeviceAddress, "01 0910 00"),
        (.setLEEventMask(EventMask.gatewayLE), "01 0120 08 0210000000000000"),
        (.readLEBufferSize, "01 0220 00"), (.readLEFeatures, "01 0320 00"),
        (.setRandomAddress(address), "01 0520 06 E6D5C4B3A2C1"),
        (.setAdvertisingParameters(advertising), "01 0620 0F A000A000 03 01 00 000000000000 07 00"),
        (.setAdvertisingData(payload(beacon)), "01 0820 20 1F" + beacon),
        (
            .setAdvertisingData(payload("020106")),
            "01 0820 20 03 020106" + String(repeating: "00", count: 28)
        ),
        (.setAdvertisingEnable(true), "01 0A20 01 01"),
        (.setScanParameters(scan), "01 0B20 07 00 3000 3000 00 00"),
        (.setScanEnable(true), "01 0C20 02 01 00"), (.setScanEnable(false), "01 0C20 02 00 00"),
        (.setAdvertisingSetRandomAddress(address), "01 3520 07 00 E6D5C4B3A2C1"),
        (
            .setExtendedAdvertisingParameters(advertising),
            "01 3620 19 00 1000 A00000 A00000 07 01 00 000000000000 00 7F 01 00 01 00 00"
        ),
        (.setExtendedAdvertisingData(payload(beacon)), "01 3720 23 00 03 01 1F" + beacon),
        (.setExtendedAdvertisingEnable(true), "01 3920 06 01 01 00 0000 00"),
        (.setExtendedScanParameters(scan), "01 4120 08 00 00 01 00 3000 3000"),
        (.setExtendedScanEnable(true), "01 4220 06 01 00 0000 0000"),
    ]

    @Test("Commands have the bytes the specification gives them", arguments: table.indices)
    func bytes(index: Int) throws {
        let (command, digits) = Self.table[index]
        var packet: [UInt8] = [1, 2, 3]
        command.encode(into: &packet)
        #expect(packet == hex(digits))
        try packet.withUnsafeBytes { bytes in
            let whole = try HCIPacket(bytes)
            #expect(whole.type == .command)
            #expect(try CommandPacket(body: whole.body).opcode == command.opcode)
        }
    }

    @Test("A reused buffer is not reallocated")
    func reuse() {
        var packet: [UInt8] = []
        packet.reserveCapacity(64)
        let before = packet.withUnsafeBytes { $0.baseAddress }
        for (command, _) in Self.table { command.encode(into: &packet) }
        #expect(packet.withUnsafeBytes { $0.baseAddress } == before)
    }

    @Test("Kinds of advertising are told in both families")
    func advertisingKinds() {
        var packet: [UInt8] = []
        let kinds: [(AdvertisingKind, UInt8, UInt8)] = [
            (.connectable, 0, 0x13), (.scannable, 2, 0x12), (.nonConnectable, 3, 0x10),
        ]
        for (kind, legacy, extended) in kinds {
            let parameters = AdvertisingParameters(interval: 0xA0, kind: kind)
            HCICommand.setAdvertisingParameters(parameters).encode(into: &packet)
            #expect(packet[8] == legacy)
            HCICommand.setExtendedAdvertisingParameters(parameters).encode(into: &packet)
            #expect(packet[5] == extended)
        }
    }

    @Test("More than 31 bytes are no legacy advert")
    func payloadBound() {
        #expect(AdvertisingPayload([UInt8](repeating: 0, count: 31)) != nil)
        #expect(AdvertisingPayload([UInt8](repeating: 0, count: 32)) == nil)
    }

    @Test("Addresses read as they are written, and nothing else does")
    func addresses() {
        #expect(Self.address.description == "c1:a2:b3:c4:d5:e6")
        #expect(DeviceAddress("C1:A2:B3:C4:D5:E6") == Self.address)
        #expect(DeviceAddress("00:00:00:00:00:01")?.description == "00:00:00:00:00:01")
        for text in [
            "", "c1:a2:b3:c4:d5", "c1:a2:b3:c4:d5:e6:f7", "c1a2b3c4d5e6", "+1:a2:b3:c4:d5:e6",
        ] {
            #expect(DeviceAddress(text) == nil)
        }
    }
}
