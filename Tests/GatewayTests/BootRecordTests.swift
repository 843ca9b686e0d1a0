// SPDX-License-Identifier: Apache-2.0
import DoorCore
import Glibc
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("Why a gateway starts", .serialized)
struct BootRecordTests {
    private let long = Instant.origin + .hours(5)

    @Test(
        "The stop path leaves systemd's word, and the next start reads it once",
        arguments: [
            ("success", BootCause.restart), ("watchdog", .watchdog), ("core-dump", .unknown),
        ])
    func word(result: String, cause: BootCause) async throws {
        let hotel = try Hotel()
        let run = try await ChildProcess.run([
            "/usr/bin/env", "SERVICE_RESULT=\(result)", Programs.lintel, "rest", "--config",
            hotel.configuration,
        ])
        #expect(run.status == 0, "\(run.output)")
        let folder = try hotel.settings().stateDirectory
        #expect(BootRecord.takeCause(in: folder, at: long) == cause)
        #expect(BootRecord.takeCause(in: folder, at: long) == .unknown, "it is told once")
    }

    @Test("Soon after the machine's own start it is a power-on, whatever was left")
    func powerOn() throws {
        let hotel = try Hotel()
        let folder = try hotel.settings().stateDirectory
        try StateFile.makeFolder(folder)
        try StateFile.replace("\(folder)/ended", with: Array("watchdog".utf8))
        #expect(BootRecord.takeCause(in: folder, at: .origin + .seconds(40)) == .powerOn)
        #expect(BootRecord.takeCause(in: folder, at: long) == .unknown)
    }

    @Test("Without a word it is unknown")
    func nothing() {
        #expect(BootRecord.takeCause(in: "/nonexistent", at: long) == .unknown)
    }
}
