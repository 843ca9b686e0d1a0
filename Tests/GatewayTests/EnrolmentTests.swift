// SPDX-License-Identifier: Apache-2.0
// A gateway comes to know its hotel: with a code a person carried, and in no other way.
import Glibc
import GuestPass
import HotelWire
import Platform
import Rig
import Testing
import Timebase

@testable import Gateway

@Suite("Enrolling a gateway")
struct EnrolmentTests {
    private let hotel: Hotel
    private let broker: Broker

    init() throws {
        hotel = try Hotel(adapter: "h4:unix:/nonexistent/lintel-radio")
        broker = try Broker()
        // Settings of a gateway that does not know yet who it is.
        let text = String(decoding: try read(hotel.configuration), as: UTF8.self)
        let anonymous = text.split(separator: "\n").filter { line in
            !["id =", "site =", "zone =", "issuer ="].contains { line.hasPrefix($0) }
        }
        let bytes = Array((anonymous.joined(separator: "\n") + "\n").utf8)
        try StateFile.replace(hotel.configuration, with: bytes)
    }

    private func read(_ path: String) throws -> [UInt8] {
        try StateFile.read(path, bytesMax: 1 << 20)
    }

    private func lintel(_ arguments: String...) -> CommandRun {
        CommandRun.lintel(["enroll"] + arguments + ["--config", hotel.configuration])
    }

    /// The gateway's request.
    private func ask(_ options: String...) throws -> EnrolmentRequest {
        let file = hotel.file("box.enroll")
        let run = CommandRun.lintel(
            ["enroll", "--out", file, "--config", hotel.configuration] + options)
        #expect(run.status == .done, "\(run.errors)")
        let bytes = try read(file)
        #expect(run.output.contains("\"code\":\"\(EnrolmentCode(of: bytes))\""))
        return try EnrolmentRequest(bytes)
    }

    /// What the hotel answers.
    private func answer(
        _ request: EnrolmentRequest, _ gateway: GatewayID = Hotel.gateway,
        by authority: BrokerAuthority? = nil
    ) throws -> EnrolmentAnswer {
        let authority = authority ?? broker.authority
        let file = hotel.file("request.csr")
        try StateFile.replace(file, with: Array(request.certificateRequest.utf8))
        let identity = try authority.sign(requestFile: file, "\(gateway)")
        return EnrolmentAnswer(
            gateway: gateway, site: Hotel.site, zone: Hotel.zone, name: "corridor",
            issuer: hotel.issuer.publicKey,
            authority: String(decoding: try read(identity.authorityFile), as: UTF8.self),
            certificate: String(decoding: try read(identity.certificateFile), as: UTF8.self),
            broker: "mqtts://127.0.0.1:\(broker.port)", boot: 41)
    }

    private func install(_ answer: EnrolmentAnswer, code: EnrolmentCode? = nil) throws -> CommandRun
    {
        let file = hotel.file("box.approved")
        let bytes = Array(answer.text.utf8)
        try StateFile.replace(file, with: bytes)
        return lintel("--answer", file, "--code", "\(code ?? EnrolmentCode(of: bytes))")
    }

    @Test("Asked, answered, installed: the gateway knows who it is and reaches its hotel")
    func enrols() async throws {
        #expect(Settings.load(hotel.configuration).settings == nil)
        let request = try ask()
        // Asking again asks with the same keys.
        #expect(try ask().boxKey == request.boxKey)
        for key in ["box.key", "tls.key"] {
            var status = stat()
            try #require(stat(hotel.file("state/\(key)"), &status) == 0)
            #expect(status.st_mode & 0o777 == 0o600, "\(key)")
        }
        #expect(!request.text.contains("PRIVATE"))
        let run = try install(answer(request))
        #expect(run.status == .done, "\(run.errors)")
        #expect(run.output.contains("\"gateway\":\"b0b1b2b3\""))
        let settings = try hotel.settings()
        #expect(settings.gateway == Hotel.gateway && settings.site == Hotel.site)
        #expect(settings.broker?.port == broker.port)
        try broker.start()
        let gateway = try RunningGateway(hotel)
        try await gateway.waits(for: "the broker is reached") {
            gateway.logged.contains("connected to the hotel's broker")
        }
        try await gateway.waits(for: "its first event") { !gateway.events.all.isEmpty }
        // The hotel has events of 41 starts of this gateway already.
        #expect(gateway.events.all[0].contains("\"boot\":42"))
    }

