// SPDX-License-Identifier: Apache-2.0
// How one thread wakes another's loop: an eventfd, the only cross-thread signal in the daemon.

import CSystemd
import Glibc

/// A wake-up any thread may ring and one loop answers (`eventfd(2)`).
public final class Doorbell: Sendable {
    private let descriptor: FileDescriptor

    public init() throws(SystemError) {
        let raw = try SystemError.check(
            eventfd(0, lintel_eventfd_flags), "create", "eventfd")
        descriptor = FileDescriptor(owning: raw, subject: "eventfd")
    }

    /// Watch this for reading; then `answer()`, then look at what was left at the door.
    public var rawValue: Int32 { descriptor.rawValue }

    /// Makes the descriptor readable. Never blocks: a full counter is already readable.
    public func ring() {
        var one: UInt64 = 1
        while Glibc.write(descriptor.rawValue, &one, 8) < 0 && errno == EINTR {}
    }

    /// Makes it unreadable again; false if nobody had rung.
    @discardableResult
    public func answer() -> Bool {
        var count: UInt64 = 0
        while true {
            if Glibc.read(descriptor.rawValue, &count, 8) == 8 { return true }
            guard errno == EINTR else { return false }
        }
    }
}
