// SPDX-License-Identifier: Apache-2.0
// Why a radio cannot be used, one case per remedy: what the person who reads the journal has to
// do differs between an adapter that is unplugged, taken, switched off or forbidden.

import Glibc
import Platform

/// A radio that cannot be opened, or that was lost.
public enum AdapterError: Error, Hashable, Sendable {
    /// The kernel has no Bluetooth at all.
    case noBluetooth
    /// No such adapter; `present` names those that are there.
    case missing(AdapterAddress, present: [String])
    /// Somebody else holds it; `user` says who, as far as that can be seen.
    case busy(AdapterAddress, user: String)
    /// It is powered down and could not be brought up.
    case down(AdapterAddress, SystemError)
    /// The radio switch is off: `isHard` by a physical switch, otherwise by software.
    case blocked(AdapterAddress, isHard: Bool)
    /// A privilege is missing, such as CAP_NET_ADMIN.
    case notPermitted(AdapterAddress, needs: String)
    /// It was there and is gone: unplugged, or the peer closed the stream.
    case lost(AdapterAddress)
    /// Nothing stands behind it that could be reset, as with a virtual adapter.
    case notResettable(AdapterAddress)
    /// Anything else the kernel refused.
    case system(SystemError)
}

extension AdapterError {
    /// What the kernel's refusal means for the person who reads of it.
    ///
    /// - Parameter index: where the adapter is, if it was found.
    init(_ error: SystemError, of adapter: AdapterAddress, at index: UInt16? = nil) {
        switch error.errno {
        case EAFNOSUPPORT, EPROTONOSUPPORT: self = .noBluetooth
        case EBUSY: self = .busy(adapter, user: AdapterUsers.describe())
        case ERFKILL:
            let isHard = index.map { AdapterDevice($0).isHardBlocked } ?? false
            self = .blocked(adapter, isHard: isHard)
        case EPERM: self = .notPermitted(adapter, needs: "CAP_NET_ADMIN")
        case EPIPE, ENODEV, ENETDOWN, EBADFD: self = .lost(adapter)
        case EOPNOTSUPP: self = .notResettable(adapter)
        default:
            let isPower = error.call == KernelAdapters.powerUp
            self = isPower ? .down(adapter, error) : .system(error)
        }
    }
}

extension AdapterError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noBluetooth:
            "this kernel has no Bluetooth (module 'bluetooth' is not loaded)"
        case .missing(let adapter, let present):
            present.isEmpty
                ? "adapter \(adapter) is missing"
                : "adapter \(adapter) is missing; present: \(present.joined(separator: ", "))"
        case .busy(let adapter, let user):
            "adapter \(adapter) is busy: \(user)"
        case .down(let adapter, let error):
            "adapter \(adapter) is down and does not come up: \(error.reason)"
        case .blocked(let adapter, let isHard):
            isHard
                ? "adapter \(adapter) is blocked by its hardware switch (rfkill)"
                : "adapter \(adapter) is blocked by rfkill ('rfkill unblock bluetooth' frees it)"
        case .notPermitted(let adapter, let needs):
            "adapter \(adapter) may not be used without \(needs)"
        case .lost(let adapter):
            "adapter \(adapter) is gone"
        case .notResettable(let adapter):
            "adapter \(adapter) has no bus or driver that could reset it"
        case .system(let error):
            error.description
        }
    }
}
