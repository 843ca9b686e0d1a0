// SPDX-License-Identifier: Apache-2.0
// What the service manager is told (`sd_notify(3)`). Without a manager every call does nothing.

import CSystemd

/// Tells systemd how the service is doing.
public struct ServiceNotifier: Sendable {
    private let socket: String?

    /// - Parameter socket: a socket's path; `nil`: `$NOTIFY_SOCKET`, as systemd sets it.
    public init(socket: String? = nil) { self.socket = socket }

    /// Doors are being watched: start-up, or a reload, is complete.
    public func ready(status: String) { send("READY=1\nSTATUS=\(oneLine(status))") }

    /// A reload has begun (`Type=notify-reload` wants the moment with it); `ready` ends it.
    public func reloading() {
        let microseconds = MonotonicClock.now().nanoseconds / 1_000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)")
    }

    /// Shutting down.
    public func stopping(status: String) { send("STOPPING=1\nSTATUS=\(oneLine(status))") }

    /// One line for `systemctl status`.
    public func status(_ line: String) { send("STATUS=\(oneLine(line))") }

    /// Still alive; `EventLoop.feedWatchdog` does this by itself.
    public func watchdog() { send("WATCHDOG=1") }

    private func send(_ message: String) {
        if let socket {
            _ = lintel_notify(socket, message)
        } else {
            _ = sd_notify(0, message)
        }
    }

    private func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
