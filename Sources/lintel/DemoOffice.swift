// SPDX-License-Identifier: Apache-2.0
// The hotel's side of the demonstration, as a hotel has it: `lintel-hotel` with its records, a
// broker that it configured, and the running server with the board. All of it listens on loopback
// alone and lives in the demonstration's own folder.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Rig
import Timebase

/// Records, broker and server.
final class DemoOffice {
    /// Why the gateways work without a broker; `nil` where there is one.
    private(set) var obstacle: String?
    let port: UInt16
    let boardPort: UInt16
    let scratch: ScratchFolder
    /// Drawn when the hotel was made.
    private(set) var site = SiteID(rawValue: 0)
    private let program: String
    private let secondsMax: Int64
    private var broker: ChildProgram?
    private var server: ChildProgram?

    private static let hotel = "Hotel Adler"
    private static let brokerStart = Interval.seconds(5)

    /// - Parameter length: nothing outlives this by more than a minute, whatever becomes of us.
    init(in scratch: ScratchFolder, length: Interval) throws {
        self.scratch = scratch
        secondsMax = length.milliseconds / 1_000 + 60
        program = try Self.neighbour("lintel-hotel")
        (port, boardPort) = (try LoopbackPort.free(), try LoopbackPort.free())
        let made = try answers(["init", Self.hotel]).first
        guard let id = made?["site"]?.string.flatMap({ SiteID($0) }) else {
            throw CommandFailure("'lintel-hotel init' printed no site")
        }
        site = id
        do {
            try run(
                "broker", "init", "--host", "localhost", "--port", "\(port)", "--listen",
                "127.0.0.1", "--user", geteuid() == 0 ? "root" : "mosquitto")
            broker = try start(
                ["mosquitto", "-c", scratch.file("broker/broker/mosquitto.conf")], "broker.log")
            try waitForBroker()
        } catch {
            broker = nil
            obstacle = "\(error)"
        }
    }

    /// Begins to serve.
    func open() throws {
        guard obstacle == nil else { return }
        let text = "[hotel]\ndatabase = \(records)\n[web]\nlisten = 127.0.0.1:\(boardPort)\n"
        try StateFile.replace(scratch.file("hotel.conf"), with: Array(text.utf8))
        server = try start(
            [program, "serve", "--config", scratch.file("hotel.conf")], "server.log")
    }

    func end() {
        for child in [server, broker] {
            child?.terminate()
            child?.wait()
        }
        (server, broker) = (nil, nil)
    }

    var issuerText: String { get throws { try run("issuer") } }

    /// Makes a gateway known, with a certificate where there is a broker.
    ///
    /// - Returns: the keys of the `[hotel]` section of its settings.
    func add(_ name: String, _ id: String, boxKey: BoxPublicKey) throws -> String {
        guard obstacle == nil else {
            try run("gateway", "add", name, "--box-key", "\(boxKey)", "--id", id)
            return ""
        }
        let file = { [scratch] (kind: String) in scratch.file("\(name).\(kind)") }
        try openssl(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out",
            file("key"))
        try openssl("req", "-new", "-key", file("key"), "-subj", "/CN=\(name)", "-out", file("csr"))
        let request = EnrolmentRequest(
            boxKey: boxKey,
            certificateRequest: String(
                decoding: try StateFile.read(file("csr"), bytesMax: 1 << 16), as: UTF8.self))
        let bytes = Array(request.text.utf8)
        try StateFile.replace(file("enroll"), with: bytes)
        try run(
            "gateway", "approve", file("enroll"), "--name", name, "--id", id, "--code",
            "\(EnrolmentCode(of: bytes))", "--out", file("approved"))
        let answer = try EnrolmentAnswer(
            StateFile.read(file("approved"), bytesMax: EnrolmentAnswer.bytesMax))
        try StateFile.replace(file("crt"), with: Array(answer.certificate.utf8))
        try StateFile.replace(file("ca"), with: Array(answer.authority.utf8))
        return """
            broker = \(answer.broker)
            authority = \(file("ca"))
            certificate = \(file("crt"))
            key = \(file("key"))
            """
    }

