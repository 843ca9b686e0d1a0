// SPDX-License-Identifier: Apache-2.0
// Small files that must be old or new after a power cut at any byte, never empty and never torn:
// written beside, synced, renamed over, and the folder synced.
import Glibc

/// Whole-file reading and atomic replacement.
public enum StateFile {
    /// The contents of a file of at most `bytesMax`.
    public static func read(_ path: String, bytesMax: Int) throws(SystemError) -> [UInt8] {
        let file = try FileDescriptor.open(path, flags: O_RDONLY)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 16_384, alignment: 1)
        defer { buffer.deallocate() }
        var bytes: [UInt8] = []
        while bytes.count <= bytesMax {
            guard case .bytes(let count) = try file.read(into: buffer) else { return bytes }
            bytes += buffer.prefix(count)
        }
        throw SystemError(call: "read", subject: path, errno: EFBIG)
    }

    /// The contents, or `nil` where there is no such file.
    public static func readIfPresent(
        _ path: String, bytesMax: Int
    ) throws(SystemError) -> [UInt8]? {
        do {
            return try read(path, bytesMax: bytesMax)
        } catch {
            if error.errno == ENOENT { return nil }
            throw error
        }
    }

    /// Replaces a file whole; readable by its owner only unless `mode` says otherwise.
    public static func replace(
        _ path: String, with bytes: [UInt8], mode: mode_t = 0o600
    ) throws(SystemError) {
        let draft = path + ".new"
        // What an interrupted attempt left behind may have another mode.
        unlink(draft)
        do {
            let file = try FileDescriptor.open(
                draft, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try giveToOwnerOfFolder(file, path: draft)
            let copy = UnsafeMutableRawBufferPointer.allocate(
                byteCount: bytes.count, alignment: 1)
            defer { copy.deallocate() }
            copy.copyBytes(from: bytes)
            var written = 0
            while written < bytes.count {
                written += try file.write(UnsafeRawBufferPointer(rebasing: copy[written...]))
            }
            try SystemError.check(fsync(file.rawValue), "sync", draft)
        }
        try SystemError.check(rename(draft, path), "rename", path)
        try syncFolder(of: path)
    }

    /// Overwrites a file in its place and removes it; nothing where there is none. Flash keeps old
    /// copies all the same: what must never be read again is rotated at the server too.
    ///
    /// - Throws: what stood in the way of either. A file that cannot be overwritten is removed.
    public static func erase(_ path: String) throws(SystemError) {
        var failure: SystemError?
        do throws(SystemError) { try overwrite(path) } catch {
            if error.errno == ENOENT { return }
            failure = error
        }
        try SystemError.check(unlink(path), "remove", path)
        try syncFolder(of: path)
        if let failure { throw failure }
    }

    private static func overwrite(_ path: String) throws(SystemError) {
        let file = try FileDescriptor.open(path, flags: O_WRONLY)
        var status = stat()
        try SystemError.check(fstat(file.rawValue, &status), "look at", path)
        let zeros = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
        defer { zeros.deallocate() }
        zeros.initializeMemory(as: UInt8.self, repeating: 0)
        var left = Int(status.st_size)
        while left > 0 {
            left -= try file.write(UnsafeRawBufferPointer(rebasing: zeros[..<min(left, 4_096)]))
        }
        try SystemError.check(fsync(file.rawValue), "sync", path)
    }

    /// Tells one version of a file from the next: each replacement is a new inode or a new time.
    public struct Identity: Hashable, Sendable {
        let inode: UInt64
        let modifiedNanoseconds: Int64
    }

    /// `nil` where there is no such file.
    public static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(
            inode: UInt64(status.st_ino),
            modifiedNanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000
                &+ Int64(status.st_mtim.tv_nsec))
    }

    /// Makes a folder for the owner only, if it is not there.
    public static func makeFolder(_ path: String) throws(SystemError) {
        if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        throw SystemError(call: "make folder", subject: path, errno: errno)
    }

    /// What root makes in a service's state folder is the service's, or it could not read it.
    /// Does nothing for any other user.
    public static func giveToOwnerOfFolder(
        _ file: borrowing FileDescriptor, path: String
    ) throws(SystemError) {
        guard geteuid() == 0 else { return }
        var status = stat()
        try SystemError.check(stat(folder(of: path), &status), "look at the folder of", path)
        try SystemError.check(
            fchown(file.rawValue, status.st_uid, status.st_gid), "give away", path)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func syncFolder(of path: String) throws(SystemError) {
        let folder = folder(of: path)
        let descriptor = try FileDescriptor.open(folder, flags: O_RDONLY | O_DIRECTORY)
        try SystemError.check(fsync(descriptor.rawValue), "sync", folder)
    }
}
