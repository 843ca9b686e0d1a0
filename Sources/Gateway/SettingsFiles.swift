// SPDX-License-Identifier: Apache-2.0
// The files settings are read from: the one named and, in the folder beside it that has its name
// and `.d`, every `.conf` in the order of names.
import Glibc
import Platform

extension Settings {
    /// Larger files are no settings.
    static let fileBytesMax = 1 << 20

    /// Reads the settings from `path` and its drop-ins.
    public static func load(_ path: String = defaultFile) -> SettingsReport {
        var files: [(path: String, bytes: [UInt8])] = []
        var unreadable: [SettingsFinding] = []
        do {
            for file in [path] + (try dropIns(of: path)) {
                files.append((file, try StateFile.read(file, bytesMax: fileBytesMax)))
            }
        } catch {
            unreadable.append(
                SettingsFinding(
                    .error, at: IniPosition(file: error.subject, line: 0), error.description,
                    rule: "the settings must be readable by lintel's user",
                    consequence: "the gateway does not start"))
        }
        guard unreadable.isEmpty else {
            return SettingsReport(settings: nil, findings: unreadable)
        }
        return read(files)
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
