// SPDX-License-Identifier: Apache-2.0
// A disk under SQLite that loses, when its power is cut, whatever was not synced: any of the writes
// since the last sync may be there afterwards, in any combination, and one may be torn. It wraps
// the system's own layer, so that everything else is real.
import CSQLite
import Glibc
import Rig

final class LosingDisk {
    fileprivate enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    /// A file as it was when last synced, and what was done to it since.
    fileprivate final class File {
        let path: String
        var synced: [UInt8]
        var changes: [Change] = []

        init(path: String) {
            self.path = path
            synced = File.read(path)
        }

        static func read(_ path: String) -> [UInt8] {
            guard let file = fopen(path, "r") else { return [] }
            defer { fclose(file) }
            var bytes: [UInt8] = []
            var piece = [UInt8](repeating: 0, count: 65_536)
            while case let count = fread(&piece, 1, piece.count, file), count > 0 {
                bytes += piece.prefix(count)
            }
            return bytes
        }

        /// What a sync puts on the disk for good.
        func apply(_ change: Change, to bytes: inout [UInt8]) {
            switch change {
            case .write(let offset, let new):
                if bytes.count < offset + new.count {
                    bytes += [UInt8](repeating: 0, count: offset + new.count - bytes.count)
                }
                bytes.replaceSubrange(offset..<offset + new.count, with: new)
            case .truncate(let size): bytes.removeLast(max(0, bytes.count - size))
            }
        }

        func sync() {
            for change in changes { apply(change, to: &synced) }
            changes.removeAll()
        }
    }

    let name: String
    /// Writes until the power goes.
    private var writesLeft = Int.max
    private var files: [String: File] = [:]
    private let vfs: UnsafeMutablePointer<sqlite3_vfs>
    fileprivate let inner: UnsafeMutablePointer<sqlite3_vfs>
    private let nameBytes: UnsafeMutablePointer<CChar>

    init(_ name: String) throws {
        self.name = name
        guard let inner = sqlite3_vfs_find(nil), let bytes = strdup(name) else {
            throw Failure()
        }
        self.inner = inner
        nameBytes = bytes
        vfs = .allocate(capacity: 1)
        vfs.initialize(to: inner.pointee)
        vfs.pointee.pNext = nil
        vfs.pointee.zName = UnsafePointer(bytes)
        vfs.pointee.szOsFile = Int32(LosingFile.headerBytes) + inner.pointee.szOsFile
        vfs.pointee.pAppData = Unmanaged.passUnretained(self).toOpaque()
        vfs.pointee.xOpen = { vfs, name, file, flags, outFlags in
            LosingFile.open(vfs, name, file, flags, outFlags)
        }
        sqlite3_vfs_register(vfs, 0)
    }

    struct Failure: Error {}

    deinit {
        sqlite3_vfs_unregister(vfs)
        vfs.deallocate()
        free(nameBytes)
    }

    var isDead: Bool { writesLeft <= 0 }

    /// The power goes with this write, counted from now.
    func cut(afterWrites count: Int) { writesLeft = count }

    /// What is on the disk when the power comes back.
    func comeBack(_ random: inout RandomSource) {
        writesLeft = 0
        for file in files.values {
            var bytes = file.synced
            for change in file.changes where random.chance(0.5) {
                guard case .write(let offset, let new) = change, random.chance(0.2) else {
                    file.apply(change, to: &bytes)
                    continue
                }
                let sectors = Int(random.next() % UInt64(new.count / 512 + 1))
                file.apply(
                    .write(offset: offset, bytes: Array(new.prefix(sectors * 512))), to: &bytes)
            }
            guard let handle = fopen(file.path, "w") else { continue }
            fwrite(bytes, 1, bytes.count, handle)
            fclose(handle)
            // Shared memory does not outlive the machine.
            unlink(file.path + "-shm")
        }
    }

    fileprivate func file(_ path: String) -> File {
        if let file = files[path] { return file }
        let file = File(path: path)
        files[path] = file
        return file
    }

    /// False when the power is gone.
    fileprivate func note(_ change: Change, to file: File) -> Bool {
        guard writesLeft > 0 else { return false }
        if writesLeft != Int.max { writesLeft -= 1 }
        file.changes.append(change)
        return true
    }
}

/// One open file: our own methods in front, the system's file behind.
private enum LosingFile {
    /// `sqlite3_file`, then disk and file as pointers.
    static let headerBytes = 24

