// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Glibc
import HotelWire
import Platform
import Timebase

/// One fleet, from the first connection to the last acknowledgement.
final class FleetBench {
    private let loop: EventLoop
    private let hotel: FleetHotel
    private let gateways: [FleetGateway]
    private let eventsEach: Int
    private static let patience = Interval.minutes(10)
    private static let referenceMessages = 400

    init(gateways count: Int, events: Int, server: String) throws {
        Signals.ignoreBrokenPipes()
        try Self.raiseDescriptorLimit(for: count)
        loop = try EventLoop()
        hotel = try FleetHotel(server: server)
        gateways = try hotel.enrol(count, loop)
        eventsEach = max(1, events / count)
    }

    func run(_ console: Console) throws {
        let before = Self.residentBytes(of: "self")
        try hotel.startBroker()
        try hotel.startServer()
        var line = JSONLine()
        line.add("gateways", gateways.count)
        for gateway in gateways { gateway.start() }
        let connecting = try until("every gateway has a snapshot") { $0.snapshot != nil }
        line.add("allConnectedSeconds", units: connecting.milliseconds, places: 3)
        try measureSnapshots(&line)
        let memory = (Self.residentBytes(of: "self") - before) / gateways.count
        let eventBytes = try measureEvents(&line)
        line.add("gatewayLinkKiB", memory / 1_024)
        line.add("serverMiB", Self.residentBytes(of: "\(try serverProcess())") >> 20)
        let refused = gateways.reduce(0) { $0 + $1.refused }
        for gateway in gateways { gateway.stop() }
        _ = try loop.runOnce(limit: .milliseconds(100))
        hotel.stopServer()
        let reference = try hotel.referenceRate(
            messageBytes: EventBatch.bytesMax - 1_024, count: Self.referenceMessages)
        line.add("eventBytesPerSecond", Int(eventBytes))
        line.add("mosquittoBytesPerSecond", Int(reference))
        line.add("ratioToMosquitto", units: Int64(eventBytes / reference * 1_000), places: 3)
        line.add("refused", refused)
        console.print(line.text)
        guard refused == 0 else { throw Unmeasured("\(refused) messages were not believed") }
    }

    /// A pass is issued and revoked by another process, as a clerk does.
    private func measureSnapshots(_ line: inout JSONLine) throws {
        let door = "d10000000"
        try hotel.command(
            "stay", "add", "--room", door, "--from", "2026-01-01T00:00:00Z", "--to",
            "2099-01-01T00:00:00Z")
        let pass = try hotel.command("pass", "issue", "1")
        let all = try until("every gateway knows the pass") {
            $0.snapshot?.credentials.count == 1
        }
        line.add("snapshotToAllMilliseconds", all.milliseconds)
        guard let id = JSONValue(pass.utf8, depthMax: 6)?["pass"]?.string else {
            throw Unmeasured("no pass was issued: \(pass)")
        }
        try hotel.command("pass", "revoke", id)
        let begun = MonotonicClock.now()
        var first: Interval?
        let gone = try until("no gateway knows the pass") { gateway in
            let isGone = gateway.snapshot?.credentials.isEmpty == true
            if isGone, gateway === gateways[0], first == nil {
                first = MonotonicClock.now() - begun
            }
            return isGone
        }
        line.add("revocationAtItsDoorMilliseconds", (first ?? gone).milliseconds)
        line.add("revocationAtAllMilliseconds", gone.milliseconds)
    }

    /// - Returns: bytes of events a second, from the doors to the records and back.
    private func measureEvents(_ line: inout JSONLine) throws -> Double {
        let begun = MonotonicClock.now()
        for gateway in gateways { gateway.happen(eventsEach) }
        _ = try until("every event is acknowledged") { $0.hasAllAcknowledged }
        let taken = (MonotonicClock.now() - begun).seconds
        let count = eventsEach * gateways.count
        line.add("events", count)
        line.add("eventsPerSecond", Int(Double(count) / taken))
        return Double(gateways.reduce(0) { $0 + $1.eventBytes }) / taken
    }

    /// Turns the loop until something holds for every gateway.
    private func until(
        _ what: String, _ holds: (FleetGateway) -> Bool
    ) throws -> Interval {
        let begun = MonotonicClock.now()
        while !gateways.allSatisfy(holds) {
            guard MonotonicClock.now() - begun < Self.patience else {
                let missing = gateways.filter { !holds($0) }.count
                throw Unmeasured(
                    "\(what): not so for \(missing) after 10 minutes\n\(hotel.log("server"))")
            }
            // Enough turns between two looks at a thousand gateways.
            for _ in 0..<64 where try !loop.runOnce(limit: .milliseconds(5)) { break }
        }
        return MonotonicClock.now() - begun
    }

    /// The server is a child of `timeout`.
    private func serverProcess() throws -> pid_t {
        guard let parent = hotel.service?.process else { throw Unmeasured("no server runs") }
        let path = "/proc/\(parent)/task/\(parent)/children"
        let text = String(decoding: try StateFile.read(path, bytesMax: 4_096), as: UTF8.self)
        guard let child = text.split(separator: " ").first.flatMap({ pid_t($0) }) else {
            throw Unmeasured("the server has ended: \(hotel.log("server"))")
        }
        return child
    }

    private static func residentBytes(of process: String) -> Int {
        let bytes = try? StateFile.read("/proc/\(process)/statm", bytesMax: 4_096)
        let pages = String(decoding: bytes ?? [], as: UTF8.self).split(separator: " ")
            .dropFirst().first.flatMap { Int($0) }
        return (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Two descriptors a gateway here, one at the broker, which inherits the limit.
    private static func raiseDescriptorLimit(for count: Int) throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard limit.rlim_cur > 3 * count + 100 else {
            throw Unmeasured(
                "\(count) gateways need \(3 * count + 100) descriptors, "
                    + "'ulimit -Hn' allows \(limit.rlim_cur)")
        }
    }
}
