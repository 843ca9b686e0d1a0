// SPDX-License-Identifier: Apache-2.0
import Glibc
import HTTP
import Platform
import Synchronization
import Testing
import Timebase

@testable import HotelDesk

/// A hotel with two doors, and its server with the board, in this process.
final class WebScene {
    let hotel: TestHotel
    let port: UInt16
    private let bell: Doorbell
    private let reloadBell: Doorbell
    private let thread: Thread

    static let password = "correct horse battery"

    /// - Parameter web: more lines for section [web].
    init(web: String = "", staff: [(String, StaffRole)] = [("anna", .manager)]) throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
        try hotel.add(TestGateway(0xB0B1_B2B3), name: "corridor")
        try hotel.done("door", "add", "301", "--gateway", "corridor", "--index", "2")
        try hotel.done(
            "door", "add", "Lobby", "--gateway", "corridor", "--index", "1", "--kind", "lobby")
        port = try LoopbackPort.free()
        let desk = try Desk(path: hotel.database, clock: { TestHotel.noon })
        let hash = try #require(PasswordHash(Self.password))
        for (name, role) in staff {
            _ = try desk.addStaff(name: name, role: role, password: hash, by: "test")
        }
        let text =
            "[hotel]\ndatabase = \(hotel.database)\n[web]\nlisten = 127.0.0.1:\(port)\n\(web)"
        let settings = try #require(
            HotelSettings.read([(path: "hotel.conf", bytes: Array(text.utf8))]).settings)
        let bell = try Doorbell()
        self.bell = bell
        let reloadBell = try Doorbell()
        self.reloadBell = reloadBell
        let hotel = self.hotel
        let starting = Starting()
        thread = try Thread(name: "hotel") {
            do {
                let service = try HotelService(settings, clock: { hotel.now.withLock { $0 } })
                let source = try IOSource(
                    service.loop, descriptor: bell.rawValue, events: .readable
                ) { _ in service.stop() }
                let reload = try IOSource(
                    service.loop, descriptor: reloadBell.rawValue, events: .readable
                ) { _ in
                    service.reload()
                    reloadBell.answer()
                }
                starting.end(nil)
                _ = try service.run()
                withExtendedLifetime((source, reload)) {}
            } catch {
                starting.end("\(error)")
            }
        }
        if let problem = starting.wait() { throw SceneFailure(description: problem) }
    }

    deinit {
        bell.ring()
        thread.join()
    }

    /// Has the server read its settings again, and waits until it has.
    func reload() {
        reloadBell.ring()
        var bell = pollfd(fd: reloadBell.rawValue, events: Int16(POLLIN), revents: 0)
        while poll(&bell, 1, 0) > 0 { usleep(2_000) }
    }

    /// The same records over a connection of the test's own.
    func desk() throws -> Desk {
        let hotel = self.hotel
        return try Desk(path: hotel.database, clock: { hotel.now.withLock { $0 } })
    }

    func ask(
        _ method: String, _ path: String, headers: [String] = [], body: String = ""
    ) throws -> WebAnswer {
        try WebAnswer.ask(port, method, path, headers: headers, body: body)
    }

    /// Logs in and gives back the header a browser would send from then on.
    func login(_ name: String = "anna") throws -> String {
        let answer = try ask(
            "POST", "/login",
            body: "name=\(name)&password=\(Self.password.replacing(" ", with: "+"))")
        try #require(answer.status == 303, "\(answer.body)")
        let cookie = try #require(answer.header("Set-Cookie"))
        return "Cookie: \(cookie.prefix { $0 != ";" })"
    }

    /// The form token of a page.
    func token(_ cookie: String, on path: String) throws -> String {
        let page = try ask("GET", path, headers: [cookie]).body
        let mark = "name=\"token\" value=\""
        let start = try #require(page.firstRange(of: mark))
        return String(page[start.upperBound...].prefix { $0 != "\"" })
    }

    /// A token of the API.
    func bearer(_ scopes: [APIScope] = APIScope.allCases, name: String = "pms") throws -> String {
        let made = try desk().addToken(name: name, scopes: scopes, expires: nil, by: "test")
        return "Authorization: Bearer \(made.secret.text)"
    }

    /// A guest with a stay that is due.
    func addStay(consent: Bool) throws -> DeskStay {
        let desk = try desk()
        let guest = try desk.addGuest(
            name: "Lena <b>Adler</b>", language: .german, address: "Frau Dr.", by: "test")
        _ = try desk.addPreference(
            of: guest.number, kind: .allergy, wish: "Nüsse", isSensitive: true, by: "test")
        var stay = NewStay(
            doors: ["301"], begins: TestHotel.noon, ends: TestHotel.noon + .hours(48),
            guest: guest.number, reference: "R-1")
        if consent { stay.consent = [.recogniseArrival, .greetByName] }
        return try desk.addStay(stay, by: "test")
    }
}