    /// SQLite keeps the pointer as long as any file is open.
    nonisolated(unsafe) static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        methods.pointee.iVersion = 2
        methods.pointee.xClose = { outer in
            inner(outer).flatMap { calls(of: $0)?.xClose($0) } ?? SQLITE_OK
        }
        methods.pointee.xRead = { outer, buffer, count, offset in
            inner(outer).flatMap { calls(of: $0)?.xRead($0, buffer, count, offset) }
                ?? SQLITE_IOERR
        }
        methods.pointee.xWrite = { outer, buffer, count, offset in
            guard let (disk, file) = owners(outer), let buffer else { return SQLITE_IOERR }
            let bytes = Array(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            guard disk.note(.write(offset: Int(offset), bytes: bytes), to: file) else {
                return SQLITE_IOERR
            }
            return inner(outer).flatMap { calls(of: $0)?.xWrite($0, buffer, count, offset) }
                ?? SQLITE_IOERR
        }
        methods.pointee.xTruncate = { outer, size in
            guard let (disk, file) = owners(outer), disk.note(.truncate(size: Int(size)), to: file)
            else { return SQLITE_IOERR }
            return inner(outer).flatMap { calls(of: $0)?.xTruncate($0, size) } ?? SQLITE_IOERR
        }
        methods.pointee.xSync = { outer, _ in
            guard let (disk, file) = owners(outer), !disk.isDead else { return SQLITE_IOERR }
            file.sync()
            return SQLITE_OK
        }
        methods.pointee.xFileSize = { outer, size in
            inner(outer).flatMap { calls(of: $0)?.xFileSize($0, size) } ?? SQLITE_IOERR
        }
        methods.pointee.xLock = { outer, kind in
            inner(outer).flatMap { calls(of: $0)?.xLock($0, kind) } ?? SQLITE_IOERR
        }
        methods.pointee.xUnlock = { outer, kind in
            inner(outer).flatMap { calls(of: $0)?.xUnlock($0, kind) } ?? SQLITE_IOERR
        }
        methods.pointee.xCheckReservedLock = { outer, result in
            inner(outer).flatMap { calls(of: $0)?.xCheckReservedLock($0, result) }
                ?? SQLITE_IOERR
        }
        methods.pointee.xFileControl = { outer, operation, argument in
            inner(outer).flatMap { calls(of: $0)?.xFileControl($0, operation, argument) }
                ?? SQLITE_NOTFOUND
        }
        methods.pointee.xSectorSize = { _ in 512 }
        // It promises nothing.
        methods.pointee.xDeviceCharacteristics = { _ in 0 }
        methods.pointee.xShmMap = { outer, page, size, extend, memory in
            inner(outer).flatMap { calls(of: $0)?.xShmMap($0, page, size, extend, memory) }
                ?? SQLITE_IOERR
        }
        methods.pointee.xShmLock = { outer, offset, count, flags in
            inner(outer).flatMap { calls(of: $0)?.xShmLock($0, offset, count, flags) }
                ?? SQLITE_IOERR
        }
        methods.pointee.xShmBarrier = { outer in
            if let inner = inner(outer) { calls(of: inner)?.xShmBarrier(inner) }
        }
        methods.pointee.xShmUnmap = { outer, deletes in
            inner(outer).flatMap { calls(of: $0)?.xShmUnmap($0, deletes) } ?? SQLITE_OK
        }
        return methods
    }()

    static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ name: UnsafePointer<CChar>?,
        _ outer: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32,
        _ outFlags: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let owner = vfs?.pointee.pAppData, let outer, let file = inner(outer) else {
            return SQLITE_CANTOPEN
        }
        let disk = Unmanaged<LosingDisk>.fromOpaque(owner).takeUnretainedValue()
        let code = disk.inner.pointee.xOpen(disk.inner, name, file, flags, outFlags)
        outer.pointee.pMethods = nil
        guard code == SQLITE_OK else { return code }
        let path = name.map { String(cString: $0) } ?? "temporary"
        let header = UnsafeMutableRawPointer(outer)
        header.storeBytes(of: owner, toByteOffset: 8, as: UnsafeMutableRawPointer.self)
        header.storeBytes(
            of: Unmanaged.passUnretained(disk.file(path)).toOpaque(), toByteOffset: 16,
            as: UnsafeMutableRawPointer.self)
        outer.pointee.pMethods = UnsafePointer(methods)
        return SQLITE_OK
    }

    private static func inner(
        _ outer: UnsafeMutablePointer<sqlite3_file>?
    ) -> UnsafeMutablePointer<sqlite3_file>? {
        outer.map {
            (UnsafeMutableRawPointer($0) + headerBytes).assumingMemoryBound(to: sqlite3_file.self)
        }
    }

    private static func calls(
        of file: UnsafeMutablePointer<sqlite3_file>
    ) -> sqlite3_io_methods? { file.pointee.pMethods?.pointee }

    private static func owners(
        _ outer: UnsafeMutablePointer<sqlite3_file>?
    ) -> (LosingDisk, LosingDisk.File)? {
        guard let outer else { return nil }
        let header = UnsafeMutableRawPointer(outer)
        let disk = header.load(fromByteOffset: 8, as: UnsafeMutableRawPointer.self)
        let file = header.load(fromByteOffset: 16, as: UnsafeMutableRawPointer.self)
        return (
            Unmanaged<LosingDisk>.fromOpaque(disk).takeUnretainedValue(),
            Unmanaged<LosingDisk.File>.fromOpaque(file).takeUnretainedValue()
        )
    }
}
