// SPDX-License-Identifier: Apache-2.0
import Glibc
import GuestPass
import HotelWire
import Platform
import Testing

@testable import HotelDesk

@Suite("Letting gateways in")
struct EnrolmentTests {
    private let hotel: TestHotel
    private let keys = TestGateway(0xB0B1_B2B3)

    init() throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
    }

    private func makeBroker() throws {
        try hotel.done("broker", "init", "--host", "broker.adler.example", "--user", "root")
    }

    /// NAME.enroll as the gateway writes it, and its code.
    private func enrolment(_ keys: TestGateway) throws -> (file: String, code: EnrolmentCode) {
        let request = try CertificateAuthority(folder: hotel.directory)
            .makeKey(hotel.file("box.key"))
        let text = EnrolmentRequest(
            boxKey: keys.boxKey.publicKey, certificateRequest: request
        ).text
        let file = hotel.file("box.enroll")
        try StateFile.replace(file, with: Array(text.utf8))
        return (file, EnrolmentCode(of: Array(text.utf8)))
    }

    private func approve(
        _ keys: TestGateway, code: String? = nil, _ options: String...
    ) throws -> TestHotel.Run {
        let (file, right) = try enrolment(keys)
        return hotel.run(
            [
                "gateway", "approve", file, "--name", "corridor", "--code", code ?? "\(right)",
                "--id", "\(keys.id)", "--out", hotel.file("answer"),
            ] + options)
    }

    private func answer() throws -> EnrolmentAnswer {
        try EnrolmentAnswer(
            StateFile.read(hotel.file("answer"), bytesMax: EnrolmentAnswer.bytesMax))
    }

    @Test("A broker is made once, with keys only its owners can read")
    func broker() throws {
        try makeBroker()
        let folder = hotel.directory + "/desk/broker"
        for file in ["authority/ca.key", "broker/server.key", "hotel/hotel.key"] {
            var status = stat()
            try #require(stat("\(folder)/\(file)", &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(file)")
        }
        let again = hotel.run(["broker", "init", "--host", "other.example"])
        #expect(again.status == .failed)
        #expect(again.errors.contains("there is a broker already, in '\(folder)'"))
        let strange = hotel.run(["broker", "init", "--host", "no host"])
        #expect(strange.status == .misused)
    }

    @Test("Without a broker there is nothing to tell a gateway of")
    func noBroker() throws {
        let run = try approve(keys)
        #expect(run.status == .misused && run.errors.contains("'lintel-hotel broker init'"))
        #expect(try hotel.done("list", "gateways") == "")
    }

    @Test("What a gateway is answered is all it needs, and has a code of its own")
    func approves() throws {
        try makeBroker()
        let run = try approve(keys)
        #expect(run.status == .done)
        let answer = try answer()
        #expect(answer.gateway == keys.id && answer.site == TestHotel.site)
        #expect(answer.broker == "mqtts://broker.adler.example:8883")
        #expect(answer.boot == 0)
        let bytes = try StateFile.read(hotel.file("answer"), bytesMax: EnrolmentAnswer.bytesMax)
        #expect(run.output.contains("\"code\":\"\(EnrolmentCode(of: bytes))\""))
        try StateFile.replace(hotel.file("crt"), with: Array(answer.certificate.utf8))
        let (status, words) = try ChildProgram.run([
            "openssl", "x509", "-in", hotel.file("crt"), "-noout", "-subject", "-ext",
            "extendedKeyUsage,basicConstraints",
        ])
        let text = String(decoding: words, as: UTF8.self)
        #expect(status == 0 && text.contains("CN = b0b1b2b3") || text.contains("CN=b0b1b2b3"))
        #expect(text.contains("TLS Web Client Authentication") && text.contains("CA:FALSE"))
    }

    @Test("A file with another code is refused, and so is a name that is taken")
    func refuses() throws {
        try makeBroker()
        let run = try approve(keys, code: "0000-0000-0000")
        #expect(run.status == .misused && run.errors.contains("nothing was approved"))
        #expect(try hotel.done("list", "gateways") == "")
        #expect(try approve(keys).status == .done)
        // The same box again has a new certificate; another one needs a word of its own.
        let renewed = try approve(keys)
        #expect(renewed.status == .done && renewed.errors.contains("its old certificate ends"))
        let other = TestGateway(keys.id.rawValue)
        let taken = try approve(other)
        #expect(taken.status == .failed && taken.errors.contains("is already called 'corridor'"))
        #expect(try approve(other, code: nil, "--replace").status == .done)
        #expect(try hotel.done("list", "gateways").contains("\(other.boxKey.publicKey)"))
    }

    @Test("After a theft phones are given their passes anew, with the new epoch")
    func theft() throws {
        try makeBroker()
        #expect(try approve(keys).status == .done)
        try hotel.done("door", "add", "301", "--gateway", "corridor", "--index", "2")
        try hotel.done(
            "stay", "add", "--room", "301", "--from", "2026-01-01T00:00:00Z", "--to",
            "2026-01-05T00:00:00Z")
        let phone = try TestPhone.read(hotel.done("pass", "issue", "1"))
        let end = hotel.run(["gateway", "decommission", "corridor"])
        #expect(end.output.contains("\"stalePasses\":[\"\(phone.pass)\"]"))
        #expect(end.errors.contains("1 phones must be given their pass anew"))
        let anew = try TestPhone.read(hotel.done("pass", "show", phone.pass))
        #expect(anew.epoch == phone.epoch + 1 && anew.deviceKey == phone.deviceKey)
        #expect(anew.gateways.isEmpty)
        try hotel.done("pass", "revoke", phone.pass)
        #expect(hotel.run(["pass", "show", phone.pass]).errors.contains("opens nothing"))
    }
}
