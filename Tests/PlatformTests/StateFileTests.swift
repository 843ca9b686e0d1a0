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
}
