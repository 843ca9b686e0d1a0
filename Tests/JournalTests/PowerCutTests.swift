// SPDX-License-Identifier: Apache-2.0
// What is left of the journal when the power goes at any moment, and when its process is killed.
import Glibc
import HotelWire
import Journal
import Platform
import Rig
import Testing
import Timebase

@Suite("Power cuts")
struct PowerCutTests {
    /// What must hold of what is found afterwards.
    private func check(_ path: String, promised: EventPosition, _ scene: String) throws {
        let journal = Journal(path: path)
        #expect(journal.failure == nil, "\(scene)")
        #expect(access(journal.damagedPath, F_OK) != 0, "\(scene)")
        #expect(journal.last >= promised, "\(scene): \(journal.last) after \(promised)")
        let all = try journal.all()
        #expect(isWhole(all), "\(scene)")
        let numbers = all.map(\.position.sequence)
        let isGapless = zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }
        #expect(isGapless, "\(scene)")
        // Only a full journal lets go of its oldest: a fast machine fills it.
        let isFromTheStart = numbers.first ?? 1 == 1
        #expect(isFromTheStart || numbers.count >= Limits.eventsMax, "\(scene)")
    }

    @Test("Whatever un-synced writes a dying disk keeps, every event that was promised is there")
    func losingDisk() throws {
        for seed in 1...200 as ClosedRange<UInt64> {
            let folder = try Folder()
            var random = RandomSource(seed: seed)
            let disk = try LosingDisk("losing-\(seed)")
            var promised = EventPosition.beginning
            do {
                let journal = Journal(path: folder.file, vfs: disk.name)
                #expect(journal.failure == nil)
                var writer = Writer(journal, boot: 1)
                disk.cut(afterWrites: Int(random.next() % 400))
                while !disk.isDead {
                    writer.write(Int(random.next() % 40) + 1, to: journal)
                    if random.chance(0.1) { journal.acknowledge(promised, at: .origin) }
                    _ = journal.commit(at: .origin)
                    if journal.failure == nil { promised = journal.last }
                }
            }
            disk.comeBack(&random)
            try check(folder.file, promised: promised, "seed \(seed)")
        }
    }

    @Test("Killed at 200 moments, the journal goes on where it was")
    func killed() throws {
        let folder = try Folder()
        var random = RandomSource(seed: 7)
        var total: UInt64 = 0
        for round in 1...200 {
            let told = "\(folder.path)/told"
            defer { unlink(told) }
            let output = try FileDescriptor.open(told, flags: O_RDWR | O_CREAT | O_TRUNC)
            let victim = try ChildProgram([Programs.victim, folder.file], output: output)
            // At some moment after it began to write, or while it starts.
            let start = MonotonicClock.now()
            let lifetime = Interval.milliseconds(Int64(random.next() % 60) + 5)
            while MonotonicClock.now() - start < lifetime { usleep(500) }
            victim.destroy()
            victim.wait()
            let words = String(decoding: try StateFile.read(told, bytesMax: 1 << 20), as: UTF8.self)
            // The last line may be cut.
            let promised =
                words.split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast().last.flatMap { UInt64($0) } ?? 0
            total = max(total, promised)
            let least = EventPosition(boot: total == 0 ? 0 : 1, sequence: total)
            try check(folder.file, promised: least, "round \(round)")
        }
        #expect(total > 200, "the victim wrote \(total) events in 200 lives")
    }
}
