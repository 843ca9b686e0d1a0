// SPDX-License-Identifier: Apache-2.0
import BLEWire
import Platform
import Testing

@testable import Radio

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("btsnoop captures")
struct BTSnoopTests {
    struct Record: Equatable {
        var time: Int64
        var isFromController: Bool
        var adapter: UInt16?
        var type: PacketType?
        var body: [UInt8]
    }

    /// All records up to the first error, and that error.
    static func read(_ bytes: [UInt8]) -> (records: [Record], error: CaptureError?) {
        var records: [Record] = []
        do throws(CaptureError) {
            var reader = try BTSnoopReader(bytes, subject: "test")
            while let record = try reader.next() {
                records.append(
                    Record(
                        time: record.unixMicroseconds, isFromController: record.isFromController,
                        adapter: record.adapter, type: record.packet?.type,
                        body: record.packet.map { Array($0.body) } ?? []))
            }
            return (records, nil)
        } catch {
            return (records, error)
        }
    }

    static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    static func file(dataLink: UInt32, version: UInt32 = 1) -> [UInt8] {
        Array("btsnoop".utf8) + [0] + bigEndian(version) + bigEndian(dataLink)
    }

    /// 2015-10-14 07:59:27.890118 UTC on the capture's clock.
    static let stamp: Int64 = 0x00E1_FFBF_003F_6AC6

    static func record(
        flags: UInt32, _ content: [UInt8], length: UInt32? = nil, at time: Int64 = stamp
    ) -> [UInt8] {
        let length = length ?? UInt32(content.count)
        return bigEndian(length) + bigEndian(length) + bigEndian(flags) + bigEndian(UInt32(0))
            + bigEndian(time) + content
    }

    @Test("Times are microseconds since 1970")
    func times() {
        let (records, _) = Self.read(
            Self.file(dataLink: 1002) + Self.record(flags: 3, [4, 0x10, 1, 0]))
        // The first record of the 2015 capture, 2015-10-14 07:59:27.890118 UTC.
        #expect(records.map(\.time) == [1_444_809_567_890_118])
    }

    @Test("Times before 1970 and after 2106 count as the nearest of the two")
    func unlikelyTimes() {
        let (records, error) = Self.read(
            Self.file(dataLink: 1002)
                + [Int64.min, -1, 0, BTSnoop.unixEpochMicroseconds - 1, .max].flatMap {
                    Self.record(flags: 3, [4, 0x10, 1, 0], at: $0)
                })
        let latest = Int64(UInt32.max) * 1_000_000
        #expect(records.map(\.time) == [0, 0, 0, 0, latest] && error == nil)
    }

    @Test("H4 captures tell packet types by their first byte")
    func h4() {
        let (records, error) = Self.read(
            Self.file(dataLink: 1002)
                + Self.record(flags: 2, [1, 0x03, 0x0C, 0])
                + Self.record(flags: 3, [4, 0x10, 1, 0]) + Self.record(flags: 1, [9, 1])
                + Self.record(flags: 1, []))
        #expect(error == nil)
        #expect(records.map(\.type) == [.command, .event, nil, nil])
        #expect(records.map(\.isFromController) == [false, true, true, true])
        #expect(records.first?.body == [0x03, 0x0C, 0])
    }

    @Test("Captures without type bytes tell packet types by their flags")
    func unencapsulated() {
        let (records, error) = Self.read(
            Self.file(dataLink: 1001)
                + Self.record(flags: 2, [0x03, 0x0C, 0]) + Self.record(flags: 3, [0x10, 1, 0])
                + Self.record(flags: 1, [0x40, 0, 0, 0]))
        #expect(error == nil)
        #expect(records.map(\.type) == [.command, .event, .asynchronousData])
        #expect(records.map(\.isFromController) == [false, true, true])
        #expect(records.first?.body == [0x03, 0x0C, 0])
    }

