// SPDX-License-Identifier: Apache-2.0

import CBluetooth
import Glibc
import Platform

/// A UART with a controller on it.
enum SerialLine {
    /// Whether termios(3) has a constant for it.
    static func isSpeed(_ baud: Int32) -> Bool { lintel_serial_speed(baud) != speed_t(B0) }

    /// Opens it for us alone: eight bits, no parity, RTS/CTS flow control.
    static func open(_ path: String, baud: Int32) throws(SystemError) -> FileDescriptor {
        let line = try FileDescriptor.open(path, flags: O_RDWR | O_NOCTTY | O_NONBLOCK)
        try SystemError.check(
            lintel_serial_configure(line.rawValue, baud), "set up serial line", path)
        return line
    }
}
