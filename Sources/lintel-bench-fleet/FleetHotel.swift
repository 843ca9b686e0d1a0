// SPDX-License-Identifier: Apache-2.0
// A hotel of the size wanted, set up by its own commands: broker, server, and for each gateway its
// keys, its certificate and a door.
import CommandLineKit
import Glibc
import GuestPass
import HotelDesk
import HotelWire
import MQTT
import Platform
import Synchronization
import Timebase

final class FleetHotel {
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)

    private let scratch: ScratchFolder
    var folder: String { scratch.path }
    let port: UInt16
    private let server: String
    private(set) var broker: ChildProgram?
    private(set) var service: ChildProgram?

    init(server: String) throws {
        scratch = try ScratchFolder("fleet")
        self.server = server
        port = try LoopbackPort.free()
        try command("init", Self.site.description)
        try command(
            "broker", "init", "--host", "localhost", "--port", "\(port)", "--listen", "127.0.0.1",
            "--user", geteuid() == 0 ? "root" : "mosquitto")
    }

    /// Dead before their folder goes.
    deinit {
        service = nil
        broker = nil
    }

    /// Runs a command of `lintel-hotel` on this hotel's records.
    @discardableResult
    func command(_ arguments: String...) throws -> String {
        let texts = Mutex((output: "", errors: ""))
        let console = Console(
            output: { text in texts.withLock { $0.output += text } },
            errors: { text in texts.withLock { $0.errors += text } })
        let program = Program.hotel(clock: { WallClock.now() })
        let status = program.run(
            arguments + ["--database", "\(folder)/hotel.sqlite"], console: console)
        guard status == .done else {
            throw Unmeasured(texts.withLock { "\(arguments): \($0.errors)" })
        }
        return texts.withLock { $0.output }
    }

    /// Enrols gateways. They share one TLS key, which saves a process each.
    func enrol(_ count: Int, _ loop: EventLoop) throws -> [FleetGateway] {
        let key = "\(folder)/gateways.key"
        try openssl(
            "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key)
        try openssl(
            "req", "-new", "-key", key, "-subj", "/CN=request", "-out", "\(folder)/request")
        let request = String(
            decoding: try StateFile.read("\(folder)/request", bytesMax: 1 << 16), as: UTF8.self)
        return try (0..<count).map { index in
            try enrol(GatewayID(rawValue: UInt32(0x1000_0000 + index)), request, key, loop)
        }
    }

    private func enrol(
        _ id: GatewayID, _ request: String, _ key: String, _ loop: EventLoop
    ) throws -> FleetGateway {
        var random = SystemRandomNumberGenerator()
        let boxKey = BoxSecretKey.random(using: &random)
        let file = Array(
            EnrolmentRequest(boxKey: boxKey.publicKey, certificateRequest: request).text.utf8)
        let (asked, answered) = ("\(folder)/\(id).enroll", "\(folder)/\(id).approved")
        try StateFile.replace(asked, with: file)
        try command(
            "gateway", "approve", asked, "--name", "g\(id)", "--code", "\(EnrolmentCode(of: file))",
            "--id", "\(id)", "--out", answered)
        try command("door", "add", "d\(id)", "--gateway", "g\(id)", "--index", "2")
        let answer = try EnrolmentAnswer(
            StateFile.read(answered, bytesMax: EnrolmentAnswer.bytesMax))
        try StateFile.replace("\(folder)/\(id).crt", with: Array(answer.certificate.utf8))
        return try FleetGateway(
            SnapshotRecipient(
                site: answer.site, zone: answer.zone, gateway: id, boxKey: boxKey,
                issuer: answer.issuer, epochFloor: 0),
            MQTTSettings(
                host: "localhost", port: port, clientID: "\(id)", tls: tls("\(id).crt", key)),
            loop)
    }

    private func tls(_ certificate: String, _ key: String) -> MQTTSettings.TLS {
        .init(
            authorityFile: "\(folder)/broker/hotel/ca.crt",
            certificateFile: "\(folder)/\(certificate)", keyFile: key)
    }

    func startBroker() throws {
        broker = try start(["mosquitto", "-c", "\(folder)/broker/broker/mosquitto.conf"], "broker")
    }

    func startServer() throws {
        let text = "[hotel]\ndatabase = \(folder)/hotel.sqlite\n"
        try StateFile.replace("\(folder)/hotel.conf", with: Array(text.utf8))
        service = try start([server, "serve", "--config", "\(folder)/hotel.conf"], "server")
    }

    func stopServer() {
        service?.terminate()
        service?.wait()
        service = nil
    }

    private func start(_ arguments: [String], _ name: String) throws -> ChildProgram {
        let log = try FileDescriptor.open(
            "\(folder)/\(name).log", flags: O_WRONLY | O_CREAT | O_APPEND)
        return try ChildProgram(["timeout", "3600"] + arguments, output: log)
    }

    func log(_ name: String) -> String {
        let bytes = try? StateFile.read("\(folder)/\(name).log", bytesMax: 16 << 20)
        return String(decoding: (bytes ?? []).suffix(2_000), as: UTF8.self)
    }

    private func openssl(_ arguments: String...) throws {
        let (status, output) = try ChildProgram.run(["openssl"] + arguments)
        guard status == 0 else { throw Unmeasured(String(decoding: output, as: UTF8.self)) }
    }

    /// Bytes a second from one plain client to another through the same broker, at QoS 1 and with
    /// TLS, in messages of this size; the server must not run.
    func referenceRate(messageBytes: Int, count: Int) throws -> Double {
        let line = String(repeating: "x", count: messageBytes) + "\n"
        let text = String(repeating: line, count: count)
        try StateFile.replace("\(folder)/lines", with: Array(text.utf8))
        let first = GatewayID(rawValue: 0x1000_0000)
        let topic = "\(Topic(.event, of: first, at: Self.site))"
        let common =
            "-h localhost -p \(port) --cafile \(folder)/broker/hotel/ca.crt -q 1 -t \(topic)"
        let script = """
            mosquitto_sub \(common) --cert \(folder)/broker/hotel/hotel.crt \
              --key \(folder)/broker/hotel/hotel.key -C \(count) > /dev/null & s=$!
            sleep 1; date +%s.%N
            mosquitto_pub \(common) --cert \(folder)/\(first).crt --key \(folder)/gateways.key \
              -l < \(folder)/lines; wait $s; date +%s.%N
            """
        let (status, output) = try ChildProgram.run(["bash", "-c", script])
        let words = String(decoding: output, as: UTF8.self)
        let times = words.split(separator: "\n").compactMap { Double($0) }
        guard status == 0, times.count == 2, times[1] > times[0] else {
            throw Unmeasured("mosquitto_pub and mosquitto_sub: \(words)")
        }
        return Double(messageBytes * count) / (times[1] - times[0])
    }
}
