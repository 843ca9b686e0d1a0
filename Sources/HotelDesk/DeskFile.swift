// SPDX-License-Identifier: Apache-2.0
// Files of the hotel desk on disk. The database holds every guest's root key, so it is made
// readable by its owner alone and refused when it no longer is.
import Glibc
import Platform
import SQLite

enum DeskFile {
    /// Makes an empty database file (0600), its directory too where it is missing (0700).
    static func create(_ path: String) throws {
        guard access(path, F_OK) != 0 else { throw DeskError.alreadyInitialised(path) }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            let directory = String(path[..<slash])
            guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
                throw SystemError(call: "mkdir", subject: directory, errno: errno)
            }
        }
        _ = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
    }

    /// Refuses a file that is not there or not private.
    static func check(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno != ENOENT else { throw DeskError.noDatabase(path) }
            throw SystemError(call: "open", subject: path, errno: errno)
        }
        let mode = status.st_mode & 0o7777
        guard mode & 0o077 == 0 else {
            throw DeskError.exposed(path: path, mode: String(mode, radix: 8))
        }
    }

    /// Reads a whole small file.
    static func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path, flags: O_RDONLY)
        var buffer = [UInt8](repeating: 0, count: bytesMax + 1)
        var count = 0
        while count <= bytesMax {
            let outcome = try readSome(file, &buffer, from: count)
            guard case .bytes(let more) = outcome else { break }
            count += more
        }
        guard count <= bytesMax else {
            throw SystemError(call: "read", subject: path, errno: EFBIG)
        }
        return Array(buffer.prefix(count))
    }

    /// Puts `bytes` at `path`, whole or not at all, also across a power cut.
    static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(SystemError) {
        let temporary = path + ".new"
        unlink(temporary)
        let file = try FileDescriptor.open(
            temporary, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
        do {
            try write(bytes, to: file)
            try SystemError.check(fsync(file.rawValue), "fsync", temporary)
            try SystemError.check(rename(temporary, path), "rename", path)
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func readSome(
        _ file: borrowing FileDescriptor, _ buffer: inout [UInt8], from offset: Int
    ) throws(SystemError) -> FileDescriptor.ReadOutcome {
        var result: Result<FileDescriptor.ReadOutcome, SystemError> = .success(.end)
        buffer.withUnsafeMutableBytes { bytes in
            do throws(SystemError) {
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[offset...])
                result = .success(try file.read(into: rest))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private static func write(
        _ bytes: [UInt8], to file: borrowing FileDescriptor
    ) throws(SystemError) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withUnsafeBytes { rest in
                Glibc.write(file.rawValue, rest.baseAddress, rest.count)
            }
            if count >= 0 {
                offset += count
            } else if errno != EINTR {
                throw SystemError(call: "write", subject: file.subject, errno: errno)
            }
        }
    }
}
