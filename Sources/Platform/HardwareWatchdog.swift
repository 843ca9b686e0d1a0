// SPDX-License-Identifier: Apache-2.0
// The kernel's watchdog device: it resets the machine when nobody writes to it for some seconds,
// also when the kernel hangs. One program feeds it: not together with systemd's RuntimeWatchdogSec.

import CSystemd
import Glibc
import Timebase

/// An armed watchdog (Linux `Documentation/watchdog/watchdog-api.rst`).
public struct HardwareWatchdog: ~Copyable {
    private let device: FileDescriptor
    /// How long it waits; `nil` where the driver does not take a time and keeps its own.
    public let timeout: Interval?

    /// Opens and thereby arms it.
    public init(_ path: String, timeout: Interval) throws(SystemError) {
        let opened = try FileDescriptor.open(path, flags: O_WRONLY)
        let seconds = lintel_watchdog_set_timeout(
            opened.rawValue, Int32(clamping: timeout.milliseconds / 1_000))
        self.init(device: opened, timeout: seconds < 0 ? nil : .seconds(Int64(seconds)))
    }

    /// Swift 6.0.3's optimiser trips over a non-copyable member read while the whole is being made.
    private init(device: consuming FileDescriptor, timeout: Interval?) {
        self.device = device
        self.timeout = timeout
    }

    /// Any byte but `V` puts the reset off.
    public func feed() throws(SystemError) { try write(0) }

    /// Disarms it: `V`, then closing. A driver with `nowayout` set resets all the same.
    public consuming func disarm() throws(SystemError) { try write(UInt8(ascii: "V")) }

    private func write(_ byte: UInt8) throws(SystemError) {
        var byte = byte
        _ = try withUnsafeBytes(of: &byte) { bytes throws(SystemError) in
            try device.write(bytes)
        }
    }
}
