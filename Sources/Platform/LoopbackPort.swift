// SPDX-License-Identifier: Apache-2.0
// Ports of loopback for programs that are started and killed on them: by the demo, rigs and tests.
import CSystemd
import Glibc
import Timebase

/// A TCP port of 127.0.0.1.
public enum LoopbackPort {
    /// Below the ports the kernel gives away (`ip_local_port_range`, 32768 and up): no connection
    /// takes it while its program is dead, least of all the one that tries to reach it.
    private static let numbers: Range<UInt16> = 10_000..<32_768
    private static let triesMax = 100

    /// A port nobody listens on now.
    public static func free() throws(SystemError) -> UInt16 {
        for _ in 0..<triesMax {
            let port = UInt16.random(in: numbers)
            let socket = lintel_loopback_socket(port, 0)
            guard socket < 0 else {
                close(socket)
                return port
            }
        }
        throw SystemError(call: "bind", subject: "a port of loopback", errno: errno)
    }

    /// Waits until somebody listens on it, or nobody does any more: a program may hold its port
    /// for a while after it was killed, and the next one would not get it.
    ///
    /// - Returns: whether that came true in time.
    @discardableResult
    public static func wait(
        for port: UInt16, isAnswering expected: Bool, within limit: Interval = .seconds(30)
    ) -> Bool {
        let end = MonotonicClock.now() + limit
        while isAnswering(port) != expected {
            guard MonotonicClock.now() < end else { return false }
            usleep(10_000)
        }
        return true
    }

    private static func isAnswering(_ port: UInt16) -> Bool {
        let socket = lintel_loopback_socket(port, 1)
        guard socket >= 0 else { return false }
        close(socket)
        return true
    }
}
