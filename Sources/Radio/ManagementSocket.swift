// SPDX-License-Identifier: Apache-2.0
// The kernel's management channel: it says at once that an adapter failed, went or came, and it
// switches one off and on in a way the kernel's own users of it hear of.

import BLEWire
import CBluetooth
import Glibc
import Platform
import Timebase

/// A socket on HCI_CHANNEL_CONTROL. Without CAP_NET_ADMIN it only tells of adapters that come
/// and go.
final class ManagementSocket {
    private let socket: FileDescriptor
    private let buffer: UnsafeMutableRawBufferPointer

    init() throws(SystemError) {
        let raw = try SystemError.check(lintel_hci_socket(), "open", Self.subject)
        socket = FileDescriptor(owning: raw, subject: Self.subject)
        buffer = .allocate(byteCount: Limits.managementPacketBytesMax, alignment: 8)
        try SystemError.check(
            lintel_hci_bind(raw, UInt16(HCI_DEV_NONE), UInt16(HCI_CHANNEL_CONTROL)), "bind",
            Self.subject)
    }

    deinit { buffer.deallocate() }

    var descriptor: Int32 { socket.rawValue }

    /// The next event that is there; `nil` when there is none.
    func next() throws(SystemError) -> (index: UInt16, event: ManagementEvent)? {
        while true {
            guard case .bytes(let count) = try socket.read(into: buffer) else { return nil }
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            // The kernel's own words: what is unknown in them is of a newer kernel.
            if let event = try? ManagementEvent.read(bytes) { return event }
        }
    }

    /// Asks about an adapter: until somebody has, the kernel does not tell when it is switched off.
    /// The answer comes as an event.
    func attend(to index: UInt16) throws(SystemError) {
        let sent = ManagementCommand.readInformation(index).withUnsafeBytes { bytes in
            Result { () throws(SystemError) in try socket.write(bytes) }
        }
        _ = try sent.get()
    }

    /// Set Powered, and waits for the answer.
    func setPowered(_ index: UInt16, _ isOn: Bool) throws(SystemError) {
        let status = try ask(ManagementCommand.setPowered(index, isOn), of: index)
        guard status == 0 else { throw Self.error(status, isOn: isOn, index) }
    }

    private func ask(_ command: [UInt8], of index: UInt16) throws(SystemError) -> UInt8 {
        let sent = command.withUnsafeBytes { bytes in
            Result { () throws(SystemError) in try socket.write(bytes) }
        }
        _ = try sent.get()
        let end = MonotonicClock.now() + Limits.managementAnswerMax
        while true {
            while let found = try next() {
                if found.index == index,
                    case .answer(ManagementCommand.setPowered, let status) = found.event
                {
                    return status
                }
            }
            let left = (end - MonotonicClock.now()).milliseconds
            var poll = pollfd(fd: socket.rawValue, events: Int16(POLLIN), revents: 0)
            guard left > 0, Glibc.poll(&poll, 1, Int32(left)) >= 0 || errno == EINTR else {
                throw SystemError(call: "power", subject: "hci\(index)", errno: ETIMEDOUT)
            }
        }
    }

    /// The management interface's status as the errno it stands for (mgmt-api, "Status").
    private static func error(_ status: UInt8, isOn: Bool, _ index: UInt16) -> SystemError {
        let number: Int32 =
            switch status {
            case 0x0A: EBUSY
            case 0x0F: ENETDOWN
            case 0x11: ENODEV
            case 0x12: ERFKILL
            case 0x14: EPERM
            default: EIO
            }
        return SystemError(
            call: isOn ? KernelAdapters.powerUp : "power down", subject: "hci\(index)",
            errno: number)
    }

    private static let subject = "Bluetooth management socket"
}
