// SPDX-License-Identifier: Apache-2.0

import Glibc
import Platform

/// The bytes of a capture through one buffer, whether they are in a file or in memory.
final class BTSnoopInput {
    private let file: FileDescriptor?
    private let storage: UnsafeMutableRawBufferPointer
    private var unread: Range<Int>

    init(path: String) throws(CaptureError) {
        do throws(SystemError) {
            file = try .open(path, flags: O_RDONLY)
        } catch {
            throw .system(error)
        }
        storage = .allocate(
            byteCount: BTSnoop.recordHeaderBytes + Limits.captureRecordBytesMax, alignment: 8)
        unread = 0..<0
    }

    init(_ bytes: [UInt8]) {
        file = nil
        storage = .allocate(byteCount: bytes.count, alignment: 8)
        storage.copyBytes(from: bytes)
        unread = 0..<bytes.count
    }

    deinit { storage.deallocate() }

    /// Whether every byte has been taken and none will come.
    func isAtEnd() throws(CaptureError) -> Bool {
        try load(1)
        return unread.isEmpty
    }

    /// The next `count` bytes, valid until the next call; `nil` when fewer are left.
    ///
    /// - Precondition: at most `recordHeaderBytes` and `captureRecordBytesMax` together.
    func take(_ count: Int) throws(CaptureError) -> UnsafeRawBufferPointer? {
        try load(count)
        guard unread.count >= count else { return nil }
        let start = unread.lowerBound
        unread = start + count..<unread.upperBound
        return UnsafeRawBufferPointer(rebasing: storage[start..<start + count])
    }

    /// Reads until `count` bytes are there or no more come.
    private func load(_ count: Int) throws(CaptureError) {
        guard unread.count < count, file != nil else { return }
        let kept = UnsafeRawBufferPointer(rebasing: storage[unread])
        storage.copyMemory(from: kept)
        unread = 0..<kept.count
        while unread.count < count {
            let free = UnsafeMutableRawBufferPointer(rebasing: storage[unread.count...])
            do throws(SystemError) {
                guard case .bytes(let added)? = try file?.read(into: free) else { return }
                unread = 0..<unread.count + added
            } catch {
                throw .system(error)
            }
        }
    }
}
