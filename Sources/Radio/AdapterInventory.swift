// SPDX-License-Identifier: Apache-2.0
// The adapters of this machine in words, for a report: what a person at a distance has to know to
// tell a missing stick from a blocked one.

import Platform

public enum AdapterInventory {
    /// One line for each adapter the kernel lists, or the one reason why there is none.
    ///
    /// `hci0 (00:1a:7d:da:71:13): up, reset by /dev/bus/usb/001/004`
    public static func describe() -> [String] {
        do throws(SystemError) {
            let found = try KernelAdapters().list()
            return found.isEmpty ? ["the kernel lists no adapter"] : found.map(words)
        } catch {
            return [AdapterError(error, of: .index(0)).description]
        }
    }

    private static func words(_ adapter: KernelAdapter) -> String {
        let device = AdapterDevice(adapter.index)
        var words = "\(adapter.name): \(adapter.isUp ? "up" : "down")"
        if device.isHardBlocked { words += ", blocked by its hardware switch" }
        if device.isSoftBlocked { words += ", blocked by software" }
        switch device.reset {
        case .usb(let node): words += ", reset by \(node)"
        case .driver(let folder, _): words += ", reset by \(folder)"
        case nil: words += ", cannot be reset"
        }
        if let user = AdapterUsers.bluetoothDaemon() {
            words += ", bluetoothd is process \(user)"
        }
        return words
    }
}
