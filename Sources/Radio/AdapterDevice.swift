// SPDX-License-Identifier: Apache-2.0
// The device behind an adapter as sysfs shows it: its radio switch (rfkill), and what a reset of
// it means. A USB adapter is reset by its bus; one on a serial line has nothing to be reset, so
// its driver is detached and attached again, which loads its firmware anew.

import CBluetooth
import Glibc
import Platform

/// `/sys/class/bluetooth/hciN`
struct AdapterDevice {
    /// How this device is reset.
    enum Reset: Hashable {
        /// USBDEVFS_RESET on this node.
        case usb(node: String)
        /// This name is written to the driver's `unbind`, then to its `bind`.
        case driver(folder: String, device: String)
    }

    let index: UInt16
    private let folder: String
    private let devices: String

    /// - Parameters:
    ///   - sysfs: where it is mounted.
    ///   - devices: where the device nodes are.
    init(_ index: UInt16, sysfs: String = "/sys", devices: String = "/dev") {
        self.index = index
        self.devices = devices
        folder = "\(sysfs)/class/bluetooth/hci\(index)"
    }

    // MARK: - Radio switch

    /// Whether a physical switch, not software, blocks the radio.
    var isHardBlocked: Bool {
        rfkill.map { SmallFile.read("\(folder)/\($0)/hard") == "1\n" } ?? false
    }

    var isSoftBlocked: Bool {
        rfkill.map { SmallFile.read("\(folder)/\($0)/soft") == "1\n" } ?? false
    }

    /// Takes a software block away (`RFKILL_OP_CHANGE`).
    func unblock() throws(SystemError) {
        guard let rfkill, let number = UInt32(rfkill.dropFirst("rfkill".count)) else { return }
        let (bluetooth, change): (UInt8, UInt8) = (2, 2)
        let event = withUnsafeBytes(of: number) { [UInt8]($0) } + [bluetooth, change, 0, 0]
        try SmallFile.write(event, to: "\(devices)/rfkill")
    }

    private var rfkill: String? {
        SmallFile.names(in: folder).first { $0.hasPrefix("rfkill") }
    }

    // MARK: - Reset

    /// `nil` where the device has no bus that could reset it, as a virtual one.
    var reset: Reset? {
        guard let device = SmallFile.resolve("\(folder)/device") else { return nil }
        switch SmallFile.resolve("\(device)/subsystem").map(SmallFile.lastName) {
        case "usb":
            // The adapter is one interface of the device above it.
            let parent = String(device.dropLast(SmallFile.lastName(device).count + 1))
            guard let bus = number(in: "\(parent)/busnum"),
                let place = number(in: "\(parent)/devnum")
            else { return nil }
            return .usb(node: "\(devices)/bus/usb/\(padded(bus))/\(padded(place))")
        case "serial", "platform":
            guard let driver = SmallFile.resolve("\(device)/driver") else { return nil }
            return .driver(folder: driver, device: SmallFile.lastName(device))
        default: return nil
        }
    }

    func perform(_ reset: Reset) throws(SystemError) {
        switch reset {
        case .usb(let node):
            let device = try FileDescriptor.open(node, flags: O_WRONLY)
            try SystemError.check(lintel_usb_reset(device.rawValue), "reset", node)
        case .driver(let folder, let device):
            try SmallFile.write(Array(device.utf8), to: "\(folder)/unbind")
            try SmallFile.write(Array(device.utf8), to: "\(folder)/bind")
        }
    }

    private func number(in path: String) -> Int? {
        SmallFile.read(path).flatMap { Int($0.prefix { $0 != "\n" }) }
    }

    private func padded(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 3 - "\(number)".count)) + "\(number)"
    }
}