struct SceneFailure: Error, CustomStringConvertible {
    let description: String
}

/// Waits until another thread has begun.
private final class Starting: Sendable {
    private let outcome = Mutex<(isOver: Bool, problem: String?)>((false, nil))

    func end(_ problem: String?) { outcome.withLock { $0 = (true, problem) } }

    func wait() -> String? {
        while true {
            let (isOver, problem) = outcome.withLock { $0 }
            if isOver { return problem }
            usleep(2_000)
        }
    }
}

/// An answer that goes on for as long as both sides want.
final class OpenStream {
    private let connection: Int32
    private var text = ""
    private var isOver = false

    init(_ port: UInt16, _ path: String, headers: [String]) throws {
        connection = try WebAnswer.connect(port)
        // Whatever goes wrong, nobody waits for ever.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            connection, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let lines =
            ["GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Connection: close"] + headers
        let bytes = Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
        try #require(send(connection, bytes, bytes.count, 0) == bytes.count)
    }

    deinit { close(connection) }

    func read(until words: String) throws {
        while !text.contains(words) { try #require(more(), "\(text)") }
    }

    /// Whether the other side ends it.
    func readToEnd() -> Bool {
        while more() {}
        return isOver
    }

    private func more() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(connection, &buffer, buffer.count, 0)
        isOver = count == 0
        guard count > 0 else { return false }
        text += String(decoding: buffer[..<count], as: UTF8.self)
        return true
    }
}

/// What came back to one request over a connection of its own.
struct WebAnswer {
    let status: Int
    let headers: [(String, String)]
    let body: String

    func header(_ name: String) -> String? {
        headers.first { $0.0.lowercased() == name.lowercased() }?.1
    }

    /// - Parameter until: where given, reading ends as soon as the body contains it.
    static func ask(
        _ port: UInt16, _ method: String, _ path: String, headers: [String] = [],
        body: String = "", until: String? = nil
    ) throws -> WebAnswer {
        let connection = try connect(port)
        defer { close(connection) }
        var request =
            "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for header in headers { request += header + "\r\n" }
        let hasType = headers.contains { $0.lowercased().hasPrefix("content-type") }
        if !body.isEmpty, !hasType {
            request += "Content-Type: application/x-www-form-urlencoded\r\n"
        }
        request += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        let bytes = Array(request.utf8)
        try #require(send(connection, bytes, bytes.count, 0) == bytes.count)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer[..<count]
            let text = String(decoding: received, as: UTF8.self)
            if let until, text.contains(until) { break }
        }
        return try WebAnswer(String(decoding: received, as: UTF8.self))
    }

    private init(_ text: String) throws {
        let end = try #require(text.firstRange(of: "\r\n\r\n"))
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        status = try #require(
            Int(lines.first?.split(separator: " ").dropFirst().first ?? ""))
        headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return (String(parts[0]), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        body = String(text[end.upperBound...])
    }

    static func connect(_ port: UInt16) throws -> Int32 {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(result == 0)
        return connection
    }
}
