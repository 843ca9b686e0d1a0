// SPDX-License-Identifier: Apache-2.0
// The kernel's list of Bluetooth adapters, read anew whenever one is opened: an index is only
// good until something is unplugged.

import BLEWire
import CBluetooth
import Glibc
import Platform

/// One adapter as the kernel lists it (`hci_dev_info`).
public struct KernelAdapter: Hashable, Sendable {
    /// Moves whenever an adapter is unplugged.
    public let index: UInt16
    /// Its own; stays.
    public let address: DeviceAddress
    let isUp: Bool

    public init(index: UInt16, address: DeviceAddress, isUp: Bool) {
        self.index = index
        self.address = address
        self.isUp = isUp
    }

    var name: String { "hci\(index) (\(address))" }
}

/// An unbound HCI socket, for asking and for switching adapters on and off.
struct KernelAdapters: ~Copyable {
    private let control: FileDescriptor

    init() throws(SystemError) {
        control = FileDescriptor(
            owning: try SystemError.check(lintel_hci_socket(), "open", "HCI socket"),
            subject: "HCI socket")
    }

    func list() throws(SystemError) -> [KernelAdapter] {
        var indices = [UInt16](repeating: 0, count: Limits.adaptersMax)
        let count = try SystemError.check(
            lintel_hci_devices(control.rawValue, &indices, Int32(indices.count)),
            "list", "Bluetooth adapters")
        return indices.prefix(Int(count)).compactMap { information($0) }
    }

    /// Where `adapter` is now.
    ///
    /// - Precondition: it is a device or an index.
    static func find(_ adapter: AdapterAddress) throws(AdapterError) -> KernelAdapter {
        let present: [KernelAdapter]
        do throws(SystemError) { present = try Self().list() } catch {
            throw AdapterError(error, of: adapter)
        }
        return try find(adapter, among: present)
    }

    static func find(
        _ adapter: AdapterAddress, among present: [KernelAdapter]
    ) throws(AdapterError) -> KernelAdapter {
        let found = present.first { candidate in
            switch adapter {
            case .device(let address): candidate.address == address
            case .index(let index): candidate.index == index
            case .serial, .tcp, .unix: preconditionFailure("a byte stream is no HCI device")
            }
        }
        guard let found else { throw .missing(adapter, present: present.map(\.name)) }
        return found
    }

    /// Powers it up (HCIDEVUP); the kernel then initialises the controller.
    func bringUp(_ index: UInt16) throws(SystemError) {
        guard lintel_hci_up(control.rawValue, index) < 0 else { return }
        let number = errno
        guard number != EALREADY else { return }
        throw SystemError(call: Self.powerUp, subject: "hci\(index)", errno: number)
    }

    /// Powers it down (HCIDEVDOWN), which frees it for the user channel.
    func takeDown(_ index: UInt16) throws(SystemError) {
        try SystemError.check(
            lintel_hci_down(control.rawValue, index), "power down", "hci\(index)")
    }

    /// What an adapter that does not come up was asked to do.
    static let powerUp = "power up"

    /// `nil` when there is none, or it vanished since it was listed.
    func information(_ index: UInt16) -> KernelAdapter? {
        var info = hci_dev_info()
        guard lintel_hci_information(control.rawValue, index, &info) >= 0 else { return nil }
        let address = withUnsafeBytes(of: info.bdaddr) { bytes in
            bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        }
        let upBit: UInt32 = 1 << UInt32(HCI_UP)
        return KernelAdapter(
            index: index, address: DeviceAddress(rawValue: address), isUp: info.flags & upBit != 0)
    }
}
