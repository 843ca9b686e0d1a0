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

    init() throws(AdapterError) {
        let raw = lintel_hci_socket()
        guard raw >= 0 else {
            if errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT { throw .noBluetooth }
            throw .system(SystemError(call: "open", subject: "HCI socket", errno: errno))
        }
        control = FileDescriptor(owning: raw, subject: "HCI socket")
    }

    func list() throws(AdapterError) -> [KernelAdapter] {
        var indices = [UInt16](repeating: 0, count: Limits.adaptersMax)
        let count = lintel_hci_devices(control.rawValue, &indices, Int32(indices.count))
        guard count >= 0 else {
            throw .system(SystemError(call: "list", subject: "Bluetooth adapters", errno: errno))
        }
        return indices.prefix(Int(count)).compactMap { information($0) }
    }

    /// Where `adapter` is now.
    ///
    /// - Precondition: it is a device or an index.
    func find(_ adapter: AdapterAddress) throws(AdapterError) -> KernelAdapter {
        try Self.find(adapter, among: try list())
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
    func bringUp(_ found: KernelAdapter, as adapter: AdapterAddress) throws(AdapterError) {
        guard lintel_hci_up(control.rawValue, found.index) < 0, errno != EALREADY else { return }
        let error = SystemError(call: "power up", subject: found.name, errno: errno)
        switch error.errno {
        case ERFKILL: throw .blocked(adapter, isHard: AdapterDevice(found.index).isHardBlocked)
        case EBUSY: throw .busy(adapter, user: AdapterUsers.describe())
        case EPERM: throw .notPermitted(adapter, needs: "CAP_NET_ADMIN (it is down)")
        default: throw .down(adapter, error)
        }
    }

    /// Powers it down (HCIDEVDOWN), which frees it for the user channel.
    func takeDown(_ found: KernelAdapter, as adapter: AdapterAddress) throws(AdapterError) {
        guard lintel_hci_down(control.rawValue, found.index) < 0 else { return }
        switch errno {
        case EPERM: throw .notPermitted(adapter, needs: "CAP_NET_ADMIN")
        case EBUSY: throw .busy(adapter, user: AdapterUsers.describe())
        default: throw .system(SystemError(call: "power down", subject: found.name, errno: errno))
        }
    }

    /// `nil` when it vanished since it was listed.
    private func information(_ index: UInt16) -> KernelAdapter? {
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
