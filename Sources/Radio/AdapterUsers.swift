// SPDX-License-Identifier: Apache-2.0
// Who else has a hand on the adapters. The kernel says only that it is busy, so this looks for
// the usual suspect in /proc and says so in words; it decides nothing.

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
        for name in SmallFile.names(in: "/proc") {
            if let process = Int32(name), SmallFile.read("/proc/\(name)/comm") == "bluetoothd\n" {
                return process
            }
        }
        return nil
    }
}
