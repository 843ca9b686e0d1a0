// SPDX-License-Identifier: Apache-2.0
// The one error of the environment: what was tried, on what, and what the kernel said.

import CSystemd
import Glibc

/// A refused system or library call, worded for the person who reads the journal:
/// `cannot open '/dev/gpiochip0': Permission denied (EACCES)`.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was tried, as a verb: the name of the call where it is one (`open`, `bind`, `read`).
    public let call: String
    /// What it was tried on: a path, an address, a device.
    public let subject: String
    /// The positive `errno` value.
    public let errno: Int32

    public init(call: String, subject: String, errno: Int32) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    public var description: String { "cannot \(call) '\(subject)': \(reason)" }

    /// The kernel's words and the symbol, without what was tried: `Permission denied (EACCES)`.
    public var reason: String {
        guard let words = strerrordesc_np(errno), let name = strerrorname_np(errno) else {
            return "error \(errno)"
        }
        return "\(String(cString: words)) (\(String(cString: name)))"
    }
}

extension SystemError {
    /// Passes on the result of a call that returns −1 and sets `errno`.
    @discardableResult
    public static func check(
        _ result: Int32, _ call: StaticString, _ subject: @autoclosure () -> String
    ) throws(SystemError) -> Int32 {
        guard result < 0 else { return result }
        // Before anything else that might change it.
        let number = Glibc.errno
        throw SystemError(call: "\(call)", subject: subject(), errno: number)
    }

    /// Passes on the result of a call that returns a negative `errno`, as libsystemd's do.
    @discardableResult
    public static func checkNegative(
        _ result: Int32, _ call: StaticString, _ subject: @autoclosure () -> String
    ) throws(SystemError) -> Int32 {
        guard result < 0 else { return result }
        throw SystemError(call: "\(call)", subject: subject(), errno: -result)
    }
}
