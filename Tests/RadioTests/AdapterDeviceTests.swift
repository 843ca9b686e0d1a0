// SPDX-License-Identifier: Apache-2.0

import BLEWire
import Foundation
import Platform
import Testing

@testable import Radio

@Suite("The device behind an adapter")
struct AdapterDeviceTests {
    private let root = NSTemporaryDirectory() + "lintel-sysfs-\(UInt64.random(in: 0...(.max)))"

    private func put(_ text: String, _ path: String) throws {
        let whole = "\(root)/\(path)"
        let folder = (whole as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: whole))
    }

    private func link(_ path: String, to target: String) throws {
        let whole = "\(root)/\(path)"
        let folder = (whole as NSString).deletingLastPathComponent
        for each in [folder, "\(root)/\(target)"] {
            try FileManager.default.createDirectory(
                atPath: each, withIntermediateDirectories: true)
        }
        try FileManager.default.createSymbolicLink(
            atPath: whole, withDestinationPath: "\(root)/\(target)")
    }

    private var device: AdapterDevice {
        AdapterDevice(1, sysfs: "\(root)/sys", devices: "\(root)/dev")
    }

    @Test("A USB adapter is reset at the node of the device its interface belongs to")
    func usb() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try put("1\n", "sys/devices/usb1/1-4/busnum")
        try put("12\n", "sys/devices/usb1/1-4/devnum")
        try link("sys/devices/usb1/1-4/1-4:1.0/subsystem", to: "sys/bus/usb")
        try link("sys/class/bluetooth/hci1/device", to: "sys/devices/usb1/1-4/1-4:1.0")
        let reset = try #require(device.reset)
        #expect(reset == .usb(node: "\(root)/dev/bus/usb/001/012"))
        #expect(throws: SystemError.self, "the node is not there") { try device.perform(reset) }
        try put("", "dev/bus/usb/001/012")
        let error = thrown { () throws(SystemError) in try device.perform(reset) }
        #expect(error?.call == "reset", "a plain file is no device")
    }

    @Test("One on a serial line has its driver detached and attached again")
    func serial() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        try link("sys/devices/serial0/serial0-0/subsystem", to: "sys/bus/serial")
        try link(
            "sys/devices/serial0/serial0-0/driver", to: "sys/bus/serial/drivers/hci_uart_bcm")
        try put("", "sys/bus/serial/drivers/hci_uart_bcm/unbind")
        try put("", "sys/bus/serial/drivers/hci_uart_bcm/bind")
        try link("sys/class/bluetooth/hci1/device", to: "sys/devices/serial0/serial0-0")
        try device.perform(try #require(device.reset))
        for file in ["unbind", "bind"] {
            #expect(
                SmallFile.read("\(root)/sys/bus/serial/drivers/hci_uart_bcm/\(file)")
                    == "serial0-0")
        }
    }

    @Test("A virtual adapter has nothing to be reset")
    func virtual() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(device.reset == nil)
        try link("sys/class/bluetooth/hci1/device", to: "sys/devices/virtual/misc/vhci")
        #expect(device.reset == nil)
    }

    @Test("The switch is read from sysfs, and a software block is taken away by its number")
    func rfkill() throws {
        defer { try? FileManager.default.removeItem(atPath: root) }
        #expect(!device.isSoftBlocked && !device.isHardBlocked)
        try put("1\n", "sys/class/bluetooth/hci1/rfkill258/soft")
        try put("0\n", "sys/class/bluetooth/hci1/rfkill258/hard")
        try put("", "dev/rfkill")
        #expect(device.isSoftBlocked && !device.isHardBlocked)
        try device.unblock()
        let written = try Data(contentsOf: URL(fileURLWithPath: "\(root)/dev/rfkill"))
        #expect([UInt8](written) == [2, 1, 0, 0, 2, 2, 0, 0])
        try put("1\n", "sys/class/bluetooth/hci1/rfkill258/hard")
        #expect(device.isHardBlocked)
    }

    private static let events: [(bytes: [UInt8], index: UInt16, event: ManagementEvent)] = [
        ([1, 0, 2, 0, 7, 0, 5, 0, 0, 1, 0, 0, 0], 2, .answer(opcode: 5, status: 0)),
        ([2, 0, 0, 1, 3, 0, 5, 0, 0x12], 256, .answer(opcode: 5, status: 0x12)),
        ([3, 0, 1, 0, 1, 0, 0x42], 1, .controllerError(code: 0x42)),
        ([4, 0, 3, 0, 0, 0], 3, .indexAdded),
        ([5, 0, 3, 0, 0, 0], 3, .indexRemoved),
        ([6, 0, 0, 0, 4, 0, 0xD0, 0, 0, 0], 0, .settings(isPowered: false)),
        ([6, 0, 0, 0, 4, 0, 0xD1, 0, 0, 0], 0, .settings(isPowered: true)),
        ([0x15, 0, 0, 0, 2, 0, 1, 2], 0, .other),
    ]

    @Test("The kernel's management events are read, and every truncation is refused")
    func management() throws {
        for (bytes, index, event) in Self.events {
            let found = try bytes.withUnsafeBytes { try ManagementEvent.read($0) }
            #expect(found.index == index && found.event == event)
            for length in 0..<bytes.count {
                let cut = Array(bytes[..<length])
                #expect(throws: WireError.self) {
                    _ = try cut.withUnsafeBytes { try ManagementEvent.read($0) }
                }
            }
        }
    }

    @Test("The commands that ask about and switch an adapter")
    func command() {
        #expect(ManagementCommand.setPowered(0x0102, true) == [5, 0, 2, 1, 1, 0, 1])
        #expect(ManagementCommand.readInformation(0x0102) == [4, 0, 2, 1, 0, 0])
        #expect(ManagementCommand.setPowered(1, false) == [5, 0, 1, 0, 1, 0, 0])
    }
}
