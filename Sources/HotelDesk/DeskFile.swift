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
        let file = try FileDescriptor.open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        try StateFile.giveToOwnerOfFolder(file, path: path)
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
}
