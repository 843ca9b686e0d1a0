// SPDX-License-Identifier: Apache-2.0
// Other programs under test. Each runs in a process group of its own under timeout(1), so that
// none outlives the tests, even if they crash.
import Glibc
import Platform
import Testing
import Timebase

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A program that was started: its output line by line, its end, its death with its owner.
final class ChildProcess: @unchecked Sendable {
    /// What it printed, on standard output and standard error alike.
    let output = LineStore()
    private let program: ChildProgram
    private let input: Int32
    private let reader: Thread
    private let isSilent: Flag

    /// - Parameter arguments: the program, found like a shell finds it, and its arguments.
    init(_ arguments: [String]) throws {
        Signals.ignoreBrokenPipes()
        let (ours, theirs) = try Self.socketPair()
        let socket = FileDescriptor(owning: theirs, subject: arguments[0])
        // Not --kill-after: that counts from the first signal passed on, be it SIGHUP.
        program = try ChildProgram(
            ["timeout", "--signal=KILL", "240"] + arguments, input: socket, output: socket)
        input = fcntl(ours, F_DUPFD_CLOEXEC, 0)
        let output = output
        let isSilent = Flag()
        self.isSilent = isSilent
        reader = try Thread(name: "child-output") {
            defer { isSilent.raise() }
            guard let stream = fdopen(ours, "r") else { return }
            var line: UnsafeMutablePointer<CChar>?
            var capacity = 0
            while getline(&line, &capacity, stream) >= 0 {
                guard let line else { break }
                output.append(String(String(cString: line).prefix { $0 != "\n" }))
            }
            free(line)
            fclose(stream)
        }
    }

    deinit {
        program.destroy()
        program.wait()
        close(input)
        reader.join()
    }

    /// A line on its standard input.
    func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = Glibc.write(input, bytes, bytes.count)
    }

    /// Asks it to end, as systemd does.
    func terminate() { signal(SIGTERM) }

    func signal(_ number: Int32) { kill(program.process, number) }

    /// Waits for its end and its last word.
    ///
    /// - Returns: its exit status; above 128 for the number of the signal that ended it.
    func end() async throws -> Int32 {
        var information = siginfo_t()
        try await eventually("the process ends", scene: { output.all.joined(separator: "\n") }) {
            // Left a zombie, so that its number stays its own until the end of this object.
            waitid(P_PID, id_t(program.process), &information, WEXITED | WNOHANG | WNOWAIT)
            return information.si_signo == SIGCHLD && isSilent.isRaised
        }
        let status = information._sifields._sigchld.si_status
        return information.si_code == Int32(CLD_EXITED) ? status : 128 + status
    }

    /// Runs a program to its end.
    static func run(_ arguments: [String]) async throws -> (status: Int32, output: String) {
        let child = try ChildProcess(arguments)
        let status = try await child.end()
        return (status, child.output.all.joined(separator: "\n"))
    }

    private static func socketPair() throws -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        try SystemError.check(socketpair(AF_UNIX, kind, 0, &ends), "open", "socket pair")
        return (ends[0], ends[1])
    }
}

/// The programs of this package, as built beside the tests.
enum Programs {
    static let lintel = folder + "lintel"
    static let hotel = folder + "lintel-hotel"

    private static let folder: String = {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return (tests ?? "").split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/"
    }()
}
