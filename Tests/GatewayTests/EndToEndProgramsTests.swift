// SPDX-License-Identifier: Apache-2.0
// What a hotel's IT does, with the two programs alone: from an empty folder to a guest's phone that
// opens a room, and to its end.
import CommandLineKit
import Glibc
import Platform
import Rig
import Testing
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The two programs, from an empty folder to an open door", Bumble.isAvailable)
struct EndToEndProgramsTests {
    private let folder: String

    init() throws {
        var name = Array("/tmp/lintel-programs-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    @Test("init, enroll, add, issue, snapshot, run: the guest's phone opens, until it is revoked")
    func hotel() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let controller = try Controller()
        try await controller.make()
        try await setUpHotel(adapter: controller.adapter)
        let issued = try await issuePass()
        try await bringSnapshot()

        let gateway = try ChildProcess(
            [Programs.lintel, "run", "--config", "\(folder)/lintel.conf", "--events"])
        func tells(_ what: String, _ texts: String...) async throws {
            try await eventually(
                "the gateway tells \(what)",
                scene: { gateway.output.all.joined(separator: "\n") }
            ) {
                gateway.output.all.contains { line in texts.allSatisfy(line.contains) }
            }
        }
        try await tells("that it scans", "scanning on \(controller.adapter)")
        try Installer.confirmClock(Programs.lintel, socket: "\(folder)/api")
        let phone = try await Phone("guest", carrying: issued, near: controller)
        try await phone.answer(intent: 3)
        try await phone.walkUp()
        try await tells("of the pulse", "\"event\":\"unlocked\"", "\"door\":\"301\"")
        // Puts the phone away, so that its next tap is a new one.
        try await phone.answer(intent: 1)
        try await tells("of the pulse's end", "\"event\":\"relocked\"", "\"door\":\"301\"")
        try await phone.sends(3)
        let credential = "\"credential\":\"\(issued.pass)\""
        for event in ["granted", "unlocked"] {
            let lines = gateway.output.lines(
                with: "\"event\":\"\(event)\"", "\"door\":\"301\"", credential)
            #expect(lines.count == 1 && lines[0].hasPrefix("{\"t\":"))
        }

        _ = try await hotel("pass", "revoke", issued.pass)
        try await bringSnapshot()
        try await tells("of the snapshot", "\"event\":\"snapshot\"", "\"epoch\":2")
        try await phone.answer(intent: 3)
        try await phone.sends(4)
        #expect(gateway.output.lines(with: "\"event\":\"granted\"").count == 1)
        gateway.terminate()
        #expect(try await gateway.end() == 0)
    }

    private func setUpHotel(adapter: String) async throws {
        let made = try await hotel("init", "Grand Hotel")
        let site = try JSONDecoder().decode(Made.self, from: Data(made.utf8))
        try site.issuingKey.write(
            toFile: "\(folder)/issuer.pub", atomically: true, encoding: .utf8)
        try """
        [gateway]
        id = b0b1b2b3
        site = \(site.site)
        zone = \(site.site)
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
        issuer = \(folder)/issuer.pub
        [api]
        socket = \(folder)/api

        """.write(toFile: "\(folder)/lintel.conf", atomically: true, encoding: .utf8)
        #expect(try await lintel("check") == "0 errors, 2 warnings")
        try await lintel("enroll", "--key").write(
            toFile: "\(folder)/box.pub", atomically: true, encoding: .utf8)
        _ = try await hotel(
            "gateway", "add", "corridor", "--box-key", "\(folder)/box.pub", "--id", "b0b1b2b3")
        _ = try await hotel("door", "add", "301", "--gateway", "corridor", "--index", "2")
    }

    private func issuePass() async throws -> IssuedPass {
        let now = WallClock.now()
        _ = try await hotel(
            "stay", "add", "--room", "301", "--from", (now + .hours(-1)).text, "--to",
            (now + .hours(24)).text)
        _ = try await hotel("pass", "issue", "1", "--out", "\(folder)/phone.json")
        return try JSONDecoder().decode(
            IssuedPass.self, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/phone.json")))
    }

    private func bringSnapshot() async throws {
        let file = "\(folder)/corridor.snapshot"
        _ = try await hotel("snapshot", "--gateway", "corridor", "--out", file)
        _ = try await lintel("snapshot", file)
    }

    private func hotel(_ arguments: String...) async throws -> String {
        try await done(
            [Programs.hotel] + arguments + ["--database", "\(folder)/desk/hotel.sqlite"])
    }

    private func lintel(_ arguments: String...) async throws -> String {
        try await done([Programs.lintel] + arguments + ["--config", "\(folder)/lintel.conf"])
    }

    /// - Returns: what it said first, but for warnings of simulated lines.
    private func done(_ arguments: [String]) async throws -> String {
        let run = try await ChildProcess.run(arguments)
        try #require(run.status == 0, "\(arguments): \(run.output)")
        let lines = run.output.split(separator: "\n").filter { !$0.contains(": warning: ") }
        return lines.first.map(String.init) ?? ""
    }

    private struct Made: Decodable {
        let site: String
        let issuingKey: String
    }
}
