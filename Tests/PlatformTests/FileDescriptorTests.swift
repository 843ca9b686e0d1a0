// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Platform

@Suite("Descriptors")
struct FileDescriptorTests {
    /// A descriptor's number can be reused by another test at once, so closing is observed at the
    /// other end of a pipe: it ends exactly when its last writer is closed.
    @Test("Letting go closes, once")
    func closes() throws {
        let (reader, writer) = try pipe()
        let heard = readAll(reader)
        #expect(heard == .wouldBlock)
        drop(writer)
        #expect(readAll(reader) == .end)
    }

    @Test("A released number is not closed")
    func releases() throws {
        let (reader, writer) = try pipe()
        let raw = writer.release()
        #expect(readAll(reader) == .wouldBlock)
        let owner = FileDescriptor(owning: raw, subject: "pipe")
        #expect(readAll(reader) == .wouldBlock)
        drop(owner)
        #expect(readAll(reader) == .end)
    }

    @Test("Bytes travel, and a full pipe takes nothing instead of blocking")
    func transfers() throws {
        let (reader, writer) = try pipe()
        #expect(
            try [1, 2, 3].withUnsafeBytes { bytes throws(SystemError) in
                try writer.write(bytes)
            } == 24)
        #expect(readAll(reader) == .bytes(24))
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var taken = 1
        while taken > 0 {
            taken = try block.withUnsafeBytes { bytes throws(SystemError) in
                try writer.write(bytes)
            }
        }
        #expect(taken == 0)
    }

    @Test("A refused call says what, on what and why")
    func words() {
        let error = #expect(throws: SystemError.self) {
            _ = try FileDescriptor.open("/nonexistent/gpiochip0", flags: O_RDONLY).rawValue
        }
        #expect(
            error?.description
                == "cannot open '/nonexistent/gpiochip0': No such file or directory (ENOENT)")
        #expect(
            SystemError(call: "open", subject: "/dev/gpiochip0", errno: EACCES).description
                == "cannot open '/dev/gpiochip0': Permission denied (EACCES)")
        #expect(SystemError(call: "do", subject: "it", errno: 99_999).reason == "error 99999")
    }

    private func pipe() throws -> (FileDescriptor, FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(Glibc.pipe(&ends), "pipe", "test")
        let reader = FileDescriptor(owning: ends[0], subject: "reader")
        let writer = FileDescriptor(owning: ends[1], subject: "writer")
        try reader.setNonBlocking()
        try writer.setNonBlocking()
        return (reader, writer)
    }

    private func readAll(_ reader: borrowing FileDescriptor) -> FileDescriptor.ReadOutcome? {
        var buffer = [UInt8](repeating: 0, count: 256)
        do {
            return try buffer.withUnsafeMutableBytes { bytes throws(SystemError) in
                try reader.read(into: bytes)
            }
        } catch {
            Issue.record(error)
            return nil
        }
    }

    private func drop(_ descriptor: consuming FileDescriptor) {}
}
