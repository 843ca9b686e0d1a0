// SPDX-License-Identifier: Apache-2.0
// What an event costs the card: bytes handed to the kernel by the journal, checkpoints included,
// for the events of guests passing doors, a few to a commit as they come.
import CommandLineKit
import DoorCore
import Gateway
import HotelWire
import Journal
import Platform
import Timebase

struct JournalBench {
    /// As many as one guest's passage brings within the time of a commit.
    private static let eventsPerCommit = 3
    private static let events = 30_000
    let folder: String

    /// One JSON object: bytes written for each event, and how long its line is.
    func run() throws -> String {
        let path = "\(folder)/bench-journal"
        let words = EventLine(
            doors: [DoorIndex(2): "301"], radios: [], origin: .origin, boot: 1)
        let before = try Self.bytesWritten()
        var chain = EventChain()
        var lineBytes = 0
        do {
            let journal = Journal(path: path)
            for number in 1...Self.events {
                let event = Event(
                    sequence: UInt64(number), at: .origin + .seconds(Int64(number)),
                    wall: UnixTime(seconds: 1_767_225_600 + Int64(number)), clock: .trusted,
                    door: DoorIndex(2), credential: CredentialID(UInt64(number)),
                    kind: .granted(.intent))
                let line = chain.tie(words.line(event))
                lineBytes += line.utf8.count
                journal.append(
                    EventPosition(boot: 1, sequence: event.sequence), line, isDispensable: false,
                    at: event.at)
                if number % Self.eventsPerCommit == 0 { _ = journal.commit(at: event.at) }
            }
            guard journal.last.sequence == UInt64(Self.events) else {
                throw Unmeasured("the journal failed: \(journal.failure ?? "unknown")")
            }
        }
        var line = JSONLine()
        line.add("bytesPerEvent", (try Self.bytesWritten() - before) / Int64(Self.events))
        line.add("lineBytes", lineBytes / Self.events)
        return line.text
    }

    /// Bytes this process has handed to write(2) and its like (proc(5), `io`).
    private static func bytesWritten() throws -> Int64 {
        let text = String(
            decoding: try StateFile.read("/proc/self/io", bytesMax: 4_096), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("wchar: ") }
        guard let number = line.flatMap({ Int64($0.dropFirst(7)) }) else {
            throw Unmeasured("/proc/self/io says nothing of writes")
        }
        return number
    }
}
