// SPDX-License-Identifier: Apache-2.0
// Puts extended adverts together whose data came in several reports (Core 5.4 Vol 4 Part E
// 7.7.65.13), in memory reserved once: a sender cannot make the gateway hold more.

/// Joins the fragments of extended adverts, by address and advertising set.
public struct ExtendedDataReassembler: ~Copyable {
    /// What was given up so far.
    public struct Counters: Hashable, Sendable {
        /// Half-received adverts that gave way to newer ones.
        public var evictions: UInt64 = 0
        /// Adverts longer than `WireLimits.extendedDataBytesMax`.
        public var overflows: UInt64 = 0
    }

    private struct Slot {
        var addressType: AddressType
        var address: DeviceAddress
        var sid: UInt8?
        var length: Int
        var begun: UInt64
    }

    public private(set) var counters = Counters()
    private var slots: [Slot?]
    private var begunCount: UInt64 = 0
    private var pendingCount = 0
    private let storage: UnsafeMutableRawBufferPointer
    private static let slotBytes = WireLimits.extendedDataBytesMax

    public init(slots: Int = WireLimits.reassemblySlotsMax) {
        precondition(slots > 0, "a reassembler needs a slot")
        self.slots = Array(repeating: nil, count: slots)
        storage = .allocate(byteCount: slots * Self.slotBytes, alignment: 8)
    }

    deinit { storage.deallocate() }

    /// Forgets everything half-received: the radio was restarted.
    public mutating func restart() {
        for index in slots.indices { slots[index] = nil }
        pendingCount = 0
    }

    /// Takes one report.
    ///
    /// - Returns: the report when it is whole in itself; the whole advert when this was its last
    ///   fragment; what there is, marked `truncated`, when the controller gave up; `nil` while
    ///   more is to come. Its data is valid until the next call and as long as the event.
    public mutating func accept(_ report: AdvertisingReport) -> AdvertisingReport? {
        if report.isLegacyPDU || (pendingCount == 0 && report.dataStatus != .incomplete) {
            return report
        }
        let known = slots.firstIndex { slot in
            guard let slot else { return false }
            return slot.address == report.address && slot.sid == report.sid
                && slot.addressType == report.addressType
        }
        guard known != nil || report.dataStatus == .incomplete else { return report }
        let index = known ?? claimSlot(for: report)
        guard append(report.data, to: index) else {
            counters.overflows += 1
            release(index)
            return nil
        }
        guard report.dataStatus != .incomplete, let slot = slots[index] else { return nil }
        release(index)
        let start = index * Self.slotBytes
        return report.with(
            data: UnsafeRawBufferPointer(rebasing: storage[start..<start + slot.length]))
    }

    /// A free slot, or that of the advert begun longest ago.
    private mutating func claimSlot(for report: AdvertisingReport) -> Int {
        var index = 0
        var oldest = UInt64.max
        for candidate in slots.indices {
            let begun = slots[candidate]?.begun ?? 0
            if begun < oldest {
                oldest = begun
                index = candidate
            }
        }
        if slots[index] != nil { counters.evictions += 1 } else { pendingCount += 1 }
        begunCount += 1
        slots[index] = Slot(
            addressType: report.addressType, address: report.address, sid: report.sid, length: 0,
            begun: begunCount)
        return index
    }

    private mutating func append(_ data: UnsafeRawBufferPointer, to index: Int) -> Bool {
        guard let length = slots[index]?.length, length + data.count <= Self.slotBytes else {
            return false
        }
        let start = index * Self.slotBytes + length
        UnsafeMutableRawBufferPointer(rebasing: storage[start..<start + data.count])
            .copyMemory(from: data)
        slots[index]?.length += data.count
        return true
    }

    private mutating func release(_ index: Int) {
        slots[index] = nil
        pendingCount -= 1
    }
}
