// SPDX-License-Identifier: Apache-2.0
// A descriptor with exactly one owner: it cannot be copied, so it is closed once and never used
// afterwards. Errno policy for all of the daemon: EINTR is retried, EAGAIN is an answer, a peer
// that went away is the end of the stream, everything else is an error.

import CSystemd
import Glibc

/// An open file, socket or device, closed when its owner lets go of it.
public struct FileDescriptor: ~Copyable, Sendable {
    /// The number to hand to C; it stays owned here.
    public private(set) var rawValue: Int32
    /// What errors call it: a path, an address, a device.
    public let subject: String

    /// Takes over a descriptor that nothing else will close.
    public init(owning rawValue: Int32, subject: String) {
        precondition(rawValue >= 0)
        self.rawValue = rawValue
        self.subject = subject
    }

    deinit {
        if rawValue >= 0 { _ = Glibc.close(rawValue) }
    }

    /// Opens `path` close-on-exec (`open(2)`).
    public static func open(
        _ path: String, flags: Int32, mode: mode_t = 0o600
    ) throws(SystemError) -> FileDescriptor {
        while true {
            let raw = Glibc.open(path, flags | O_CLOEXEC, mode)
            if raw >= 0 { return FileDescriptor(owning: raw, subject: path) }
            guard errno == EINTR else {
                throw SystemError(call: "open", subject: path, errno: errno)
            }
        }
    }

    /// A new non-blocking stream socket, close-on-exec (`socket(2)`).
    public static func streamSocket(
        family: Int32, subject: String
    ) throws(SystemError) -> FileDescriptor {
        let raw = try SystemError.check(lintel_stream_socket(family), "open socket to", subject)
        return FileDescriptor(owning: raw, subject: subject)
    }

    /// Another descriptor of the same open file (`F_DUPFD_CLOEXEC`).
    public func duplicate() throws(SystemError) -> FileDescriptor {
        let raw = try SystemError.check(fcntl(rawValue, F_DUPFD_CLOEXEC, 0), "duplicate", subject)
        return FileDescriptor(owning: raw, subject: subject)
    }

    /// Gives the number to a new owner, who will close it.
    public consuming func release() -> Int32 {
        let raw = rawValue
        rawValue = -1
        return raw
    }

    /// What a non-blocking read found.
    public enum ReadOutcome: Equatable, Sendable {
        case bytes(Int)
        case wouldBlock
        /// End of file, or the peer is gone.
        case end
    }

    /// Reads what is there into `buffer`, which must not be empty.
    public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> ReadOutcome
    {
        precondition(!buffer.isEmpty)
        while true {
            let count = Glibc.read(rawValue, buffer.baseAddress, buffer.count)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case ECONNRESET,
                EIO where isTerminal:
                return .end
            default: throw SystemError(call: "read", subject: subject, errno: errno)
            }
        }
    }

    /// Writes as much as is taken now: from 0 (would block) to all of `bytes`.
    /// SIGPIPE is expected to be ignored (`Signals.ignoreBrokenPipes`).
    public func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> Int {
        while true {
            let count = Glibc.write(rawValue, bytes.baseAddress, bytes.count)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return 0
            default: throw SystemError(call: "write", subject: subject, errno: errno)
            }
        }
    }

    /// Makes reads and writes return at once (`O_NONBLOCK`).
    public func setNonBlocking() throws(SystemError) {
        let flags = try SystemError.check(fcntl(rawValue, F_GETFL), "fcntl", subject)
        try SystemError.check(fcntl(rawValue, F_SETFL, flags | O_NONBLOCK), "fcntl", subject)
    }

    /// A terminal whose other end is gone says EIO to everything where a socket says end of file;
    /// on a disk EIO stays an error.
    private var isTerminal: Bool {
        let saved = errno
        defer { errno = saved }
        return isatty(rawValue) == 1 || errno == EIO
    }
}