    @Test("Captures of the Linux monitor tell adapter and kind")
    func linuxMonitor() {
        let kinds: [UInt32] = [0, 2, 3, 4, 5, 6, 7, 12, 18, 19]
        let content = kinds.flatMap { Self.record(flags: 1 << 16 | $0, [0x10, 1, 0]) }
        let (records, error) = Self.read(Self.file(dataLink: 2001) + content)
        #expect(error == nil)
        #expect(
            records.map(\.type) == [
                nil, .command, .event, .asynchronousData, .asynchronousData, .synchronousData,
                .synchronousData, nil, .isochronousData, .isochronousData,
            ])
        #expect(
            records.map(\.isFromController)
                == [false, false, true, false, true, false, true, false, false, true])
        #expect(records.allSatisfy { $0.adapter == 1 })
    }

    @Test(
        "What is no btsnoop file says so",
        arguments: [
            [], Array("btsnoop".utf8), Array("#!/usr/bin/env python3\n# nothing".utf8),
            [0x0A, 0x0D, 0x0D, 0x0A] + [UInt8](repeating: 0, count: 40),
        ])
    func notBTSnoop(bytes: [UInt8]) {
        #expect(Self.read(bytes).error == .notBTSnoop(subject: "test"))
        #expect(Self.read(bytes).error?.description == "'test' is not a btsnoop file")
    }

    @Test("Other versions and data links are named in the refusal")
    func unsupported() {
        #expect(
            Self.read(Self.file(dataLink: 1002, version: 2)).error?.description
                == "'test' is btsnoop version 2; only version 1 can be read")
        #expect(
            Self.read(Self.file(dataLink: 1003)).error?.description
                == "'test' has data link 1003; 1001, 1002 and 2001 can be read")
    }

    @Test("A file that is not there is named with the kernel's reason")
    func missingFile() {
        let path = "/nonexistent/capture.btsnoop"
        #expect {
            _ = try BTSnoopReader(path: path)
        } throws: { error in
            "\(error)".hasPrefix("cannot open '\(path)': No such file or directory")
        }
    }

    @Test("Cut at any byte, a capture gives its whole records and then tells of the tear")
    func everyTruncation() {
        let one = Self.record(flags: 3, [4, 0x10, 1, 0])
        let whole = Self.file(dataLink: 1002) + one + one + one
        for length in 0...whole.count {
            let (records, error) = Self.read(Array(whole.prefix(length)))
            if length < 16 {
                #expect(error == .notBTSnoop(subject: "test"))
                continue
            }
            let complete = (length - 16) / one.count
            #expect(records.count == complete)
            let isTorn = (length - 16) % one.count != 0
            #expect(
                error
                    == (isTorn ? .truncatedRecord(subject: "test", number: complete + 1) : nil))
        }
    }

    @Test("A length no packet has ends the capture, not the program")
    func oversizedRecord() {
        let (records, error) = Self.read(
            Self.file(dataLink: 1002) + Self.record(flags: 3, [4, 0x10, 1, 0])
                + Self.record(flags: 3, [4], length: 0xFFFF_FFFF))
        #expect(records.count == 1)
        #expect(error == .oversizedRecord(subject: "test", number: 2, bytes: 0xFFFF_FFFF))
    }

    @Test("What the writer wrote, the reader reads")
    func roundTrip() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("lintel-\(UInt64.random(in: 0...UInt64.max)).btsnoop").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let event: [UInt8] = [0x3E, 1, 0x11]
        let command: [UInt8] = [0x03, 0x0C, 0]
        do {
            let writer = try BTSnoopWriter(path: path)
            for index in 0..<3_000 {
                let isEvent = index % 2 == 0
                (isEvent ? event : command).withUnsafeBytes { body in
                    writer.write(
                        HCIPacket(type: isEvent ? .event : .command, body: body),
                        isFromController: isEvent, unixMicroseconds: Int64(index))
                }
            }
            #expect(writer.failure == nil)
        }
        var reader = try BTSnoopReader(path: path)
        var count = 0
        while let record = try reader.next() {
            let isEvent = count % 2 == 0
            #expect(record.unixMicroseconds == Int64(count))
            #expect(record.isFromController == isEvent)
            #expect(record.packet.map { Array($0.body) } == (isEvent ? event : command))
            count += 1
        }
        #expect(count == 3_000)
    }

    @Test("A full disk ends the capture and is remembered")
    func fullDisk() throws {
        #expect(throws: SystemError.self) { _ = try BTSnoopWriter(path: "/dev/full") }
    }
}
