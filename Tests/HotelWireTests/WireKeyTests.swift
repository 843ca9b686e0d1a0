// SPDX-License-Identifier: Apache-2.0
import GuestPass
import HotelWire
import Testing

@Suite("Key files")
struct WireKeyTests {
    @Test("Every kind of key reads what it writes")
    func roundTrip() throws {
        let issuer = try Sample.issuer()
        let box = try Sample.box()
        #expect(try IssuingSecretKey(text: issuer.exportedText()) == issuer)
        #expect(try IssuingPublicKey(text: issuer.publicKey.exportedText()) == issuer.publicKey)
        #expect(try BoxSecretKey(text: box.exportedText()) == box)
        #expect(try BoxPublicKey(text: " \n" + box.publicKey.exportedText()) == box.publicKey)
        #expect(box.exportedText().hasPrefix("lintel-box-secret-1:606162"))
    }

    @Test("Public keys are those of RFC 8032 and RFC 7748")
    func publicKeys() throws {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
        let issuer = try IssuingSecretKey(text: "lintel-issuing-secret-1:" + seed)
        #expect(
            issuer.publicKey.description
                == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        let box = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
        #expect(
            try BoxSecretKey(text: "lintel-box-secret-1:" + box).publicKey.description
                == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    }

    @Test(
        "A text of another kind is refused without being repeated",
        arguments: [
            "", "lintel-box-public-1:", "lintel-box-public-1:00", "lintel-box-public-2:00",
            "lintel-issuing-public-1:" + String(repeating: "0", count: 64),
            "lintel-box-public-1:" + String(repeating: "0", count: 64) + " and more",
            "lintel-box-public-1:" + String(repeating: "g", count: 64),
        ])
    func refused(text: String) {
        do throws(KeyTextError) {
            let key = try BoxPublicKey(text: text)
            Issue.record("accepted as \(key)")
        } catch {
            #expect(!error.description.contains("0000"))
        }
    }

    @Test("Secret keys cannot be printed")
    func unprintable() throws {
        #expect(try "\(Sample.issuer())" == "(IssuingSecretKey, secret)")
        #expect(try "\(Sample.box())" == "(BoxSecretKey, secret)")
    }
}
