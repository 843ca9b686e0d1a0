// SPDX-License-Identifier: Apache-2.0
@testable import BLEWire
import Testing

@Suite("Extended adverts in fragments")
struct ReassemblerTests {
    /// Feeds one fragment and copies what comes out.
    static func accept(
        _ reassembler: inout ExtendedDataReassembler, _ data: [UInt8], _ status: DataStatus,
        address: UInt64 = 1, sid: UInt8? = 3, type: AdvertisingEventType = []
    ) -> HeardAdvert? {
        data.withUnsafeBytes { bytes in
            reassembler.accept(
                AdvertisingReport(
                    eventType: type, addressType: .randomDevice,
                    address: DeviceAddress(rawValue: address), rssi: -60, sid: sid,
                    dataStatus: status, data: bytes)
            ).map(HeardAdvert.init)
        }
    }

    @Test("Fragments of one advert are joined in order")
    func joins() {
        var reassembler = ExtendedDataReassembler()
        #expect(Self.accept(&reassembler, [1, 2], .incomplete) == nil)
        #expect(Self.accept(&reassembler, [3], .incomplete) == nil)
        let whole = Self.accept(&reassembler, [4, 5], .complete)
        #expect(whole?.data == [1, 2, 3, 4, 5])
        #expect(whole?.dataStatus == .complete)
        #expect(Self.accept(&reassembler, [9], .complete)?.data == [9])
    }

    @Test("Adverts of other addresses and sets do not mix")
    func interleaved() {
        var reassembler = ExtendedDataReassembler()
        #expect(Self.accept(&reassembler, [1], .incomplete, address: 1) == nil)
        #expect(Self.accept(&reassembler, [2], .incomplete, address: 2) == nil)
        #expect(Self.accept(&reassembler, [3], .incomplete, address: 1, sid: 4) == nil)
        #expect(Self.accept(&reassembler, [7], .complete, address: 5)?.data == [7])
        #expect(Self.accept(&reassembler, [1], .complete, address: 1)?.data == [1, 1])
        #expect(Self.accept(&reassembler, [2], .complete, address: 2)?.data == [2, 2])
        #expect(Self.accept(&reassembler, [3], .complete, address: 1, sid: 4)?.data == [3, 3])
        #expect(reassembler.counters == ExtendedDataReassembler.Counters())
    }

    @Test("A legacy advert passes by, whatever is pending for its address")
    func legacyPassesBy() {
        var reassembler = ExtendedDataReassembler()
        #expect(Self.accept(&reassembler, [1], .incomplete, sid: nil) == nil)
        let legacy = Self.accept(
            &reassembler, [8], .complete, sid: nil, type: .connectableUndirected)
        #expect(legacy?.data == [8])
    }

    @Test("A truncated advert gives what there is; the complete one may come later")
    func truncated() {
        var reassembler = ExtendedDataReassembler()
        #expect(Self.accept(&reassembler, [1, 2], .incomplete) == nil)
        let cut = Self.accept(&reassembler, [], .truncated)
        #expect(cut?.data == [1, 2])
        #expect(cut?.dataStatus == .truncated)
        #expect(Self.accept(&reassembler, [5], .complete)?.data == [5])
        #expect(Self.accept(&reassembler, [], .truncated)?.data == [])
    }

    @Test("The advert begun longest ago gives way, and is counted")
    func eviction() {
        var reassembler = ExtendedDataReassembler(slots: 2)
        for address in 1...3 as ClosedRange<UInt64> {
            #expect(
                Self.accept(&reassembler, [UInt8(address)], .incomplete, address: address) == nil)
        }
        #expect(reassembler.counters.evictions == 1)
        #expect(Self.accept(&reassembler, [0], .complete, address: 3)?.data == [3, 0])
        #expect(Self.accept(&reassembler, [0], .complete, address: 2)?.data == [2, 0])
        #expect(Self.accept(&reassembler, [0], .complete, address: 1)?.data == [0])
    }

    @Test("As much as an advert may hold is joined, a byte more is given up and counted")
    func overflow() {
        for excess in 0...1 {
            var reassembler = ExtendedDataReassembler()
            let part = [UInt8](repeating: 7, count: 165)
            for _ in 0..<9 { #expect(Self.accept(&reassembler, part, .incomplete) == nil) }
            let last = part + [UInt8](repeating: 7, count: excess)
            let whole = Self.accept(&reassembler, last, .complete)
            #expect(whole?.data.count == (excess == 0 ? 1_650 : nil))
            #expect(reassembler.counters.overflows == UInt64(excess))
            #expect(Self.accept(&reassembler, [1], .complete)?.data == [1])
        }
    }

    @Test("A restart of the radio forgets what is pending")
    func restart() {
        var reassembler = ExtendedDataReassembler()
        #expect(Self.accept(&reassembler, [1], .incomplete) == nil)
        reassembler.restart()
        #expect(Self.accept(&reassembler, [2], .complete)?.data == [2])
    }
}
