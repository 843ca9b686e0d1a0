// SPDX-License-Identifier: Apache-2.0
// The files settings are read from: the one named and, in the folder beside it that has its name
// and `.d`, every `.conf` in the order of names.
import Glibc
import Platform

public enum SettingsFiles {
    /// Larger files are no settings.
    static let fileBytesMax = 1 << 20

    /// The files, or what stands in the way of reading them.
    ///
    /// - Parameters:
    ///   - user: who must be able to read them, as "lintel's user".
    ///   - consequence: what comes of it where they cannot be read.
    public static func read(
        _ path: String, user: String, otherwise consequence: String
    ) -> (files: [(path: String, bytes: [UInt8])], obstacle: SettingsFinding?) {
        var files: [(path: String, bytes: [UInt8])] = []
        do {
            for file in [path] + (try dropIns(of: path)) {
                files.append((file, try StateFile.read(file, bytesMax: fileBytesMax)))
            }
        } catch {
            let obstacle = SettingsFinding(
                .error, at: IniPosition(file: error.subject, line: 0), error.description,
                rule: "the settings must be readable by \(user)", consequence: consequence)
            return ([], obstacle)
        }
        return (files, nil)
    }

    private static func dropIns(of path: String) throws(SystemError) -> [String] {
        let folder = path + ".d"
        guard let directory = opendir(folder) else {
            guard errno == ENOENT else {
                throw SystemError(call: "open", subject: folder, errno: errno)
            }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix(while: { $0 != 0 }), as: UTF8.self)
            }
            if name.hasSuffix(".conf") && !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted().map { "\(folder)/\($0)" }
    }
}
