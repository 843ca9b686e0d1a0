// SPDX-License-Identifier: Apache-2.0
@testable import BLEWire
import Testing

@Suite("H4 framing")
struct H4DeframerTests {
    struct Outcome: Equatable {
        /// Type byte and body of each packet.
        var packets: [String] = []
        var errors: [WireError] = []
        var counters = H4Deframer.Counters()
        var isInStep = true
    }

    /// Feeds chunks one after the other and goes on after every error, as a transport does.
    static func feed(
        _ chunks: [[UInt8]], from sender: H4Deframer.Sender = .controller
    ) -> Outcome {
        var outcome = Outcome()
        var deframer = H4Deframer(from: sender)
        for chunk in chunks {
            chunk.withUnsafeBytes { bytes in
                var input = bytes
                while true {
                    do throws(WireError) {
                        guard let packet = try deframer.next(from: &input) else { break }
                        outcome.packets.append(hex([packet.type.rawValue] + packet.body))
                    } catch {
                        outcome.errors.append(error)
                    }
                }
                #expect(input.isEmpty)
            }
        }
        outcome.counters = deframer.counters
        outcome.isInStep = deframer.isInStep
        return outcome
    }

    static let resetComplete = "040e0401030c00"
    /// One of each type; the ISO packet's length has its two reserved bits set.
    static let packets = [
        resetComplete, "043e02020a", "041000", "01030c00", "0240000300aabbcc", "034000" + "02aabb",
        "05400002c0aabb",
    ]

    @Test("All packet types are cut from one stream, however it is split", arguments: 1...40)
    func anySplit(size: Int) {
        let stream = hex(Self.packets.joined())
        let chunks = stride(from: 0, to: stream.count, by: size).map { start in
            Array(stream[start..<min(start + size, stream.count)])
        }
        let outcome = Self.feed(chunks)
        #expect(outcome == Outcome(packets: Self.packets))
    }

    @Test("After a garbage byte nothing is believed until the trace of a reset")
    func garbage() {
        let outcome = Self.feed([
            hex("041000" + "77" + "041000" + "040e0401" + Self.resetComplete + "043e02020a")
        ])
        #expect(outcome.packets == ["041000", Self.resetComplete, "043e02020a"])
        #expect(outcome.errors == [.unknownPacketType(0x77)])
        #expect(
            outcome.counters
                == H4Deframer.Counters(garbageBytes: 8, oversizedPackets: 0, lossesOfStep: 1))
        #expect(outcome.isInStep)
    }

    @Test("A stream that stays out of step says so and keeps nothing")
    func onlyGarbage() {
        let outcome = Self.feed([[UInt8](repeating: 0xFF, count: 100_000)])
        #expect(outcome.packets.isEmpty)
        #expect(outcome.errors == [.unknownPacketType(0xFF)])
        #expect(outcome.counters.garbageBytes == 100_000)
        #expect(!outcome.isInStep)
    }

    @Test("The trace of a reset is found across chunks and after a false start")
    func traceInPieces() {
        let outcome = Self.feed(hex("00" + "040e04" + Self.resetComplete).map { [$0] })
        #expect(outcome.packets == [Self.resetComplete])
        #expect(outcome.counters.garbageBytes == 4)
    }

    @Test("A controller's side finds its step by the reset command")
    func hostStream() {
        let outcome = Self.feed([hex("9901030c" + "01030c00" + "010c200201 00")], from: .host)
        #expect(outcome.packets == ["01030c00", "010c20020100"])
        #expect(outcome.counters.lossesOfStep == 1)
    }

    @Test("A packet too long to keep is skipped by its length, and the next one is whole")
    func oversized() {
        let long = hex("024000ffff") + [UInt8](repeating: 0x04, count: 0xFFFF)
        let outcome = Self.feed([
            Array(long.prefix(30_000)), long.dropFirst(30_000) + hex("041000"),
        ])
        #expect(outcome.packets == ["041000"])
        #expect(outcome.errors == [.oversized(declaredBytes: 0xFFFF)])
        #expect(outcome.counters.oversizedPackets == 1)
        #expect(outcome.isInStep)
    }

    @Test("A restart forgets half a packet and a lost step")
    func restart() throws {
        var deframer = H4Deframer()
        let chunks = ["040e04", "041000", "77", "041000"]
        var found = 0
        for (index, chunk) in chunks.enumerated() {
            if index % 2 == 1 { deframer.restart() }
            hex(chunk).withUnsafeBytes { bytes in
                var input = bytes
                while let packet = try? deframer.next(from: &input) {
                    #expect(packet.type == .event)
                    found += 1
                }
            }
        }
        #expect(found == 2)
    }
}
