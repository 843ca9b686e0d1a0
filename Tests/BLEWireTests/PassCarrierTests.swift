// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Testing

@Suite("Carriers of passes and beacons")
struct PassCarrierTests {
    static let laboratory = Air.manufacturer(0xFFFF)
    static let service = Air.service(0xFCB2)

    // The reference vectors of LP1 §9.
    static let core20 = "0fd3d8e239353aef4fe53d538d7c6ed30e7f722c"
    static let core16 = "0fd3d8e239353aefe298ba168772d73d"

    static func pass(
        _ carrier: PassCarrier, second: UInt64 = 0x4FE5_3D53_8D7C_6ED3,
        third: UInt32? = 0x0E7F_722C
    ) -> CarriedPass {
        CarriedPass(first: 0x0FD3_D8E2_3935_3AEF, second: second, third: third, carrier: carrier)
    }

    static func short(_ carrier: PassCarrier) -> CarriedPass {
        pass(carrier, second: 0xE298_BA16_8772_D73D, third: nil)
    }

    static func find(_ digits: String, air: Air = laboratory) -> CarriedPass? {
        hex(digits).withUnsafeBytes { PassCarrier.find(in: $0, air: air) }
    }

    static let adverts: [(digits: String, air: Air, pass: CarriedPass)] = [
        ("17ffffff" + core20, laboratory, pass(.manufacturer)),
        ("13ffffff" + core16, laboratory, short(.manufacturer)),
        ("1716b2fc" + core20, service, pass(.service)),
        ("1316b2fc" + core16, service, short(.service)),
        ("02011a1aff4c000215" + core20 + "c5", laboratory, pass(.iBeacon)),
        ("02011a11073dd7728716ba98e2ef3a3539e2d8d30f", laboratory, short(.serviceUUID)),
    ]

    @Test("A pass is found in each carrier and put back byte by byte", arguments: adverts.indices)
    func everyCarrier(index: Int) {
        let (digits, air, pass) = Self.adverts[index]
        #expect(Self.find(digits, air: air) == pass)
        #expect(pass.encode(air: air).map { hex($0) } == digits)
    }

    @Test(
        "A pass is found among other AD structures, before and behind", arguments: adverts.indices)
    func amongOthers(index: Int) {
        let (digits, air, pass) = Self.adverts[index]
        for other in ["020106", "0303aafe", "05094c6f636b", "01ff"] {
            #expect(Self.find(other + digits, air: air) == pass)
            #expect(Self.find(digits + other, air: air) == pass)
        }
    }

    @Test("Incomplete UUID lists carry a pass as well as complete ones")
    func incompleteList() {
        #expect(Self.find("11063dd7728716ba98e2ef3a3539e2d8d30f") == Self.short(.serviceUUID))
    }

    @Test("iBeacon and UUID are accepted whatever is configured, the other carrier is not")
    func configuration() {
        for (index, advert) in Self.adverts.enumerated() {
            let other = advert.air == Self.laboratory ? Self.service : Self.laboratory
            #expect((Self.find(advert.digits, air: other) != nil) == (index >= 4))
            #expect((advert.pass.encode(air: other) != nil) == (index >= 4))
        }
        #expect(Self.find("17ffffff" + Self.core20, air: .manufacturer(0xFFFE)) == nil)
        #expect(Self.find("1716b2fc" + Self.core20, air: .service(0xB2FC)) == nil)
    }

    @Test("The configured carrier wins over anybody's UUID or iBeacon, in any order")
    func precedence() {
        let ours = "17ffffff" + Self.core20
        let uuid = "1107" + String(repeating: "aa", count: 16)
        let iBeacon = "1aff4c000215" + String(repeating: "bb", count: 20) + "c5"
        for adverts in [[uuid, ours], [ours, uuid], [iBeacon, uuid, ours], [ours, iBeacon]] {
            #expect(Self.find(adverts.joined())?.carrier == .manufacturer)
        }
        #expect(Self.find(uuid + iBeacon)?.carrier == .iBeacon)
        #expect(Self.find(iBeacon + uuid)?.carrier == .iBeacon)
    }

    @Test(
        "What only looks like a carrier is left alone",
        arguments: [
            "", "020106", "16ffffff0fd3d8e239353aef4fe53d538d7c6ed30e7f72",
            "14ffffff0fd3d8e239353aefe298ba168772d73d00", "03ffffff", "02ffff",
            "17ffffff0fd3d8e239353aef4fe53d538d7c6ed30e7f72",
            "1aff4c00021625bb25bb25bb25bb25bb25bb25bb25bb25bb25bbc5",
            "19ff4c0002150fd3d8e239353aef4fe53d538d7c6ed30e7f722c",
            "10073dd7728716ba98e2ef3a3539e2d8d3",
            "2107" + "3dd7728716ba98e2ef3a3539e2d8d30f3dd7728716ba98e2ef3a3539e2d8d30f",
        ])
    func lookAlikes(digits: String) {
        #expect(Self.find(digits) == nil)
    }

    @Test("A gateway's beacon is no pass, and a pass is no beacon")
    func beaconIsNoPass() {
        let beacon = "0201061bffffff10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8"
        #expect(Self.find(beacon) == nil)
        hex("17ffffff" + Self.core20).withUnsafeBytes { bytes in
            #expect(CarriedBeacon.find(in: bytes, air: Self.laboratory) == nil)
        }
    }

    @Test("A carrier that cannot hold a pass refuses it")
    func unfitting() {
        #expect(Self.short(.iBeacon).encode(air: Self.laboratory) == nil)
        #expect(Self.pass(.serviceUUID).encode(air: Self.laboratory) == nil)
    }

    @Test("The beacon fills a legacy advert exactly and is found again")
    func beacon() {
        let carried = CarriedBeacon(
            first: 0x10B0_B1B2_B300_00AB, second: 0x0123_4567_89AB_CDEF,
            third: 0x6955_B900_95FE_B2A8)
        let payload = carried.encode(air: Self.laboratory)
        #expect(payload.count == 31)
        #expect(
            hex(payload) == "0201061bffffff10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8")
        payload.withUnsafeBytes { bytes in
            #expect(CarriedBeacon.find(in: bytes, air: Self.laboratory) == carried)
            #expect(CarriedBeacon.find(in: bytes, air: Self.service) == nil)
        }
        let inService = carried.encode(air: Self.service)
        #expect(hex(inService).hasPrefix("0201061b16b2fc10b0"))
        inService.withUnsafeBytes { bytes in
            #expect(CarriedBeacon.find(in: bytes, air: Self.service) == carried)
        }
    }
}
