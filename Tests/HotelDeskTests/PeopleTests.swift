// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Configuration
import SQLite
import Testing
import Timebase

@testable import HotelDesk

@Suite("Staff, sessions and tokens")
struct PeopleTests {
    private let hotel: TestHotel

    init() throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
    }

    private func desk() throws -> Desk {
        let hotel = self.hotel
        return try Desk(path: hotel.database, clock: { hotel.now.withLock { $0 } })
    }

    @Test("A password is kept as argon2id and matches itself alone")
    func passwords() throws {
        let hash = try #require(PasswordHash("correct horse battery"))
        #expect(hash.text.hasPrefix("$argon2id$") && !"\(hash)".contains("argon2id"))
        #expect(hash.matches("correct horse battery") && !hash.matches("correct horse batterz"))
        #expect(!hash.matches("") && PasswordHash("correct horse battery")?.text != hash.text)
    }

    @Test(
        "Passwords that are easily guessed are refused with the reason",
        arguments: [
            ("short", "at least 12 characters"), ("aaaabbbbaaaabbbb", "too easy to guess"),
            ("my-name-is-anna-x", "too easy to guess"),
            (String(repeating: "long ", count: 60), "at most 256 bytes"),
        ])
    func weak(password: String, reason: String) {
        #expect(PasswordHash.problem(with: password, of: "Anna")?.contains(reason) == true)
    }

    @Test("A session ends with the shift, when idle, and with the account")
    func sessions() throws {
        let desk = try desk()
        let hash = try #require(PasswordHash("correct horse battery"))
        let anna = try desk.addStaff(name: "anna", role: .desk, password: hash, by: "test")
        let first = try desk.beginSession(of: anna)
        hotel.now.withLock { $0 = $0 + .minutes(59) }
        #expect(try desk.session(first.secret)?.staff == anna)
        hotel.now.withLock { $0 = $0 + .minutes(59) }
        #expect(try desk.session(first.secret) != nil)
        hotel.now.withLock { $0 = $0 + .minutes(61) }
        #expect(try desk.session(first.secret) == nil)
        let second = try desk.beginSession(of: anna)
        for _ in 0..<15 {
            hotel.now.withLock { $0 = $0 + .minutes(47) }
            #expect(try desk.session(second.secret) != nil)
        }
        hotel.now.withLock { $0 = $0 + .minutes(47) }
        #expect(try desk.session(second.secret) == nil)
        let third = try desk.beginSession(of: anna)
        _ = try desk.endStaff("anna", by: "test")
        #expect(try desk.session(third.secret) == nil)
        #expect(try desk.passwordHash(of: "anna") == nil)
    }

    @Test("A token ends by itself or by hand, and the database knows its digest only")
    func tokens() throws {
        let desk = try desk()
        let end = TestHotel.noon + .hours(1)
        let (_, secret) = try desk.addToken(
            name: "pms", scopes: [.staysRead], expires: end, by: "test")
        #expect(try desk.token(secret)?.scopes == [.staysRead])
        #expect(throws: DeskError.tokenExists("pms")) {
            _ = try desk.addToken(name: "pms", scopes: [], expires: nil, by: "test")
        }
        hotel.now.withLock { $0 = end }
        #expect(try desk.token(secret) == nil)
        let digests = try desk.database.rows("SELECT digest FROM token") {
            row throws(DatabaseError) in try row.blob(0)
        }
        #expect(digests == [secret.digest.bytes])
        #expect(
            !"\(secret)".contains(secret.text) && !String(reflecting: secret).contains("lintel_"))
    }

    @Test("A key whose first request got no answer is not done again")
    func unanswered() throws {
        let desk = try desk()
        let (token, _) = try desk.addToken(name: "pms", scopes: [], expires: nil, by: "test")
        let digest = Digest("POST /x")
        guard case .first = try desk.beginRequest("k", token: token, digest: digest) else {
            Issue.record("the first request is the first")
            return
        }
        guard case .unknownOutcome = try desk.beginRequest("k", token: token, digest: digest) else {
            Issue.record("nobody knows what became of the first request")
            return
        }
        hotel.now.withLock { $0 = $0 + WebLimits.answersKept }
        try desk.dropOldAnswers()
        guard case .first = try desk.beginRequest("k", token: token, digest: digest) else {
            Issue.record("after a day the key is new")
            return
        }
    }

    @Test("Guesses are counted by name and place together, and by place alone")
    func limiter() {
        var limiter = LoginLimiter()
        let start = Instant.origin + .hours(1)
        for second in 0..<5 {
            limiter.failed(name: "anna", address: "a", at: start + .seconds(Int64(second)))
        }
        let now = start + .minutes(1)
        #expect(limiter.wait(name: "anna", address: "a", at: now) == .minutes(14))
        #expect(limiter.wait(name: "anna", address: "b", at: now) == nil)
        #expect(limiter.wait(name: "dora", address: "a", at: now) == nil)
        for number in 0..<15 { limiter.failed(name: "\(number)", address: "a", at: now) }
        #expect(limiter.wait(name: "dora", address: "a", at: now) != nil)
        #expect(limiter.wait(name: "dora", address: "a", at: now + .minutes(15)) == nil)
    }

    @Test(
        "Plain HTTP beyond the loopback is refused, with what to do about it",
        arguments: ["0.0.0.0:80", "192.168.1.5:8480", "[::]:8480"])
    func plain(address: String) {
        let report = HotelSettings.read([
            (path: "hotel.conf", bytes: Array("[web]\nlisten = \(address)\n".utf8))
        ])
        #expect(report.settings == nil)
        #expect(
            report.findings.map(\.description) == [
                "hotel.conf:2: error: value '\(address)' for key 'listen' in [web] is beyond the "
                    + "loopback, without TLS; set certificate and key, or listen on 127.0.0.1 "
                    + "behind a proxy that has TLS; passwords and guests' names would cross the "
                    + "network in the clear"
            ])
    }

    @Test("With a certificate, or on the loopback behind a proxy, it is accepted")
    func secure() throws {
        func read(_ text: String) throws -> WebSettings? {
            let report = HotelSettings.read([(path: "hotel.conf", bytes: Array(text.utf8))])
            return try #require(report.settings, "\(report.findings)").web
        }
        #expect(try read("[hotel]\n") == nil)
        let own = try read("[web]\nlisten = [::]:443\ncertificate = /c\nkey = /k\n")
        #expect(own?.isSecure == true && own?.address == "https://[::]:443")
        let proxied = try read(
            "[web]\nlisten = 127.0.0.1:8480\norigin = https://desk.hotel.example\n")
        #expect(proxied?.isSecure == true && proxied?.address == "https://desk.hotel.example")
        #expect(try read("[web]\nlisten = [::1]:1\n")?.isSecure == false)
    }

    @Test("Accounts are made at the command line; a wrong password changes nothing")
    func commands() throws {
        #expect(try hotel.done("staff", "list") == "")
        let bad = hotel.run(["staff", "end", "nobody"])
        #expect(bad.status == .failed && bad.errors.contains("there is no account 'nobody'"))
        let token = try hotel.done("token", "add", "pms", "--scope", "stays:read")
        #expect(token.contains("\"secret\":\"lintel_") && token.contains("[\"stays:read\"]"))
        #expect(try !hotel.done("token", "list").contains("secret"))
        let unknown = hotel.run(["token", "add", "x", "--scope", "everything"])
        #expect(unknown.status == .misused)
    }
}
