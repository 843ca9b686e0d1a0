// SPDX-License-Identifier: Apache-2.0
// The small files the kernel explains itself by (/proc, /sys): read whole, written in one call.

import Glibc
import Platform

enum SmallFile {
    /// A small file's text; `nil` if it is not there.
    static func read(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(path, flags: O_RDONLY) else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard case .bytes(let count)? = try? file.read(into: buffer) else { return nil }
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let file = try FileDescriptor.open(path, flags: O_WRONLY)
        let written = bytes.withUnsafeBytes { bytes in
            Result { () throws(SystemError) in try file.write(bytes) }
        }
        guard try written.get() == bytes.count else {
            throw SystemError(call: "write", subject: path, errno: EIO)
        }
    }

    /// The names in a folder; none if it is not there.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                })
        }
        return names
    }

    /// Where a path leads, links followed; `nil` if nowhere.
    static func resolve(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    static func lastName(_ path: String) -> String {
        String(path.split(separator: "/").last ?? "")
    }
}