    func addDoor(
        _ name: String, _ index: UInt8, gateway: String, kind: String = "guest-room"
    ) throws {
        try run("door", "add", name, "--gateway", gateway, "--index", "\(index)", "--kind", kind)
    }

    /// The pass of a stay, for the guest's phone.
    func issue(stay: UInt64) throws -> (credential: UInt64, key: DeviceKey, beaconKey: BeaconKey) {
        let pass = try answers(["pass", "issue", "\(stay)"]).first
        let now = WallClock.now()
        let today = pass?["beaconKeys"]?.array?.last {
            $0["from"]?.string.flatMap { UnixTime(text: $0) }.map { $0 <= now } ?? false
        }
        guard let id = pass?["pass"]?.string.flatMap({ SiteID($0) }),
            let key = pass?["deviceKey"]?.string.flatMap({ Hexadecimal.decode($0) })
                .flatMap({ DeviceKey(bytes: $0) }),
            let beacon = today?["key"]?.string.flatMap({ Hexadecimal.decode($0) })
                .flatMap({ BeaconKey(bytes: $0) })
        else { throw CommandFailure("'lintel-hotel pass issue' printed no pass") }
        return (id.rawValue, key, beacon)
    }

    /// A snapshot as a file, for a gateway without a broker.
    func snapshot(_ name: String) throws -> [UInt8] {
        let file = scratch.file("\(name).snapshot")
        try run("snapshot", "--gateway", name, "--out", file)
        return try StateFile.read(file, bytesMax: Snapshot.Limits.bytesMax)
    }

    /// How many events of the gateways are in the hotel's records.
    func storedEvents() throws -> UInt64 {
        try answers(["list", "gateways"]).reduce(0) { sum, gateway in
            sum + (gateway["events"]?.array?.last?.number() ?? 0)
        }
    }

    /// What the server logged, for the case that something went wrong.
    var loggedText: String {
        let bytes = try? StateFile.read(scratch.file("server.log"), bytesMax: 1 << 20)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    var records: String { scratch.file("hotel.sqlite") }

    /// The JSON objects a command prints; what is for people stands beside them.
    func answers(_ arguments: [String]) throws -> [JSONValue] {
        try run(arguments).split(separator: "\n").filter { $0.hasPrefix("{") }.compactMap {
            JSONValue($0.utf8, depthMax: 6)
        }
    }

    @discardableResult
    private func run(_ arguments: String...) throws -> String { try run(arguments) }

    @discardableResult
    func run(_ arguments: [String], input: String = "/dev/null") throws -> String {
        let (status, output) = try ChildProgram.run(
            [program] + arguments + ["--database", records], input: input)
        let words = String(decoding: output, as: UTF8.self)
        guard status == 0 else {
            throw CommandFailure("'lintel-hotel \(arguments[0])' failed: \(words)")
        }
        return words
    }

    private func openssl(_ arguments: String...) throws {
        let (status, output) = try ChildProgram.run(["openssl"] + arguments)
        guard status == 0 else { throw CommandFailure(String(decoding: output, as: UTF8.self)) }
    }

    private func start(_ arguments: [String], _ log: String) throws -> ChildProgram {
        let log = try FileDescriptor.open(
            scratch.file(log), flags: O_WRONLY | O_CREAT | O_APPEND)
        return try ChildProgram(["timeout", "\(secondsMax)"] + arguments, output: log)
    }

    private func waitForBroker() throws {
        guard LoopbackPort.wait(for: port, isAnswering: true, within: Self.brokerStart) else {
            let bytes = try? StateFile.read(scratch.file("broker.log"), bytesMax: 1 << 16)
            throw CommandFailure(
                "mosquitto does not answer: \(String(decoding: bytes ?? [], as: UTF8.self))")
        }
    }

    /// A program in the folder of this one.
    private static func neighbour(_ name: String) throws -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else {
            throw SystemError(call: "read", subject: "/proc/self/exe", errno: errno)
        }
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex)
        let path = "\(folder)/\(name)"
        guard access(path, X_OK) == 0 else {
            throw CommandFailure(
                "'\(path)' is not there: the demonstration needs the hotel's program too; "
                    + "'make build' makes both")
        }
        return path
    }
}
