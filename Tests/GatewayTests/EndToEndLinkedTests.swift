// SPDX-License-Identifier: Apache-2.0
// The two programs and a broker, enrolled as hotel's IT enrols them: doors are decided whoever else
// is dead, what happened is in the records afterwards, and a revoked pass is a stranger's.
import CommandLineKit
import Glibc
import HotelWire
import Platform
import Rig
import SQLite
import Testing
import Timebase

@testable import Gateway
@testable import HotelDesk

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A gateway, a broker and a server, each a program", Bumble.isAvailable, .serialized)
struct EndToEndLinkedTests {
    @Test("Taps open while the broker, the server or both are dead, and all of it is recorded")
    func decidedThroughout() async throws {
        let scene = try await LinkedPrograms()
        try await scene.online()
        try await scene.phone.walkUp()
        try await scene.opensByTap()
        scene.broker = nil
        try await scene.opensByTap()
        scene.server = nil
        try await scene.opensByTap()
        try scene.startBroker()
        try await scene.opensByTap()
        try scene.startServer()
        try await scene.opensByTap()
        let told = scene.gateway.output.lines(with: "\"event\":\"granted\"", scene.credential)
        #expect(told.count >= 5)
        try await eventually("the records hold all of it", scene: { scene.words }) {
            try scene.recorded("granted").count >= told.count
        }
        #expect(try scene.recorded("granted") == told, "each once, in order and in these words")
    }

    @Test("A pass that is revoked while its phone answers becomes a stranger's, and opens no more")
    func revoked() async throws {
        let scene = try await LinkedPrograms()
        try await scene.online()
        try await scene.phone.walkUp()
        try await scene.opensByTap()
        #expect(try scene.strangersHeard() == 0)
        _ = try await scene.hotel("pass", "revoke", scene.pass)
        try await eventually("it is not known any more", scene: { scene.words }) {
            try scene.strangersHeard() > 0
        }
        let before = scene.told("granted")
        try await scene.phone.answer(intent: 3)
        try await scene.phone.sends(4)
        #expect(scene.told("granted") == before)
    }
}

/// Broker, server, gateway and a guest's phone.
private final class LinkedPrograms {
    let folder: String
    /// Killed by being forgotten.
    var broker: ChildProcess?
    var server: ChildProcess?
    let gateway: ChildProcess
    let phone: Phone
    let pass: String
    var credential: String { "\"credential\":\"\(pass)\"" }

