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

    /// Before closing: lets the last command out, but no longer than a moment. A controller that
    /// holds its RTS would otherwise make `close(2)` wait half a minute.
    static func finishSending(_ line: borrowing FileDescriptor) {
        for _ in 0..<Limits.serialFarewellMilliseconds {
            guard lintel_serial_unsent(line.rawValue) > 0 else { return }
            usleep(1_000)
        }
        _ = tcflush(line.rawValue, TCOFLUSH)
    }
}
