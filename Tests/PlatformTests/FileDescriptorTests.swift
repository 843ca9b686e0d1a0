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
        let pipe = try Pipe()
        #expect(try pipe.read() == .wouldBlock)
        pipe.writer = nil
        #expect(try pipe.read() == .end)
    }

    @Test("A released number is not closed")
    func releases() throws {
        let pipe = try Pipe()
        let raw = try #require(pipe.releaseWriter())
        #expect(try pipe.read() == .wouldBlock)
        let owner = FileDescriptor(owning: raw, subject: "pipe")
        #expect(try pipe.read() == .wouldBlock)
        drop(owner)
        #expect(try pipe.read() == .end)
    }

    @Test("Bytes travel, and a full pipe takes nothing instead of blocking")
    func transfers() throws {
        let pipe = try Pipe()
        #expect(
            try [1, 2, 3].withUnsafeBytes { bytes throws(SystemError) in
                try pipe.write(bytes)
            } == 24)
        #expect(try pipe.read() == .bytes(24))
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var taken = 1
        while taken > 0 {
            taken = try block.withUnsafeBytes { bytes throws(SystemError) in
                try pipe.write(bytes)
            }
        }
        #expect(taken == 0)
    }

    @Test("A refused call says what, on what and why")
    func words() {
        let error = thrown { () throws(SystemError) in
            let device = try FileDescriptor.open("/nonexistent/gpiochip0", flags: O_RDONLY)
            Issue.record("opened as \(device.rawValue)")
        }
        #expect(
            error?.description
                == "cannot open '/nonexistent/gpiochip0': No such file or directory (ENOENT)")
        #expect(
            SystemError(call: "open", subject: "/dev/gpiochip0", errno: EACCES).description
                == "cannot open '/dev/gpiochip0': Permission denied (EACCES)")
        #expect(SystemError(call: "do", subject: "it", errno: 99_999).reason == "error 99999")
    }

    private func drop(_ descriptor: consuming FileDescriptor) {}
}

/// A non-blocking pipe whose writing end can be let go of.
final class Pipe {
    let reader: FileDescriptor
    var writer: FileDescriptor?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)

    init() throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(Glibc.pipe(&ends), "pipe", "test")
        reader = FileDescriptor(owning: ends[0], subject: "reader")
        writer = FileDescriptor(owning: ends[1], subject: "writer")
        try reader.setNonBlocking()
        try writer?.setNonBlocking()
    }

    var writerNumber: Int32 { writer?.rawValue ?? -1 }

    func read() throws(SystemError) -> FileDescriptor.ReadOutcome {
        try reader.read(into: buffer)
    }

    /// What is in the pipe now, at most a buffer full.
    func readBytes() throws(SystemError) -> [UInt8] {
        guard case .bytes(let count) = try read() else { return [] }
        return Array(buffer.prefix(count))
    }

    deinit { buffer.deallocate() }

    func releaseWriter() -> Int32? { writer.take()?.release() }

    func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        try writer?.write(bytes) ?? -1
    }
}

/// What `body` throws, if it does.
func thrown<Failure: Error>(by body: () throws(Failure) -> Void) -> Failure? {
    do throws(Failure) {
        try body()
        return nil
    } catch {
        return error
    }
}