    init() async throws {
        var name = Array("/tmp/lintel-linked-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.folder = folder
        let controller = try Controller()
        try await controller.make()
        try Self.settings(folder, adapter: controller.adapter)
        try await Self.enrol(folder)
        broker = try Self.broker(folder)
        server = try Self.server(folder)
        gateway = try ChildProcess(
            [Programs.lintel, "run", "--config", "\(folder)/lintel.conf", "--events"])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/phone.json"))
        let issued = try JSONDecoder().decode(IssuedPass.self, from: bytes)
        pass = issued.pass
        phone = try await Phone("guest", carrying: issued, near: controller)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private static func settings(_ folder: String, adapter: String) throws {
        let gateway = """
            [gateway]
            state = \(folder)/state
            [radio corridor]
            adapter = \(adapter)
            [door 301]
            index = 2
            kind = guest-room
            radio = corridor
            lock = sim/lock
            contact = sim/contact
            pulse = 3s
            [hotel]
            [api]
            socket = \(folder)/api

            """
        try StateFile.replace("\(folder)/lintel.conf", with: Array(gateway.utf8))
        let hotel = "[hotel]\ndatabase = \(folder)/desk/hotel.sqlite\n"
        try StateFile.replace("\(folder)/hotel.conf", with: Array(hotel.utf8))
    }

    /// The codes are those that people read from one screen and type at the other.
    private static func enrol(_ folder: String) async throws {
        func hotel(_ arguments: String...) async throws { _ = try await run(folder, arguments) }
        func lintel(_ arguments: String...) async throws {
            try await done(
                [Programs.lintel, "enroll"] + arguments + ["--config", "\(folder)/lintel.conf"])
        }
        func code(_ file: String) throws -> String {
            "\(EnrolmentCode(of: try StateFile.read(file, bytesMax: EnrolmentAnswer.bytesMax)))"
        }
        let port = try LoopbackPort.free()
        let (asked, answered) = ("\(folder)/box.enroll", "\(folder)/box.approved")
        try await hotel("init", "Grand Hotel")
        try await hotel(
            "broker", "init", "--host", "localhost", "--port", "\(port)", "--listen", "127.0.0.1",
            "--user", geteuid() == 0 ? "root" : "mosquitto")
        try await lintel("--out", asked)
        try await hotel(
            "gateway", "approve", asked, "--name", "corridor", "--code", code(asked), "--out",
            answered)
        try await lintel("--answer", answered, "--code", code(answered))
        try await hotel("door", "add", "301", "--gateway", "corridor", "--index", "2")
        let now = WallClock.now()
        try await hotel(
            "stay", "add", "--room", "301", "--from", (now + .hours(-1)).text, "--to",
            (now + .hours(24)).text)
        try await hotel("pass", "issue", "1", "--out", "\(folder)/phone.json")
    }

    private static func broker(_ folder: String) throws -> ChildProcess {
        try ChildProcess(
            ["/usr/sbin/mosquitto", "-c", "\(folder)/desk/broker/broker/mosquitto.conf"])
    }

    private static func server(_ folder: String) throws -> ChildProcess {
        try ChildProcess([Programs.hotel, "serve", "--config", "\(folder)/hotel.conf"])
    }

    func startBroker() throws { broker = try Self.broker(folder) }

    func startServer() throws { server = try Self.server(folder) }

    @discardableResult
    private static func run(_ folder: String, _ arguments: [String]) async throws -> String {
        try await done(
            [Programs.hotel] + arguments + ["--database", "\(folder)/desk/hotel.sqlite"])
    }

    @discardableResult
    private static func done(_ arguments: [String]) async throws -> String {
        let run = try await ChildProcess.run(arguments)
        try #require(run.status == 0, "\(arguments): \(run.output)")
        return run.output
    }

    func hotel(_ arguments: String...) async throws -> String {
        try await Self.run(folder, arguments)
    }

    var words: String {
        (gateway.output.all.suffix(30) + (server?.output.all.suffix(30) ?? []))
            .joined(separator: "\n")
    }

    func told(_ event: String) -> Int {
        gateway.output.lines(with: "\"event\":\"\(event)\"", "\"door\":\"301\"").count
    }

    /// Returns once the gateway hears and decides by the server's snapshot.
    func online() async throws {
        try await eventually("the gateway is online", scene: { words }) {
            !gateway.output.lines(with: "scanning on").isEmpty
                && !gateway.output.lines(with: "\"event\":\"snapshot\"").isEmpty
        }
        try Installer.confirmClock(Programs.lintel, socket: "\(folder)/api")
    }

    /// The guest, at the door, taps; the lock is energised and comes to rest. Then the phone is
    /// put away, so that its next tap is a new one.
    func opensByTap() async throws {
        let before = (told("unlocked"), told("relocked"))
        try await phone.answer(intent: 3)
        try await eventually("the door opens", scene: { words }) { told("unlocked") > before.0 }
        try await phone.answer(intent: 1)
        try await phone.sends(3)
        try await eventually("the lock rests", scene: { words }) { told("relocked") > before.1 }
    }

    /// The lines of the guest's events in the hotel's records.
    func recorded(_ kind: String) throws -> [String] {
        try Desk(path: "\(folder)/desk/hotel.sqlite") { WallClock.now() }.database.rows(
            "SELECT line FROM event WHERE kind = ? AND pass IS NOT NULL ORDER BY boot, sequence",
            .text(kind)
        ) { row throws(DatabaseError) in try row.text(0) }
    }

    /// Passes heard whose holder the gateway does not know.
    func strangersHeard() throws -> Int {
        let name = "lintel_passes_foreign_total "
        let page = try OperatorClient(socket: "\(folder)/api").ask("GET", "/metrics").text
        let line = page.split(separator: "\n").first { $0.hasPrefix(name) }
        return try #require(line.flatMap { Int($0.dropFirst(name.count)) })
    }
}
