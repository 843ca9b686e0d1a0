// SPDX-License-Identifier: Apache-2.0
import Foundation
import Platform
import Testing

@Suite("State files")
struct StateFileTests {
    @Test(
        "What root writes into a service's folder belongs to the service, and is private",
        .enabled(if: geteuid() == 0, "only root can give files away"))
    func ownership() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let nobody: uid_t = 65_534
        #expect(chown(folder.path, nobody, nobody) == 0)
        let path = folder.appendingPathComponent("key").path
        try StateFile.replace(path, with: [1, 2, 3])
        var status = stat()
        #expect(stat(path, &status) == 0)
        #expect(status.st_uid == nobody && status.st_gid == nobody)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test("What is erased is overwritten where it lay, and gone")
    func erased() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString
        ).path
        try StateFile.replace(path, with: [UInt8](repeating: 0xA5, count: 10_000))
        let before = try FileDescriptor.open(path, flags: O_RDONLY)
        try StateFile.erase(path)
        #expect(access(path, F_OK) != 0)
        var bytes = [UInt8](repeating: 1, count: 20_000)
        let count = pread(before.rawValue, &bytes, bytes.count, 0)
        #expect(count == 10_000 && bytes.prefix(10_000).allSatisfy { $0 == 0 })
        try StateFile.erase(path)
    }

    @Test("What cannot be overwritten is removed all the same, and told")
    func resisting() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString
        ).path
        // A link to what nobody can write to.
        #expect(symlink("/proc/version", path) == 0)
        #expect(throws: SystemError.self) { try StateFile.erase(path) }
        var status = stat()
        #expect(lstat(path, &status) != 0)
    }
}
