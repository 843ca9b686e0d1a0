// SPDX-License-Identifier: Apache-2.0
// The gateway as a program on a file system of its own that is really full, or really read-only:
// a tmpfs in a namespace that nobody else sees and that goes with the program.
import Glibc
import Platform
import Testing

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("A gateway whose disk is full or read-only")
struct EndToEndDiskTests {
    private let hotel: Hotel

    init() throws { hotel = try Hotel(adapter: "h4:unix:/nonexistent/controller") }

    @Test(
        "On a full disk doors go on, the fault is shown, and all is written once there is room",
        OwnMounts.arePossible)
    func full() async throws {
        let gateway = try start(
            """
            mount -t tmpfs -o size=256k tmpfs '\(state)'
            (wait_for fill; dd if=/dev/zero of='\(state)/ballast' bs=1k || say filled
             wait_for empty; rm '\(state)/ballast') &
            """)
        try await opens(gateway, 1)
        try say("fill")
        try await eventually("the disk is full") { isThere("filled") }
        try await opens(gateway, 2)
        try await eventually("the fault is told", scene: scene(gateway)) {
            !gateway.output.lines(with: "events wait in memory, doors go on").isEmpty
        }
        #expect(lintel("status").output.contains("events are not kept"))
        try await opens(gateway, 3)
        try say("empty")
        try await eventually("it is written again", scene: scene(gateway)) {
            !gateway.output.lines(with: "is written again").isEmpty
        }
        gateway.terminate()
        #expect(try await gateway.end() == 0)
    }

    @Test(
        "It starts on a disk that cannot be written, opens, and says what does not outlast it",
        OwnMounts.arePossible, arguments: ["remount,ro", "remount,size=4k"])
    func unwritable(change: String) async throws {
        let gateway = try start(
            """
            mount -t tmpfs -o size=256k tmpfs '\(state)'
            echo 7 > '\(state)/boot'
            mount -o \(change) '\(state)'
            """)
        try await opens(gateway, 1)
        #expect(gateway.output.lines(with: "\"boot\":8").count > 0)
        #expect(!gateway.output.lines(with: "this start is not counted").isEmpty)
        gateway.terminate()
        #expect(try await gateway.end() == 0)
    }

    private var state: String { hotel.file("state") }

    private func scene(_ gateway: ChildProcess) -> () -> String {
        { gateway.output.all.joined(separator: "\n") }
    }

    private func isThere(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: hotel.file(name))
    }

    /// Tells the script beside the gateway to go on.
    private func say(_ word: String) throws { try StateFile.replace(hotel.file(word), with: []) }

    /// Runs a script in a namespace of its own, then the gateway in the script's place.
    private func start(_ script: String) throws -> ChildProcess {
        try FileManager.default.createDirectory(
            atPath: state, withIntermediateDirectories: true)
        let whole = """
            set -e
            say() { touch "\(hotel.folder)/$1"; }
            wait_for() { until [ -e "\(hotel.folder)/$1" ]; do sleep 0.05; done; }
            \(script)
            exec '\(Programs.lintel)' run --events --config '\(hotel.configuration)'
            """
        return try ChildProcess(OwnMounts.command + ["bash", "-c", whole])
    }

    private func lintel(_ arguments: String...) -> CommandRun {
        .lintel(arguments + ["--config", hotel.configuration])
    }

    /// Opens by order; the door has then been opened so many times.
    private func opens(_ gateway: ChildProcess, _ times: Int) async throws {
        try await eventually("it runs", scene: scene(gateway)) {
            !gateway.output.lines(with: "\"boot\"").isEmpty && isThere("api")
        }
        // A lock rests for a second between two openings.
        try await eventually("the order is obeyed", scene: scene(gateway)) {
            lintel("open", "301", "--reason", "test").status == .done
        }
        try await eventually("the door was opened \(times) times", scene: scene(gateway)) {
            gateway.output.lines(with: "\"unlocked\"").count == times
        }
        try await eventually("it is locked again", scene: scene(gateway)) {
            gateway.output.lines(with: "\"relocked\"").count == times
        }
    }
}

/// Whether this machine lets us mount where nobody else sees it.
private enum OwnMounts {
    static let command = geteuid() == 0 ? ["unshare", "-m"] : ["unshare", "-rm"]

    static var arePossible: some TestTrait & SuiteTrait {
        .enabled(
            if: (try? ChildProgram.run(command + ["mount", "-t", "tmpfs", "tmpfs", "/mnt"]))?
                .status == 0,
            "this machine lets us mount nothing, not even in a namespace of our own")
    }
}
