// SPDX-License-Identifier: Apache-2.0
@testable import BLEWire
import Testing

@Suite("Extended adverts in fragments")
struct ReassemblerTests {
    /// Feeds one fragment, in an extended report, and copies what comes out.
    static func accept(
        _ reassembler: inout ExtendedDataReassembler, _ data: [UInt8], _ status: DataStatus,
        address: UInt8 = 1, sid: UInt8 = 3, type: AdvertisingEventType = []
    ) throws -> HeardAdvert? {
        let statusBits: UInt8 =
            switch status {
            case .complete: 0
            case .incomplete: 1
            case .truncated: 2
            }
        let record: [UInt8] =
            [1, type.rawValue | statusBits << 5, 0, 1, address, 0, 0, 0, 0, 0xC0, 1, 0, sid, 127]
            + [0xC4, 0, 0, 0, 0, 0, 0, 0, 0, 0, UInt8(data.count)] + data
        return try record.withUnsafeBytes { bytes in
            var reports = try AdvertisingReports(.extended, bytes)
            return try reports.next().flatMap { reassembler.accept($0) }.map(HeardAdvert.init)
        }
    }

    @Test("Fragments of one advert are joined in order")
    func joins() throws {
        var reassembler = ExtendedDataReassembler()
        #expect(try Self.accept(&reassembler, [1, 2], .incomplete) == nil)
        #expect(try Self.accept(&reassembler, [3], .incomplete) == nil)
        let whole = try Self.accept(&reassembler, [4, 5], .complete)
        #expect(whole?.data == [1, 2, 3, 4, 5])
        #expect(whole?.dataStatus == .complete)
        #expect(try Self.accept(&reassembler, [9], .complete)?.data == [9])
    }

    @Test("Adverts of other addresses and sets do not mix")
    func interleaved() throws {
        var reassembler = ExtendedDataReassembler()
        #expect(try Self.accept(&reassembler, [1], .incomplete, address: 1) == nil)
        #expect(try Self.accept(&reassembler, [2], .incomplete, address: 2) == nil)
        #expect(try Self.accept(&reassembler, [3], .incomplete, address: 1, sid: 4) == nil)
        #expect(try Self.accept(&reassembler, [7], .complete, address: 5)?.data == [7])
        #expect(try Self.accept(&reassembler, [1], .complete, address: 1)?.data == [1, 1])
        #expect(try Self.accept(&reassembler, [2], .complete, address: 2)?.data == [2, 2])
        #expect(try Self.accept(&reassembler, [3], .complete, address: 1, sid: 4)?.data == [3, 3])
        #expect(reassembler.counters == ExtendedDataReassembler.Counters())
    }

    @Test("A legacy advert passes by, whatever is pending for its address")
    func legacyPassesBy() throws {
        var reassembler = ExtendedDataReassembler()
        #expect(try Self.accept(&reassembler, [1], .incomplete, sid: 0xFF) == nil)
        let legacy = try Self.accept(
            &reassembler, [8], .complete, sid: 0xFF, type: .connectableUndirected)
        #expect(legacy?.data == [8])
    }

    @Test("A truncated advert gives what there is; the complete one may come later")
    func truncated() throws {
        var reassembler = ExtendedDataReassembler()
        #expect(try Self.accept(&reassembler, [1, 2], .incomplete) == nil)
        let cut = try Self.accept(&reassembler, [], .truncated)
        #expect(cut?.data == [1, 2])
        #expect(cut?.dataStatus == .truncated)
        #expect(try Self.accept(&reassembler, [5], .complete)?.data == [5])
        #expect(try Self.accept(&reassembler, [], .truncated)?.data == [])
    }

    @Test("The advert begun longest ago gives way, and is counted")
    func eviction() throws {
        var reassembler = ExtendedDataReassembler(slots: 2)
        for address in 1...3 as ClosedRange<UInt8> {
            #expect(
                try Self.accept(&reassembler, [address], .incomplete, address: address) == nil)
        }
        #expect(reassembler.counters.evictions == 1)
        #expect(try Self.accept(&reassembler, [0], .complete, address: 3)?.data == [3, 0])
        #expect(try Self.accept(&reassembler, [0], .complete, address: 2)?.data == [2, 0])
        #expect(try Self.accept(&reassembler, [0], .complete, address: 1)?.data == [0])
    }

    @Test("As much as an advert may hold is joined, a byte more is given up and counted")
    func overflow() throws {
        for excess in 0...1 {
            var reassembler = ExtendedDataReassembler()
            let part = [UInt8](repeating: 7, count: 165)
            for _ in 0..<9 { #expect(try Self.accept(&reassembler, part, .incomplete) == nil) }
            let last = part + [UInt8](repeating: 7, count: excess)
            let whole = try Self.accept(&reassembler, last, .complete)
            #expect(whole?.data.count == (excess == 0 ? 1_650 : nil))
            #expect(reassembler.counters.overflows == UInt64(excess))
            #expect(try Self.accept(&reassembler, [1], .complete)?.data == [1])
        }
    }

    @Test("A restart of the radio forgets what is pending")
    func restart() throws {
        var reassembler = ExtendedDataReassembler()
        #expect(try Self.accept(&reassembler, [1], .incomplete) == nil)
        reassembler.restart()
        #expect(try Self.accept(&reassembler, [2], .complete)?.data == [2])
    }
}
