// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import DoorCore
import Glibc
import HTTP
import Platform
import HotelWire
import Testing
import Timebase

@testable import Gateway

@Suite("The hash chain and its readers")
struct EventChainTests {
    private let words = EventLine(doors: [DoorIndex(2): "301"], radios: ["hall"], origin: .origin)

    private func event(_ sequence: UInt64, _ kind: EventKind = .opened) -> Event {
        Event(
            sequence: sequence, at: Instant(nanoseconds: Int64(sequence) * 1_000_000), wall: nil,
            clock: .trusted, door: DoorIndex(2), credential: nil, kind: kind)
    }

    /// Lines as they leave the office.
    private func lines(_ sequences: [UInt64], in trail: EventTrail = EventTrail()) -> [String] {
        sequences.map { trail.append(event($0), words.line(event($0))) }
    }

    private func verify(_ lines: [String]) -> EventChainReport {
        EventChain.verify(lines.joined(separator: "\n") + "\n")
    }

    @Test("The journal can be filtered by an event's name, door, radio and reason")
    func fields() {
        func fields(_ kind: EventKind, at door: DoorIndex? = nil) -> [String: String] {
            words.fields(
                of: Event(
                    sequence: 1, at: .origin, wall: nil, clock: .holdover, door: door,
                    credential: nil, kind: kind))
        }
        #expect(
            fields(.denied(.notNear), at: DoorIndex(2)) == [
                "LINTEL_EVENT": "denied", "LINTEL_DOOR": "301", "LINTEL_REASON": "notNear",
            ])
        #expect(
            fields(.radioRecovery(ReceiverIndex(0), step: 2)) == [
                "LINTEL_EVENT": "radioRecovery", "LINTEL_RADIO": "hall",
            ])
        #expect(fields(.configurationChanged) == ["LINTEL_EVENT": "configurationChanged"])
    }

    @Test("Every line carries the SHA-256 of the line before, as any tool computes it")
    func hash() throws {
        // printf '%s' abc | sha256sum
        #expect(
            EventChain.hash("abc")
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let lines = lines([1, 2])
        #expect(lines[0].hasSuffix("\"previous\":\"\(EventChain.beginning)\"}"))
        #expect(lines[1].hasSuffix("\"previous\":\"\(EventChain.hash(lines[0]))\"}"))
    }

    @Test("A whole chain is whole; a restart begins anew; losses before the chain are counted")
    func whole() {
        let lines = lines(Array(1...20))
        #expect(verify(lines).firstBreak == nil)
        #expect(verify(lines).events == 20 && verify(lines).runs == 1)
        #expect(verify(Array(lines[7...])).firstBreak == nil)
        let twice = verify(lines + self.lines([1, 2, 6]))
        #expect(twice.firstBreak == nil && twice.runs == 2 && twice.missing == 3)
        #expect(twice.text.contains("3 events were lost"))
    }

    @Test("A line changed, removed, inserted or moved breaks the chain at the next one")
    func broken() {
        let lines = lines(Array(1...9))
        for index in 0..<8 {
            var changed = lines
            changed[index] = changed[index].replacing("opened", with: "closed")
            #expect(verify(changed).firstBreak?.line == index + 2)
            var removed = lines
            removed.remove(at: index)
            if index > 0 { #expect(verify(removed).firstBreak?.line == index + 1) }
            var moved = lines
            moved.swapAt(index, index + 1)
            #expect(verify(moved).firstBreak != nil)
            var inserted = lines
            inserted.insert(lines[index], at: index + 1)
            // A second first line is a restart, as far as one file can tell.
            if index > 0 { #expect(verify(inserted).firstBreak?.line == index + 2) }
        }
        #expect(verify(["no event"]).firstBreak?.line == 1)
        #expect(verify([]).events == 0)
    }

    @Test("Numbers no gateway reaches are no events of ours")
    func impossible() {
        var chain = EventChain()
        let lines = [1, UInt64.max, 1, UInt64.max, 1, UInt64.max].map { number in
            var line = JSONLine()
            line.add("sequence", number)
            return chain.tie(line)
        }
        #expect(verify(lines).firstBreak?.line == 2)
    }

    @Test("No flipped bit before the last line passes")
    func flipped() {
        let text = Array((lines([1, 2]).joined(separator: "\n") + "\n").utf8)
        let end = text.firstIndex(of: 10) ?? 0
        for index in 0..<end {
            var damaged = text
            damaged[index] ^= 1
            let report = EventChain.verify(String(decoding: damaged, as: UTF8.self))
            #expect(report.firstBreak != nil, "byte \(index)")
        }
    }

    @Test("The command says where a file breaks and ends accordingly")
    func command() throws {
        var name = Array("/tmp/lintel-events-XXXXXX".utf8CString)
        close(mkstemp(&name))
        let path = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { unlink(path) }
        var lines = lines([1, 2, 3])
        try StateFile.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        let whole = CommandRun.lintel(["events", "--verify", path])
        #expect(whole.status == .done)
        let hash = EventChain.hash(lines[2])
        #expect(whole.output == "3 events in 1 run, chain whole, last hash \(hash)\n")
        lines[0] += " "
        try StateFile.replace(path, with: Array((lines.joined(separator: "\n") + "\n").utf8))
        let broken = CommandRun.lintel(["events", "--verify", path])
        #expect(broken.status == .failed)
        #expect(
            broken.output
                == "the chain is broken: line 2 does not follow from the line before\n")
    }

    // MARK: - Followers

    private func read(_ follower: EventFollower, pieces: Int) -> (String, HTTPStreamPiece) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: pieces)
        while true {
            let piece = buffer.withUnsafeMutableBytes { follower.fill($0) }
            guard case .bytes(let count) = piece else {
                return (String(decoding: bytes, as: UTF8.self), piece)
            }
            bytes += buffer[..<count]
        }
    }

    @Test(
        "A reader gets each line once and whole, in pieces of any size", arguments: [1, 7, 4_096])
    func follows(pieces: Int) {
        let trail = EventTrail()
        let first = lines([1, 2, 3], in: trail)
        let follower = EventFollower(trail, after: 1, isEndless: true) {}
        let (text, end) = read(follower, pieces: pieces)
        #expect(text == first[1...].map { $0 + "\n" }.joined() && end == .wait)
        let more = lines([4], in: trail)
        #expect(read(follower, pieces: pieces) == (more[0] + "\n", .wait))
        let all = EventFollower(trail, after: 0, isEndless: false) {}
        #expect(read(all, pieces: pieces) == ((first + more).map { $0 + "\n" }.joined(), .end))
    }

    @Test("The trail keeps the newest lines, and a reader it has overtaken is cut off and counted")
    func slow() {
        let trail = EventTrail(linesMax: 4)
        var dropped = 0
        _ = lines([1], in: trail)
        let slow = EventFollower(trail, after: 0, isEndless: true) { dropped += 1 }
        let asleep = EventFollower(trail, after: 1, isEndless: true) { dropped += 1 }
        #expect(read(slow, pieces: 10).1 == .wait)
        _ = lines(Array(2...5), in: trail)
        #expect(read(slow, pieces: 10).1 == .wait)
        _ = lines(Array(6...9), in: trail)
        #expect(trail.firstPosition > 0 && trail.endPosition == 9)
        #expect(read(asleep, pieces: 10) == ("", .cut))
        #expect(read(slow, pieces: 10).1 == .wait)
        #expect(dropped == 1)
        #expect(read(asleep, pieces: 10).1 == .end)
    }
}