    @Test("An answer that is not what the hotel wrote, or not for this gateway, changes nothing")
    func refused() throws {
        let request = try ask()
        let genuine = try answer(request)
        let other = try Broker()
        let stranger = try BrokerAuthorityRequest.make(in: hotel.folder)
        var wrong: [(EnrolmentAnswer, EnrolmentCode?, String)] = []
        wrong.append((genuine, EnrolmentCode(of: []), "it is not what the hotel wrote"))
        var altered = genuine
        altered.authority = try answer(request, by: other.authority).authority
        wrong.append((altered, nil, "cannot verify the certificate"))
        var renamed = genuine
        renamed.gateway = GatewayID(rawValue: 1)
        wrong.append((renamed, nil, "the certificate names another"))
        var foreign = request
        foreign.certificateRequest = stranger
        wrong.append((try answer(foreign), nil, "for a key that is not here"))
        var nowhere = genuine
        nowhere.broker = "mqtt://127.0.0.1"
        wrong.append((nowhere, nil, "'broker' is mqtts://HOST:PORT"))
        for (answer, code, words) in wrong {
            let run = try install(answer, code: code)
            #expect(run.status == .failed && run.errors.contains(words), "\(words): \(run.errors)")
            #expect(run.errors.contains("the gateway stays as it was"))
            #expect(access(hotel.file("state/hotel.approved"), F_OK) != 0)
        }
        #expect(lintel("--answer", hotel.file("box.approved")).status == .misused)
        #expect(try install(genuine).status == .done)
        // Once it is one gateway it does not become another.
        let moved = try install(answer(request, GatewayID(rawValue: 9)))
        #expect(moved.errors.contains("it is for 00000009, and this is b0b1b2b3"))
    }

    @Test("New keys are used from the moment their answer is installed, the old ones until then")
    func rotation() throws {
        let first = try ask()
        #expect(try install(answer(first)).status == .done)
        let key = try read(hotel.file("state/tls.key"))
        let next = try ask("--new-keys")
        #expect(next.boxKey != first.boxKey)
        #expect(try read(hotel.file("state/tls.key")) == key)
        let store = try hotel.store()
        #expect(try store.enrolledKey().publicKey == first.boxKey)
        #expect(try install(answer(next)).status == .done)
        #expect(try store.enrolledKey().publicKey == next.boxKey)
        #expect(try read(hotel.file("state/tls.key")) != key)
        #expect(access(hotel.file("state/tls.key.next"), F_OK) != 0)
    }

    @Test("Settings that say otherwise than the hotel approved are an error")
    func contradiction() throws {
        #expect(try install(answer(ask())).status == .done)
        var text = String(decoding: try read(hotel.configuration), as: UTF8.self)
        text = text.replacing("[gateway]\n", with: "[gateway]\nid = 00000001\n")
        try StateFile.replace(hotel.configuration, with: Array(text.utf8))
        let report = Settings.load(hotel.configuration)
        #expect(report.settings == nil)
        #expect(report.findings.text.contains("is not what the hotel approved"))
        try StateFile.replace(hotel.file("state/hotel.approved"), with: [1, 2])
        let damaged = Settings.load(hotel.configuration)
        #expect(damaged.findings.text.contains("hotel.approved"))
    }

    @Test("An order for a report is answered with one")
    func report() throws {
        let linked = try LinkedGateway()
        let command = linked.command(.report)
        try linked.send(command)
        #expect(try linked.result(of: command).outcome == .done)
        try linked.until("the report") { !linked.reports.isEmpty }
        let lines = linked.reports[0].split(separator: "\n")
        #expect(lines[0] == "{\"format\":1,\"command\":\"\(command.id)\"}")
        #expect(lines.count > 5 && lines[1].contains("\"part\":\"program\""))
    }
}

/// Somebody else's request.
private enum BrokerAuthorityRequest {
    static func make(in folder: String) throws -> String {
        let (status, output) = try ChildProgram.run([
            "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-subj", "/CN=x", "-keyout", "\(folder)/stranger.key", "-out", "\(folder)/stranger.csr",
        ])
        try #require(status == 0, "\(output)")
        return String(
            decoding: try StateFile.read("\(folder)/stranger.csr", bytesMax: 1 << 16),
            as: UTF8.self)
    }
}
