// SPDX-License-Identifier: Apache-2.0
// Who else has a hand on the adapters. The kernel says only that it is busy, so this looks for
// the usual suspect in /proc and says so in words; it decides nothing.

import Glibc
import Platform

enum AdapterUsers {
    /// Who holds an adapter that the kernel calls busy.
    static func describe() -> String {
        if let daemon = bluetoothDaemon() {
            return "bluetoothd (process \(daemon)) is probably using it; "
                + "'systemctl disable --now bluetooth' frees it"
        }
        return "another process holds its user channel"
    }

    /// The process id of bluetoothd, if one can be seen.
    static func bluetoothDaemon() -> Int32? {
        guard let directory = opendir("/proc") else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let process = Int32(name), read("/proc/\(name)/comm") == "bluetoothd\n" {
                return process
            }
        }
        return nil
    }

    /// Whether a physical switch, not software, blocks the radio.
    static func isHardBlocked(_ index: UInt16) -> Bool {
        let base = "/sys/class/bluetooth/hci\(index)"
        guard let directory = opendir(base) else { return false }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix("rfkill") { return read("\(base)/\(name)/hard") == "1\n" }
        }
        return false
    }

    /// A small file's text; `nil` if it is not there.
    private static func read(_ path: String) -> String? {
        let raw = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        let file = FileDescriptor(owning: raw, subject: path)
        return withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            guard case .bytes(let count)? = try? file.read(into: buffer) else { return nil }
            return String(decoding: buffer.prefix(count), as: UTF8.self)
        }
    }
}
