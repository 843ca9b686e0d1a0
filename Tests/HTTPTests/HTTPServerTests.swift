// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import Platform
import Testing
import Timebase

@testable import HTTP

@Suite("The HTTP server", .serialized, .enabled(if: Curl.isThere))
struct HTTPServerTests {
    private let loop: EventLoop
    private let port: UInt16
    private static let limits = HTTPLimits(
        connectionsMax: 8, idleMax: .seconds(10), bodyBytesMax: 1_000)

    init() throws {
        loop = try EventLoop()
        port = UInt16.random(in: 20_000...29_999)
    }

    /// Serves until curl has ended; gives back what it printed.
    private func curl(
        _ arguments: [String], scheme: String = "http", path: String = "/", at port: UInt16
    ) throws -> String {
        let curl = try Curl(
            arguments + ["--silent", "\(scheme)://127.0.0.1:\(port)\(path)"])
        while curl.isRunning { _ = try loop.runOnce(limit: .milliseconds(20)) }
        return curl.output
    }

    private func serve(
        tls: HTTPCertificate? = nil, _ handler: @escaping (HTTPExchange) -> Void
    ) throws -> (HTTPServer, UInt16) {
        var port = self.port
        while true {
            do throws(SystemError) {
                let listener = try LocalSocket.listen(onLoopback: port)
                let server = try HTTPServer(
                    loop, listener, limits: Self.limits, tls: tls, handler: handler)
                return (server, port)
            } catch {
                guard error.errno == EADDRINUSE else { throw error }
                port += 1
            }
        }
    }

    @Test("Headers, cookies, arguments and the peer's address are there for the handler")
    func request() throws {
        let (server, port) = try serve { exchange in
            let parts = [
                exchange.header("x-one"), exchange.cookie("b"), exchange.query("q"),
                exchange.peerAddress, exchange.header("missing"), exchange.path,
            ]
            exchange.answer(
                HTTPReply(HTTPReply.plain, parts.map { $0 ?? "nil" }.joined(separator: "|")))
        }
        let text = try curl(
            ["-H", "X-One: 1", "-H", "Cookie: a=x; b=y"], path: "/p%20q?q=2", at: port)
        #expect(text == "1|y|2|127.0.0.1|nil|/p q")
        server.stop()
    }

    @Test("A body beyond the server's own bound is not kept")
    func bound() throws {
        let (server, port) = try serve { exchange in
            exchange.answer(
                HTTPReply(HTTPReply.plain, "\(exchange.body.count) \(exchange.isBodyTooLong)"))
        }
        let small = String(repeating: "x", count: 1_000)
        #expect(try curl(["-d", small], at: port) == "1000 false")
        #expect(try curl(["-d", small + "x"], at: port).hasSuffix(" true"))
        server.stop()
    }

    @Test("A reply's own Cache-Control stands alone")
    func caching() throws {
        let (server, port) = try serve { exchange in
            var reply = HTTPReply(HTTPReply.plain, "")
            if exchange.path == "/kept" { reply.headers = [("Cache-Control", "max-age=9")] }
            exchange.answer(reply)
        }
        #expect(
            try curl(["-i"], path: "/kept", at: port).contains("Cache-Control: max-age=9\r\n"))
        #expect(try !curl(["-i"], path: "/kept", at: port).contains("no-store"))
        #expect(try curl(["-i"], path: "/", at: port).contains("Cache-Control: no-store\r\n"))
        server.stop()
    }

    @Test("With a certificate it speaks TLS 1.2 and later, and no plain HTTP")
    func tls() throws {
        let folder = "/tmp/lintel-tls-\(getpid())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = Curl.shell(
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 "
                + "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
                + "-keyout \(folder)/k.pem -out \(folder)/c.pem")
        try #require(made)
        let certificate = HTTPCertificate(
            chain: try String(contentsOfFile: folder + "/c.pem", encoding: .utf8),
            key: try String(contentsOfFile: folder + "/k.pem", encoding: .utf8))
        let (server, port) = try serve(tls: certificate) { exchange in
            exchange.answer(HTTPReply(HTTPReply.plain, "secret"))
        }
        let trust = ["--cacert", folder + "/c.pem"]
        #expect(try curl(trust, scheme: "https", at: port) == "secret")
        #expect(
            try curl(trust + ["--tlsv1.3", "--http1.1"], scheme: "https", at: port) == "secret")
        #expect(try curl(trust + ["--tls-max", "1.1"], scheme: "https", at: port) == "")
        #expect(try curl([], scheme: "https", at: port) == "")
        #expect(try curl([], scheme: "http", at: port) == "")
        server.stop()
    }

    @Test("A stream is read while it grows, and ends when its source does")
    func stream() throws {
        let stream = Growing()
        let (server, port) = try serve { exchange in
            exchange.answer(HTTPReply("text/event-stream", .stream(stream)))
        }
        let curl = try Curl(["--no-buffer", "--silent", "http://127.0.0.1:\(port)/"])
        var sent = 0
        while curl.isRunning {
            _ = try loop.runOnce(limit: .milliseconds(20))
            guard server.streamCount == 1 else { continue }
            sent += 1
            if sent <= 3 { stream.waiting += Array("\(sent)\n".utf8) } else { stream.isOver = true }
            server.wakeStreams()
        }
        #expect(curl.output == "1\n2\n3\n")
        server.stop()
    }

    @Test("An answer that comes after its server has gone does no harm")
    func lateAnswer() throws {
        var late: HTTPExchange?
        let curl: Curl
        do {
            let (server, port) = try serve { late = $0 }
            curl = try Curl(["--silent", "http://127.0.0.1:\(port)/"])
            while late == nil { _ = try loop.runOnce(limit: .milliseconds(20)) }
            server.stop()
        }
        try #require(late).answer(HTTPReply(HTTPReply.plain, "too late"))
        while curl.isRunning { _ = try loop.runOnce(limit: .milliseconds(20)) }
        #expect(curl.output.isEmpty)
    }

    @Test("An address that is none is refused by name")
    func address() {
        #expect(throws: SystemError(call: "listen at", subject: "desk:1", errno: EINVAL)) {
            _ = try LocalSocket.listen(onAddress: "desk", port: 1)
        }
    }
}

private final class Growing: HTTPStream {
    var isOver = false
    var waiting: [UInt8] = []

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> HTTPStreamPiece {
        guard !waiting.isEmpty else { return isOver ? .end : .wait }
        let count = min(buffer.count, waiting.count)
        buffer.copyBytes(from: waiting.prefix(count))
        waiting.removeFirst(count)
        return .bytes(count)
    }
}

/// The client that everybody has.
private final class Curl {
    static let isThere = shell("command -v curl openssl")

    private let process = Process()
    private let pipe = Pipe()

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["curl"] + arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    var isRunning: Bool { process.isRunning }

    var output: String {
        String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    static func shell(_ command: String) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command + " > /dev/null 2>&1"]
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
