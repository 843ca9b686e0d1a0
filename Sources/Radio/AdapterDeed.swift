// SPDX-License-Identifier: Apache-2.0
// What needs CAP_NET_ADMIN or write access to the kernel's files of a device, and nothing else: the
// gateway itself may live without either and have a helper do it (AdapterHelper.swift). An adapter
// is named by its index alone, so that whoever asks can name nothing but an adapter.

import CBluetooth
import Glibc
import Platform

/// One thing done to an adapter. The numbers go over the helper's socket.
enum AdapterDeed: UInt8, Hashable, Sendable, CaseIterable {
    /// Power it up where it is down, and open its raw channel.
    case openRaw = 1
    /// Power it down where it is up, and open its user channel.
    case openUser = 2
    /// Take a block by software (rfkill) away.
    case unblock = 3
    /// Off and on by the management interface, then down and up by the device's.
    case powerCycle = 4
    /// Reset a USB adapter, or attach a serial one's driver anew.
    case reset = 5

    /// For people: what was done.
    var words: String {
        switch self {
        case .openRaw: "its raw channel was opened"
        case .openUser: "its user channel was opened"
        case .unblock: "a block by software was taken away"
        case .powerCycle: "it was switched off and on"
        case .reset: "it was reset"
        }
    }

    /// Does it. May take seconds.
    ///
    /// - Returns: the socket, where one was opened.
    /// - Throws: EOPNOTSUPP where there is nothing that could be reset.
    func perform(on index: UInt16) throws(SystemError) -> FileDescriptor? {
        let device = AdapterDevice(index)
        switch self {
        case .openRaw: return try Self.open(index, HCIChannel.raw)
        case .openUser: return try Self.open(index, HCIChannel.user)
        case .unblock: if device.isSoftBlocked { try device.unblock() }
        case .powerCycle: try Self.powerCycle(index)
        case .reset:
            guard let reset = device.reset else {
                throw SystemError(call: "reset", subject: "hci\(index)", errno: EOPNOTSUPP)
            }
            try device.perform(reset)
        }
        return nil
    }

    private static func open(
        _ index: UInt16, _ channel: HCIChannel
    ) throws(SystemError) -> FileDescriptor {
        let adapters = try KernelAdapters()
        let isUp = adapters.information(index)?.isUp ?? false
        switch channel {
        case .raw where !isUp: try adapters.bringUp(index)
        case .user where isUp: try adapters.takeDown(index)
        case .raw, .user: break
        }
        let name = "hci\(index)"
        let raw = try SystemError.check(lintel_hci_socket(), "open", name)
        let socket = FileDescriptor(owning: raw, subject: name)
        try SystemError.check(lintel_hci_bind(raw, index, channel.rawChannel), "bind", name)
        // Beyond the machine's limit only with CAP_NET_ADMIN.
        try SystemError.check(
            lintel_socket_receive_buffer(raw, Limits.receiveBufferBytes), "size buffer of", name)
        return socket
    }

    private static func powerCycle(_ index: UInt16) throws(SystemError) {
        var refusal: SystemError?
        do throws(SystemError) {
            let management = try ManagementSocket()
            try management.setPowered(index, false)
            try management.setPowered(index, true)
        } catch {
            // The device's own interface may still do it.
            refusal = error
        }
        do throws(SystemError) {
            let adapters = try KernelAdapters()
            try adapters.takeDown(index)
            try adapters.bringUp(index)
        } catch {
            throw refusal ?? error
        }
    }
}
