// SPDX-License-Identifier: Apache-2.0
import Glibc
import Platform
import Testing
import Timebase

@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The hotel server's certificate")
struct WebCertificateTests {
    @Test("A renewed one is in use after a reload; one that does not fit its key is not")
    func renewal() throws {
        let folder = try Folder()
        try folder.makeCertificate(serial: 17)
        let scene = try WebScene(web: "certificate = \(folder.chain)\nkey = \(folder.key)\n")
        #expect(try folder.serial(at: scene.port) == "serial=11")
        #expect(try folder.page(at: scene.port).contains("HTTP/1.1 200"))
        let open = try folder.openConnection(to: scene.port)

        try folder.makeCertificate(serial: 18)
        scene.reload()
        #expect(try folder.serial(at: scene.port) == "serial=12")
        #expect(try folder.page(at: scene.port).contains("HTTP/1.1 200"))
        #expect(try folder.answer(on: open).contains("HTTP/1.1 200"), "an open connection goes on")

        try "nonsense".write(toFile: folder.key, atomically: true, encoding: .utf8)
        scene.reload()
        #expect(try folder.serial(at: scene.port) == "serial=12")
    }
}

/// The certificate's files, and a client made of Debian's openssl.
private final class Folder {
    let path = "/tmp/lintel-desk-\(UInt64.random(in: 0...(.max)))"
    var chain: String { "\(path)/desk.pem" }
    var key: String { "\(path)/desk.key" }

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Replaces certificate and key.
    func makeCertificate(serial: Int) throws {
        _ = try shell(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
                + "-subj /CN=localhost -set_serial \(serial) -keyout desk.key -out desk.pem")
    }

    func serial(at port: UInt16) throws -> String {
        try shell(
            "openssl s_client -connect 127.0.0.1:\(port) -CAfile desk.pem </dev/null 2>/dev/null "
                + "| openssl x509 -noout -serial")
    }

    func page(at port: UInt16) throws -> String {
        try shell(
            "printf 'GET /login HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n' | "
                + "openssl s_client -quiet -connect 127.0.0.1:\(port) 2>/dev/null")
    }

    /// A connection that asks once `answer(on:)` says so.
    func openConnection(to port: UInt16) throws -> ChildProgram {
        let output = try FileDescriptor.open(
            "\(path)/open", flags: O_WRONLY | O_CREAT, mode: 0o600)
        let question = "GET /login HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n"
        let waiting = "(until [ -e '\(path)/go' ]; do sleep 0.1; done; printf '\(question)')"
        let client = try ChildProgram(
            ["bash", "-c", "\(waiting) | openssl s_client -quiet -connect 127.0.0.1:\(port)"],
            output: output)
        // It names the certificate once the server has shown it.
        let end = MonotonicClock.now() + .seconds(60)
        while try !String(contentsOfFile: "\(path)/open", encoding: .utf8).contains("depth=0") {
            try #require(MonotonicClock.now() < end, "openssl shows no certificate")
            usleep(20_000)
        }
        return client
    }

    func answer(on client: ChildProgram) throws -> String {
        try Data().write(to: URL(fileURLWithPath: "\(path)/go"))
        client.wait()
        return try String(contentsOfFile: "\(path)/open", encoding: .utf8)
    }

    private func shell(_ line: String) throws -> String {
        let (_, output) = try ChildProgram.run(["bash", "-c", "cd '\(path)' && \(line)"])
        return String(decoding: output, as: UTF8.self).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }
}
