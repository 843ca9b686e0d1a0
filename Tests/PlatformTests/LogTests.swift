// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Platform

@Suite("Words for people", .serialized)
struct LogTests {
    @Test("A message is one line, its fields after it, control characters made harmless")
    func text() throws {
        let written = try captured { log in
            log.warning("door\u{1B}[31m 301\nforged: line", fields: ["LINTEL_DOOR": "301"])
        }
        #expect(written == "warning: door?[31m 301?forged: line LINTEL_DOOR=301\n")
    }

    @Test("Messages below the threshold are not written", arguments: Log.Level.allCases)
    func threshold(level: Log.Level) throws {
        let written = try captured(threshold: .notice) { $0.write(level, "word") }
        #expect(written.isEmpty == (level > .notice))
    }

    @Test("The journal is used only where standard error leads to it")
    func destination() {
        setenv("JOURNAL_STREAM", "0:0", 1)
        defer { unsetenv("JOURNAL_STREAM") }
        guard case .text(STDERR_FILENO) = Log.Destination.automatic else {
            Issue.record("a foreign JOURNAL_STREAM was believed")
            return
        }
        var status = stat()
        #expect(fstat(STDERR_FILENO, &status) == 0)
        setenv("JOURNAL_STREAM", "\(status.st_dev):\(status.st_ino)", 1)
        guard case .journal = Log.Destination.automatic else {
            Issue.record("our own JOURNAL_STREAM was not believed")
            return
        }
    }

    private func captured(
        threshold: Log.Level = .info, _ body: (Log) -> Void
    ) throws -> String {
        let pipe = try Pipe()
        body(Log(.text(descriptor: pipe.writerNumber), threshold: threshold))
        return String(decoding: try pipe.readBytes(), as: UTF8.self)
    }
}

@Suite("The service manager", .serialized)
struct ServiceNotifierTests {
    @Test("Hears each state as sd_notify writes it, and nothing can add a line to it")
    func messages() throws {
        let path = "/tmp/lintel-notify-\(getpid()).sock"
        defer { unlink(path) }
        let socket = FileDescriptor(
            owning: Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0), subject: path)
        try socket.setNonBlocking()
        var address = sockaddr_un()
        address.sun_family = UInt16(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.rawValue, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try SystemError.check(bound, "bind", path)
        setenv("NOTIFY_SOCKET", path, 1)
        defer { unsetenv("NOTIFY_SOCKET") }

        let notifier = ServiceNotifier()
        notifier.ready(status: "4 doors\nFDSTORE=1")
        notifier.reloading()
        notifier.stopping(status: "bye")
        notifier.watchdog()
        var buffer = [UInt8](repeating: 0, count: 1024)
        var heard: [String] = []
        while case .bytes(let count) = try buffer.withUnsafeMutableBytes({
            try socket.read(into: $0)
        }) {
            heard.append(String(decoding: buffer.prefix(count), as: UTF8.self))
        }
        #expect(heard.count == 4)
        #expect(heard.first == "READY=1\nSTATUS=4 doors FDSTORE=1")
        #expect(heard.dropFirst().first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        #expect(heard.suffix(2) == ["STOPPING=1\nSTATUS=bye", "WATCHDOG=1"])
    }
}

@Suite("Clocks and threads")
struct ThreadTests {
    @Test("The offset between the clocks places a wall stamp among monotonic ones")
    func clockOffset() {
        let before = MonotonicClock.now()
        let wall = Int64(WallClock.now().milliseconds) * 1_000_000
        let after = MonotonicClock.now()
        let placed = wall + WallClock.offsetToMonotonic().nanoseconds
        #expect(placed >= before.nanoseconds - 2_000_000)
        #expect(placed <= after.nanoseconds + 2_000_000)
    }

    @Test("A thread asked for real time runs in either case, and says why if it was refused")
    func realTime() throws {
        let bell = try Doorbell()
        let thread = try Thread(
            name: "a name longer than 15 bytes", scheduling: .realTime(priority: 200)
        ) { bell.ring() }
        thread.join()
        #expect(bell.answer())
        #expect(thread.schedulingRefusal?.call == "schedule in real time")
    }
}
