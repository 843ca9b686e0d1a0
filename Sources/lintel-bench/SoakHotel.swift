// SPDX-License-Identifier: Apache-2.0
// The hotel of a soak: records with ten thousand passes, a broker and the server, as programs of
// their own. The broker and the server die in turn every minute, and a door must not notice.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import SQLite
import Timebase

/// When the broker or the server is dead.
struct SoakOutage {
    enum Part { case broker, server }

    let part: Part
    let from: Instant
    let until: Instant
}

final class SoakHotel {
    private static let gateway = "corridor"
    /// Of the hotel's records.
    private static let applicationID: Int32 = 0x4C4E_544C

    /// The phone of the guest of door 301.
    let guest: PassEncoder
    private(set) var deaths = 0
    private let folder: String
    private let program: String
    private let secondsMax: Int64
    private var broker: ChildProgram?
    private var server: ChildProgram?
    private var outages: [SoakOutage] = []

    /// Makes the records, and the gateway's settings, certificate and first snapshot.
    ///
    /// - Parameters:
    ///   - folder: an empty one.
    ///   - length: nothing outlives this by more than five minutes, whatever becomes of us.
    init(folder: String, program: String, lintel: String, length: Interval) throws {
        self.folder = folder
        self.program = program
        secondsMax = length.milliseconds / 1_000 + 300
        let port = try LoopbackPort.free()
        @discardableResult
        func run(_ words: [String]) throws -> String {
            try Self.run([program] + words + ["--database", "\(folder)/hotel.sqlite"])
        }
        try run(["init", "\(Crowd.site)"])
        try run([
            "broker", "init", "--host", "localhost", "--port", "\(port)", "--listen", "127.0.0.1",
            "--user", geteuid() == 0 ? "root" : "mosquitto",
        ])
        let site = SiteFiles(folder: folder)
        try site.writeSettings(hotel: "broker = mqtts://localhost:\(port)")
        try StateFile.makeFolder("\(folder)/state")
        try StateFile.replace(
            "\(folder)/issuer.pub", with: Array(try run(["issuer"]).utf8))
        try StateFile.replace(
            "\(folder)/hotel.conf", with: Array("[hotel]\ndatabase = \(folder)/hotel.sqlite\n".utf8)
        )
        let config = ["--config", "\(folder)/lintel.conf"]
        let (wish, answer) = ("\(folder)/wish.enroll", "\(folder)/wish.approved")
        let asked = try Self.run([lintel, "enroll", "--out", wish] + config)
        let approved = try run([
            "gateway", "approve", wish, "--name", Self.gateway, "--code", Self.code(asked), "--id",
            "\(Crowd.gateway)", "--zone", "\(Crowd.zone)", "--out", answer,
        ])
        try Self.run(
            [lintel, "enroll", "--answer", answer, "--code", Self.code(approved)] + config)
        try run(["door", "add", "301", "--gateway", Self.gateway, "--index", "0"])
        let now = WallClock.now()
        try run([
            "stay", "add", "--room", "301", "--from", (now - .hours(1)).text, "--to",
            (now + .hours(24 * 30)).text,
        ])
        guest = try Self.phone(try run(["pass", "issue", "1"]))
        try Self.fill("\(folder)/hotel.sqlite", at: now)
        try run(["snapshot", "--gateway", Self.gateway, "--out", "\(folder)/snapshot"])
    }

    /// Starts broker and server.
    ///
    /// - Parameter start: from when on the broker and the server die.
    func open(from start: Instant, length: Interval) throws {
        for part in [SoakOutage.Part.broker, .server] { try revive(part) }
        outages = SoakPlan.outages(from: start, length: length)
    }

    /// What is due: somebody dies or is back.
    func turn(at now: Instant) throws {
        guard let next = outages.first, now >= next.from else { return }
        if isAlive(next.part), now < next.until {
            kill(next.part)
            deaths += 1
        } else if now >= next.until {
            outages.removeFirst()
            try revive(next.part)
        }
    }

    /// The sequence number up to which every event is in the hotel's records.
    func storedEvents() throws -> UInt64 {
        let line = try Self.run([
            program, "list", "gateways", "--database", "\(folder)/hotel.sqlite",
        ])
        return JSONValue(line.utf8, depthMax: 6)?["events"]?.array?.last?.number() ?? 0
    }

    /// Memory of the server in RAM, bytes; of the one that runs now.
    var residentBytes: UInt64 {
        server.map { SoakProcess.residentBytes(of: "\($0.process)") } ?? 0
    }

    func end() {
        for part in [server, broker] {
            part?.terminate()
            part?.wait()
        }
        (server, broker) = (nil, nil)
    }

    // MARK: - Its programs

    private func isAlive(_ part: SoakOutage.Part) -> Bool {
        part == .broker ? broker != nil : server != nil
    }

    /// As a power cut would.
    private func kill(_ part: SoakOutage.Part) {
        switch part {
        case .broker: broker = nil
        case .server: server = nil
        }
    }

    private func revive(_ part: SoakOutage.Part) throws {
        switch part {
        case .broker:
            broker = try start(
                ["/usr/sbin/mosquitto", "-c", "\(folder)/broker/broker/mosquitto.conf"], "broker")
        case .server:
            server = try start([program, "serve", "--config", "\(folder)/hotel.conf"], "server")
        }
    }

    /// It ends itself, should we crash.
    private func start(_ words: [String], _ name: String) throws -> ChildProgram {
        let log = try FileDescriptor.open(
            "\(folder)/\(name).log", flags: O_WRONLY | O_CREAT | O_APPEND)
        return try ChildProgram(["timeout", "\(secondsMax)"] + words, output: log)
    }

    @discardableResult
    private static func run(_ words: [String]) throws -> String {
        let (status, output) = try ChildProgram.run(words)
        let text = String(decoding: output, as: UTF8.self)
        guard status == 0 else { throw Unmeasured("\(words.joined(separator: " ")): \(text)") }
        return text
    }

    // MARK: - Its records

    private static func answer(_ text: String) -> JSONValue? {
        text.split(separator: "\n").first { $0.hasPrefix("{") }
            .flatMap { JSONValue($0.utf8, depthMax: 6) }
    }

    private static func code(_ text: String) throws -> String {
        guard let code = answer(text)?["code"]?.string else {
            throw Unmeasured("enrolling printed no code: \(text)")
        }
        return code
    }

    private static func phone(_ text: String) throws -> PassEncoder {
        let pass = answer(text)
        guard
            let key = pass?["deviceKey"]?.string.flatMap({ Hexadecimal.decode($0) })
                .flatMap({ DeviceKey(bytes: $0) }),
            let epoch: UInt32 = pass?["epoch"]?.number()
        else { throw Unmeasured("'pass issue' printed no pass") }
        return PassEncoder(
            deviceKey: key, site: Crowd.site, zone: Crowd.zone, epoch: KeyEpoch(rawValue: epoch))
    }

    /// As many passes as a hotel of a thousand rooms and its staff may have, all for one door.
    private static func fill(_ path: String, at now: UnixTime) throws {
        let records = try Database(path: path, applicationID: applicationID)
        try records.run(
            """
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
            INSERT INTO pass (id, stay, device_key, issued)
            SELECT n, 1, randomblob(32), ? FROM numbers
            """, .integer(Int64(Crowd.size - 1)), .integer(now.seconds))
    }
}
