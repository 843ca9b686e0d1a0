// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Glibc
import HotelWire
import Journal
import Testing
import Timebase

/// A folder that goes with the test.
final class Folder {
    let path: String

    init() throws {
        var name = Array("/tmp/lintel-journal-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for suffix in ["", "-wal", "-shm", ".damaged", ".damaged-wal"] { unlink(file + suffix) }
        rmdir(path)
    }

    var file: String { path + "/journal" }
}

/// Writes events as the office does: numbered, chained, each with its place in the line.
struct Writer {
    private(set) var chain: EventChain
    let boot: UInt32
    private(set) var sequence: UInt64 = 0

    init(_ journal: Journal, boot: UInt32) {
        chain = EventChain(head: journal.head)
        self.boot = boot
    }

    var position: EventPosition { EventPosition(boot: boot, sequence: sequence) }

    mutating func write(
        _ count: Int, to journal: Journal, at now: Instant = .origin, isDispensable: Bool = false
    ) {
        for _ in 0..<count {
            sequence += 1
            var line = JSONLine()
            line.add("boot", boot)
            line.add("sequence", sequence)
            line.add("event", isDispensable ? "denied" : "granted")
            line.add("credential", "0123456789abcdef")
            journal.append(
                position, chain.tie(line), isDispensable: isDispensable, at: now)
        }
    }
}

extension Journal {
    /// Every event on the disk.
    func all() throws -> [(position: EventPosition, line: String)] {
        var found: [(position: EventPosition, line: String)] = []
        while true {
            let next = try events(
                after: found.last?.position ?? .beginning, countMax: 1_000, bytesMax: 1 << 20)
            guard !next.isEmpty else { return found }
            found += next
        }
    }
}

/// Whether each line is tied to the one before.
func isWhole(_ events: [(position: EventPosition, line: String)]) -> Bool {
    zip(events, events.dropFirst()).allSatisfy { earlier, later in
        later.line.hasSuffix("\"previous\":\"\(EventChain.hash(earlier.line))\"}")
    }
}

/// The programs of this package, as built beside the tests.
enum Programs {
    static let victim: String = {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &path, path.count)
        let bytes = path.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
        let tests = String(decoding: bytes, as: UTF8.self)
        return tests.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/lintel-victim"
    }()
}
