// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import GuestPass

@Suite("Keys keep their bytes to themselves")
struct SecretTests {
    private struct Holder {
        let key: GatewayKey
        let other: DeviceKey?
    }

    @Test("No way of printing shows a byte of a key")
    func unprintable() throws {
        let key = try Vector.gatewayKey()
        let holder = try Holder(key: key, other: Vector.deviceKey())
        var dumped = ""
        dump(holder, to: &dumped)
        dump(key.secret, to: &dumped)
        let texts = [
            "\(key)", String(describing: key), String(reflecting: key), "\(key.secret)",
            String(reflecting: key.secret), "\(holder)", String(reflecting: [key]), dumped,
        ]
        for text in texts {
            let digits = key.secret.firstWord
            #expect(!text.contains("8e06"))
            #expect(!text.contains("\(digits)") && !text.contains("\(digits.byteSwapped)"))
        }
        #expect("\(key)" == "(GatewayKey, secret)")
        #expect(Mirror(reflecting: key).children.isEmpty)
        #expect(Mirror(reflecting: key.secret).children.isEmpty)
    }

    @Test("A key is 32 bytes, stored inline")
    func size() {
        #expect(MemoryLayout<GatewayKey>.size == 32)
        for count in [0, 31, 33, 64] {
            #expect(DeviceKey(bytes: [UInt8](repeating: 7, count: count)) == nil)
        }
    }

    @Test("Keys differ by zone, site, gateway, epoch and device")
    func separation() throws {
        let device = try Vector.deviceKey()
        let other = try DeviceKey(Vector.beaconKey().secret)
        let next = KeyEpoch(rawValue: 8)
        let keys = [
            device.recognitionKey(zone: Vector.zone, epoch: Vector.epoch).secret,
            device.recognitionKey(zone: ZoneID(rawValue: 1), epoch: Vector.epoch).secret,
            device.recognitionKey(zone: Vector.zone, epoch: next).secret,
            other.recognitionKey(zone: Vector.zone, epoch: Vector.epoch).secret,
            try Vector.gatewayKey().secret,
            device.gatewayKey(
                site: SiteID(rawValue: 1), gateway: Vector.gateway, epoch: Vector.epoch
            ).secret,
            device.gatewayKey(
                site: Vector.site, gateway: GatewayID(rawValue: 1), epoch: Vector.epoch
            ).secret,
            device.gatewayKey(site: Vector.site, gateway: Vector.gateway, epoch: next).secret,
        ]
        for left in keys.indices {
            for right in keys.indices {
                #expect((keys[left] == keys[right]) == (left == right))
            }
        }
    }

    @Test("Two random keys differ")
    func random() {
        var generator = SystemRandomNumberGenerator()
        #expect(DeviceKey.random(using: &generator) != DeviceKey.random(using: &generator))
    }

    @Test(
        "Hexadecimal text is an even number of digits and nothing else",
        arguments: ["0", "0g", "0x00", "00 11", "１１", "-1", "abc"])
    func hexadecimal(text: String) {
        #expect(Hexadecimal.decode(text) == nil)
    }

    @Test("Identifiers read what they print")
    func identifiers() {
        #expect(SiteID("00000000000000ff")?.description == "00000000000000ff")
        #expect(ZoneID("A0A1A2A3A4A5A6A7")?.rawValue == 0xA0A1_A2A3_A4A5_A6A7)
        #expect(GatewayID("0b0b1b2b")?.description == "0b0b1b2b")
        #expect(GatewayID("b0b1b2b3b4") == nil && SiteID("") == nil)
    }
}
