// SPDX-License-Identifier: Apache-2.0
// A program under observation: what it prints, how much memory and processor time it takes.
import Glibc
import Platform
import Timebase

final class SoakProcess {
    let output: FileDescriptor
    private let process: pid_t
    private var partial: [UInt8] = []

    /// - Parameter log: where its standard error goes.
    init(_ words: [String], log: String) throws {
        var ends: [Int32] = [-1, -1]
        try SystemError.check(pipe(&ends), "open", "pipe")
        output = FileDescriptor(owning: ends[0], subject: words[0])
        try output.setNonBlocking()
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        let appending = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, appending, 0o600)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var started = pid_t()
        let failure = posix_spawn(&started, words[0], &actions, nil, &arguments, environ)
        close(ends[1])
        guard failure == 0 else {
            throw SystemError(call: "start", subject: words[0], errno: failure)
        }
        process = started
    }

    /// Ends it in good order.
    ///
    /// - Returns: its exit status, or 128 and the signal that ended it.
    func stop() -> Int32 {
        kill(process, SIGTERM)
        var status: Int32 = 0
        waitpid(process, &status, 0)
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
    }

    /// The whole lines printed since the last call.
    func lines() throws -> [String] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let outcome = buffer.withUnsafeMutableBytes { raw in
                Result { () throws(SystemError) in try output.read(into: raw) }
            }
            guard case .bytes(let count) = try outcome.get() else { break }
            partial += buffer[..<count]
        }
        guard let end = partial.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        defer { partial.removeFirst(end + 1) }
        return partial[..<end].split(separator: UInt8(ascii: "\n")).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    var residentBytes: UInt64 { Self.residentBytes(of: "\(process)") }

    /// Of a process by its number, or of `self`.
    static func residentBytes(of process: String) -> UInt64 {
        guard let bytes = try? StateFile.read("/proc/\(process)/statm", bytesMax: 256) else {
            return 0
        }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? UInt64(fields[1]) ?? 0 : 0)
            * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// How long its threads could have run and were not given a processor (proc(5), `schedstat`).
    var waitedForProcessor: Interval {
        guard let tasks = opendir("/proc/\(process)/task") else { return .zero }
        defer { closedir(tasks) }
        var sum = Interval.zero
        while let task = readdir(tasks) {
            let name = withUnsafeBytes(of: task.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            let file = "/proc/\(process)/task/\(name)/schedstat"
            guard let bytes = try? StateFile.read(file, bytesMax: 256) else { continue }
            let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
            sum = sum + .nanoseconds(fields.count > 1 ? Int64(fields[1]) ?? 0 : 0)
        }
        return sum
    }

    /// User and system time so far (proc(5), `stat`, fields 14 and 15).
    var processorTime: Interval {
        guard let bytes = try? StateFile.read("/proc/\(process)/stat", bytesMax: 1_024) else {
            return .zero
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        guard fields.count > 13, let user = Int64(fields[12]), let system = Int64(fields[13]) else {
            return .zero
        }
        return .milliseconds((user + system) * 1_000 / Int64(sysconf(Int32(_SC_CLK_TCK))))
    }
}
