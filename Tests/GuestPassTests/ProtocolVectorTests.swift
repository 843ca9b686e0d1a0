// SPDX-License-Identifier: Apache-2.0
import Testing
import Timebase

@testable import GuestPass

@Suite("The reference vectors of protocol.md §9")
struct ProtocolVectorTests {
    @Test("Keys derive from the device key as published")
    func keys() throws {
        #expect(
            try Vector.recognitionKey().withUnsafeBytes { Array($0) } == Vector.expected("K_rid"))
        #expect(try Vector.gatewayKey().withUnsafeBytes { Array($0) } == Vector.expected("K_gw"))
    }

    @Test("The window, rolling identifier and mask are the published ones")
    func rollingIdentifier() throws {
        #expect(Vector.window.rawValue == 58_907_520)
        let rolling = try RollingID(Vector.recognitionKey(), Vector.window)
        #expect(
            try Hexadecimal.encode(rolling.identifier << 16).prefix(12)
                == Hexadecimal.encode(Vector.expected("RID")))
        #expect(
            try Hexadecimal.encode(rolling.mask << 16).prefix(12)
                == Hexadecimal.encode(Vector.expected("MASK")))
    }

    @Test("Header and extension have the published bits")
    func headerAndExtension() throws {
        let header = PassHeader(
            mode: .challenge, counterLow: Vector.challenge.counterLow, door: 2,
            intent: Vector.intent)
        #expect(
            try Hexadecimal.encode(header.rawValue)
                == Hexadecimal.encode(Vector.expected("header")))
        #expect(
            try Hexadecimal.encode(Vector.extension.rawValue)
                == Hexadecimal.encode(Vector.expected("ext")))
    }

    @Test("A phone computes the published passes")
    func passes() throws {
        let passes = try Vector.passes()
        #expect(try passes[0].core == Vector.expected("presence_core16"))
        #expect(try passes[1].core == Vector.expected("timed_core16"))
        #expect(try passes[2].core == Vector.expected("challenge_core16"))
        #expect(try passes[5].core == Vector.expected("challenge_core20"))
    }

    @Test("A gateway computes the published beacon and a phone reads it back")
    func beacon() throws {
        let bytes = try Vector.beacon().encoded(key: Vector.beaconKey())
        #expect(try bytes == Vector.expected("beacon"))
        let read = try bytes.withUnsafeBytes { try Beacon($0, key: Vector.beaconKey()) }
        #expect(read == Vector.beacon())
    }

    @Test("The published adverts hold the passes and the beacon they are named for")
    func adverts() throws {
        let core20 = try Vector.expected("challenge_core20")
        #expect(try Array(Vector.expected("adv_manufacturer")[4...]) == core20)
        #expect(try Array(Vector.expected("adv_ibeacon")[9..<29]) == core20)
        #expect(
            try Array(Vector.expected("adv_uuid128")[5...].reversed())
                == Vector.expected("challenge_core16"))
        #expect(try Array(Vector.expected("adv_beacon")[7...]) == Vector.expected("beacon"))
    }

    @Test("HMAC-SHA-256 agrees with RFC 4231")
    func rfc4231() throws {
        var fields: [String: [UInt8]] = [:]
        var compared = 0
        for line in try Vector.fixture("hmac/HMAC_rfc-4231-sha256.txt").split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 3, parts[1] == "=", let value = Hexadecimal.decode(parts[2]) else {
                continue
            }
            fields[String(parts[0])] = value
            guard parts[0] == "MD", let key = fields["Key"], let message = fields["Msg"] else {
                continue
            }
            let code = try message.withUnsafeBytes {
                KeyedHash.authenticate($0, with: try #require(secret(shortOrHashed: key)))
            }
            #expect(code.withUnsafeBytes { Array($0) } == value)
            compared += 1
        }
        #expect(compared == 6)
    }

    /// HMAC pads keys with zeros to a block and first hashes those longer than a block, so a key
    /// of 32 bytes can stand for every key of the RFC. The RFC's long key is always the same.
    private func secret(shortOrHashed key: [UInt8]) -> SecretBytes? {
        guard key.count > 64 else {
            return SecretBytes(key + [UInt8](repeating: 0, count: max(0, 32 - key.count)))
        }
        let hashOf131Bytes = "45ad4b37c6e2fc0a2cfcc1b5da524132ec707615c2cae1dbbc43c97aa521db81"
        return Hexadecimal.decode(hashOf131Bytes).flatMap { SecretBytes($0) }
    }
}
