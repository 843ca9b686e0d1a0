// SPDX-License-Identifier: Apache-2.0
// A whole gateway in this process: real threads, real socket, simulated lines, an adapter that is
// not there. Tests drive it as its operators and its doors do.
import Glibc
import HTTP
import Locks
import Platform
import Synchronization
import Testing
import Timebase

@testable import Gateway

final class TestGateway: Sendable {
    let folder: String
    let chip: SimulatedChip
    let settings: Settings
    private let service: GatewayService
    private let thread: ThreadBox
    private let sink: LineStore
    private let log: FileDescriptor

    /// - Parameters:
    ///   - keys: further lines for `[gateway]` and `[api]`.
    ///   - onEvent: called on the office's thread.
    init(
        gatewayKeys: String = "", apiKeys: String = "", notifySocket: String? = nil,
        chip: SimulatedChip = SimulatedChip(), onEvent: @escaping @Sendable () -> Void = {}
    ) async throws {
        var name = Array("/tmp/lintel-gateway-XXXXXX".utf8CString)
        try #require(mkdtemp(&name) != nil)
        let folder = String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        self.folder = folder
        self.chip = chip
        let path = "\(folder)/lintel.conf"
        try StateFile.replace(path, with: Array(Self.settings(folder, gatewayKeys, apiKeys).utf8))
        settings = try #require(Settings.load(path).settings)
        for line in ["contact-301", "bolt-301", "exit-spa"] { chip.drive(line, isHigh: false) }
        log = try .open("\(folder)/log", flags: O_WRONLY | O_CREAT | O_APPEND)
        let sink = LineStore()
        self.sink = sink
        service = try GatewayService(
            settings, log: Log(.text(descriptor: log.rawValue)), simulated: chip,
            notifier: ServiceNotifier(socket: notifySocket ?? "/nonexistent"),
            events: { line in
                sink.append(line)
                onEvent()
            },
            reloaded: { Settings.load(path) })
        let running = service
        thread = try ThreadBox { _ = try? running.run() }
        try #require(await until { access(self.settings.apiSocket, F_OK) == 0 }, "no socket")
        try #require(await until { self.hasSeen("boot") }, "no boot")
    }

    deinit {
        stop()
        _ = Self.shell("rm -rf '\(folder)'")
    }

    /// Ends the gateway in good order.
    func stop() {
        service.stop()
        thread.join()
        withExtendedLifetime(log) {}
    }

    /// Rewrites the settings and has them read again.
    func reload(_ change: (String) -> String) throws {
        let path = "\(folder)/lintel.conf"
        let text = String(decoding: try StateFile.read(path, bytesMax: 1 << 16), as: UTF8.self)
        try StateFile.replace(path, with: Array(change(text).utf8))
        service.reload()
    }

    private static func settings(_ folder: String, _ gateway: String, _ api: String) -> String {
        """
        [gateway]
        id = b0b1b2b3
        site = a0a1a2a3a4a5a6a7
        zone = a8a9aaabacadaeaf
        state = \(folder)/state
        \(gateway)
        [radio corridor]
        adapter = h4:unix:\(folder)/no-controller
        [door 301]
        index = 2
        kind = guest-room
        radio = corridor
        lock = sim/lock-301
        contact = sim/contact-301
        privacy = sim/bolt-301
        granted-light = sim/light-301
        pulse = 3s
        [door spa / sauna]
        index = 3
        kind = amenity
        radio = corridor
        lock = sim/lock-spa
        rex = sim/exit-spa
        rex-unlocks = yes
        pulse = 3s
        [api]
        socket = \(folder)/lintel.sock
        \(api)
        """
    }

    var socket: String { settings.apiSocket }

    var logged: String {
        let bytes = try? StateFile.read("\(folder)/log", bytesMax: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    // MARK: - Events

    /// Every event so far, as it left the office.
    var events: [String] { sink.all }

    func hasSeen(_ event: String) -> Bool {
        events.contains { $0.contains("\"event\":\"\(event)\"") }
    }

    /// Waits for a condition, at most `limit`.
    func until(_ limit: Interval = .seconds(120), _ condition: () -> Bool) async -> Bool {
        do {
            try await eventually("it is so", within: limit, condition)
            return true
        } catch {
            return false
        }
    }

    // MARK: - Requests

    func get(_ path: String, asWords: Bool = false) throws -> OperatorClient.Answer {
        try OperatorClient(socket: socket).ask("GET", path, asWords: asWords)
    }

    func post(
        _ path: String, _ body: String, asWords: Bool = false
    ) throws -> OperatorClient.Answer {
        try OperatorClient(socket: socket).ask("POST", path, body: body, asWords: asWords)
    }

    /// `lintel` with these arguments, for this gateway.
    func lintel(_ arguments: String...) -> CommandRun {
        CommandRun.lintel(arguments + ["--socket", socket])
    }

    /// What a shell command prints; `nil` where it fails.
    static func shell(_ command: String) -> String? {
        guard let pipe = popen(command, "r") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return pclose(pipe) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
    }
}

/// A thread that is joined once.
private final class ThreadBox: Sendable {
    private let thread: Mutex<Thread?>

    init(_ body: sending @escaping () -> Void) throws {
        thread = Mutex(try Thread(name: "test-office", body: body))
    }

    func join() {
        thread.withLock { $0.take() }?.join()
    }
}

/// Text that threads share.
final class SharedText: Sendable {
    private let content = Mutex("")

    func append(_ text: String) { content.withLock { $0 += text } }
    var text: String { content.withLock { $0 } }
}

/// A connection that says something and stays.
final class OpenConnection {
    let descriptor: FileDescriptor

    init(_ socket: String, _ text: String) throws {
        descriptor = try LocalSocket.connect(to: socket)
        let bytes = Array(text.utf8)
        _ = try bytes.withUnsafeBytes { bytes in
            bytes.isEmpty ? 0 : try descriptor.write(bytes)
        }
    }
}
