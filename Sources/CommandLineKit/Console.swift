// SPDX-License-Identifier: Apache-2.0
// Where a command's words go. Tests hand in their own; the real one writes without buffering, so
// that a line is out before the next step is begun, and remembers when it could not.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Standard output and standard error of one run of a program.
public struct Console: Sendable {
    private let outputSink: @Sendable (String) -> Void
    private let errorSink: @Sendable (String) -> Void

    public init(
        output: @escaping @Sendable (String) -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) {
        outputSink = output
        errorSink = errors
    }

    /// The process's own. A failing standard output ends the process with status 1: nobody
    /// would see what follows.
    public static let standard = Console(
        output: { text in
            guard let code = writeAll(text, to: 1) else { return }
            _ = writeAll(
                "cannot write to standard output: \(String(cString: strerror(code)))\n", to: 2)
            exit(ExitCode.failed.rawValue)
        },
        errors: { _ = writeAll($0, to: 2) })

    /// One line of result on standard output.
    public func print(_ line: String) { outputSink(line + "\n") }

    /// Text for standard output as it is, without an end of line.
    public func write(_ text: String) { outputSink(text) }

    /// One line for the operator on standard error.
    public func report(_ line: String) { errorSink(line + "\n") }
}

/// The `errno` of the failure, or `nil` when all was written.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
