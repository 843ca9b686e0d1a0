// SPDX-License-Identifier: Apache-2.0
// Other programs, started and waited for by commands and rigs. The daemons start none.
import CSystemd
import Glibc

/// A program that was started; it is killed with its owner.
public final class ChildProgram {
    /// Its process, which leads a process group of its own.
    public let process: pid_t
    private var isReaped = false

    /// Starts a program, found as a shell finds it.
    ///
    /// - Parameters:
    ///   - input: what it reads.
    ///   - output: its standard output and standard error.
    public init(
        _ arguments: [String], input: borrowing FileDescriptor, output: borrowing FileDescriptor
    ) throws(SystemError) {
        process = try Self.spawn(arguments, input: input.rawValue, output: output.rawValue)
    }

    /// - Parameter input: the file it reads; nothing where left out.
    public convenience init(
        _ arguments: [String], input: String = "/dev/null", output: borrowing FileDescriptor
    ) throws(SystemError) {
        let reading = try FileDescriptor.open(input, flags: O_RDONLY)
        try self.init(arguments, input: reading, output: output)
    }

    /// Runs a program to its end.
    ///
    /// - Parameter input: the file it reads; nothing where left out.
    /// - Returns: its exit status, above 128 for the number of the signal that ended it, and what
    ///   it wrote, at most `outputBytesMax` of it.
    public static func run(
        _ arguments: [String], input: String = "/dev/null", outputBytesMax: Int = 1 << 20
    ) throws(SystemError) -> (status: Int32, output: [UInt8]) {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(pipe2(&ends, O_CLOEXEC), "open", "pipe")
        let child: ChildProgram
        do throws(SystemError) {
            child = try start(arguments, input, writing: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        let output = try everything(from: ends[0], arguments[0], bytesMax: outputBytesMax)
        return (child.wait(), output)
    }

    /// Starts a program with the writing end of a pipe, which is the child's alone afterwards.
    private static func start(
        _ arguments: [String], _ input: String, writing end: Int32
    ) throws(SystemError) -> ChildProgram {
        let writing = FileDescriptor(owning: end, subject: arguments[0])
        return try ChildProgram(arguments, input: input, output: writing)
    }

    /// Swift 6.0.3's optimiser trips over a descriptor that lives through several throwing calls.
    private static func everything(
        from end: Int32, _ subject: String, bytesMax: Int
    ) throws(SystemError) -> [UInt8] {
        let reading = FileDescriptor(owning: end, subject: subject)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 1)
        defer { buffer.deallocate() }
        var output: [UInt8] = []
        while case .bytes(let count) = try reading.read(into: buffer) {
            output += buffer.prefix(min(count, bytesMax - output.count))
        }
        return output
    }

    /// Asks it to end.
    public func terminate() { kill(-process, SIGTERM) }

    /// Ends it, as a power cut would.
    public func destroy() { kill(-process, SIGKILL) }

    /// Waits for its end.
    ///
    /// - Returns: its exit status; above 128 for the number of the signal that ended it.
    @discardableResult
    public func wait() -> Int32 {
        guard !isReaped else { return 0 }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        let signal = status & 0x7F
        return signal == 0 ? status >> 8 & 0xFF : 128 + signal
    }

    deinit {
        guard !isReaped else { return }
        destroy()
        wait()
    }

    private static func spawn(
        _ arguments: [String], input: Int32, output: Int32
    ) throws(SystemError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO)
        // Libraries open sockets without close-on-exec.
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this thread blocks, children would inherit.
        var noSignals = sigset_t()
        sigemptyset(&noSignals)
        posix_spawnattr_setsigmask(&attributes, &noSignals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var process = pid_t()
        let failure = posix_spawnp(
            &process, arguments[0], &actions, &attributes, &words, environ)
        guard failure == 0 else {
            throw SystemError(call: "start", subject: arguments[0], errno: failure)
        }
        return process
    }
}
