// SPDX-License-Identifier: Apache-2.0
// A real broker on loopback, as a hotel would run it: TLS with client certificates, a common name
// as user, and each gateway confined to its own topics.
import Glibc
import Platform

/// Debian's mosquitto, with certificates and settings made for the run.
public final class Broker {
    public let port: UInt16
    public let authority: BrokerAuthority
    private let scratch: ScratchFolder
    private var folder: String { scratch.path }
    private let secondsMax: Int
    private var program: ChildProgram?

    /// The user name of the hotel's server.
    public static let hotel = "hotel"

    /// Makes a broker that listens nowhere yet.
    ///
    /// - Parameters:
    ///   - secondsMax: it ends itself after this long, should its owner crash.
    ///   - settings: further lines of mosquitto.conf(5).
    public init(secondsMax: Int = 600, settings: [String] = []) throws {
        scratch = try ScratchFolder("broker")
        self.secondsMax = secondsMax
        port = try LoopbackPort.free()
        authority = try BrokerAuthority(folder: scratch.path)
        let server = try authority.issue("broker", isServer: true)
        try write(
            "mosquitto.conf",
            [
                "user root", "listener \(port) 127.0.0.1", "cafile \(authority.authorityFile)",
                "certfile \(server.certificateFile)", "keyfile \(server.keyFile)",
                "crlfile \(authority.revocationFile)", "require_certificate true",
                "use_identity_as_username true", "allow_anonymous false",
                "acl_file \(folder)/acl", "persistence true", "persistence_location \(folder)/",
                "autosave_on_changes true", "autosave_interval 1", "log_dest stdout",
            ] + settings)
        try write("acl", Self.accessRules)
    }

    /// Dead before its folder goes.
    deinit { program = nil }

    /// Starts it, or starts it again on the same port; ready when this returns.
    public func start() throws {
        Signals.ignoreBrokenPipes()
        let log = try FileDescriptor.open(
            logFile, flags: O_WRONLY | O_CREAT | O_APPEND, mode: 0o600)
        program = try ChildProgram(
            [
                "timeout", "--kill-after=5", "\(secondsMax)", "/usr/sbin/mosquitto", "-c",
                "\(folder)/mosquitto.conf",
            ], output: log)
        guard LoopbackPort.wait(for: port, isAnswering: true) else {
            throw SystemError(call: "start", subject: "mosquitto", errno: ETIMEDOUT)
        }
    }

    /// Ends it in good order: it keeps its sessions.
    public func stop() {
        program?.terminate()
        program?.wait()
        program = nil
    }

    /// Ends it as a power cut would.
    public func kill() {
        program = nil
        LoopbackPort.wait(for: port, isAnswering: false)
    }

    /// What it wrote, for whoever looks for the reason of a failure.
    public var log: String {
        (try? StateFile.read(logFile, bytesMax: 64 << 20)).map {
            String(decoding: $0, as: UTF8.self)
        }
            ?? ""
    }

    private var logFile: String { "\(folder)/log" }

    private static let accessRules: [String] = {
        var rules = ["user \(hotel)", "topic readwrite lintel/1/#"]
        for kind in ["snapshot", "command", "ack"] {
            rules.append("pattern read lintel/1/+/%u/\(kind)")
        }
        for kind in ["event", "result", "report", "status"] {
            rules.append("pattern write lintel/1/+/%u/\(kind)")
        }
        return rules
    }()

    private func write(_ name: String, _ lines: [String]) throws {
        let text = lines.map { $0 + "\n" }.joined()
        try StateFile.replace("\(folder)/\(name)", with: Array(text.utf8))
    }
}
