// SPDX-License-Identifier: Apache-2.0
// `systemctl reload` as an operator sees it: what changes, what waits, what is refused.
import DoorCore
import Glibc
import Locks
import Platform
import Testing
import Timebase

@testable import Gateway

@Suite("What a reload changes")
struct SettingsChangeTests {
    private static let base = """
        [gateway]
        id = b0b1b2b3
        site = a0a1a2a3a4a5a6a7
        zone = a0a1a2a3a4a5a6a7
        [radio corridor]
        adapter = hci0
        [door 301]
        index = 2
        kind = guest-room
        radio = corridor
        lock = sim/lock
        contact = sim/contact
        near = -62dBm

        """

    private func settings(_ text: String) throws -> Settings {
        try #require(Settings.read([(path: "lintel.conf", bytes: Array(text.utf8))]).settings)
    }

    private func change(_ edit: (String) -> String) throws -> SettingsChange {
        SettingsChange(from: try settings(Self.base), to: try settings(edit(Self.base)))
    }

    @Test("Rules of a door, radios and the local API change at once")
    func live() throws {
        let change = try change {
            $0.replacing("near = -62dBm", with: "near = -58dBm\npulse = 7s")
                .replacing("adapter = hci0", with: "adapter = hci1")
                + "[api]\nmetrics-port = 9000\n"
        }
        #expect(
            change.applied == [
                "[radio corridor] adapter", "[door 301] near", "[door 301] pulse",
                "[api] metrics-port",
            ])
        #expect(change.refused.isEmpty)
        let door = try #require(change.settings?.doors.first?.configuration)
        #expect(door.pulse == .seconds(7) && door.proximity.near == -58)
        #expect(change.settings?.metricsPort == 9_000)
    }

    @Test("A key that is taken out has its default again")
    func removed() throws {
        let change = try change { $0.replacing("near = -62dBm\n", with: "") }
        #expect(change.applied == ["[door 301] near"])
        let expected = ProximityParameters().near
        #expect(change.settings?.doors.first?.configuration.proximity.near == expected)
    }

    @Test("Wiring, identity, and doors that come or go are named, and wait for a restart")
    func waits() throws {
        let change = try change {
            $0.replacing("lock = sim/lock", with: "lock = sim/other")
                .replacing("id = b0b1b2b3", with: "id = b0b1b2b4")
                .replacing("near = -62dBm", with: "near = -60dBm")
                + "[door 302]\nindex = 3\nkind = guest-room\nradio = corridor\nlock = sim/b\n"
        }
        #expect(change.applied == ["[door 301] near"])
        #expect(
            change.refused == [
                "[gateway] id: who the gateway is is fixed at the start",
                "[door 301] lock: what a door is wired to is fixed at the start",
                "[door 302] is new: lines and radios are taken at the start",
            ])
        let merged = try #require(change.settings)
        #expect(merged.doors.count == 1 && "\(merged.gateway)" == "b0b1b2b3")
        #expect(merged.lines.map(\.request.specification.place) == ["sim/lock", "sim/contact"])
        let gone = SettingsChange(from: try settings(Self.base + Self.other), to: merged)
        #expect(gone.refused == ["[door 302] is gone: lines and radios are let go of at the end"])
        #expect(gone.settings?.doors.count == 2)
    }

    private static let other = """
        [door 302]
        index = 3
        kind = guest-room
        radio = corridor
        lock = sim/b

        """

    @Test("What only makes sense with new wiring is refused whole, by the rules of a start")
    func senseless() throws {
        let change = try change { $0 + "rex = sim/exit\nrex-unlocks = yes\n" }
        #expect(change.refused == ["[door 301] rex: what a door is wired to is fixed at the start"])
        #expect(change.settings == nil)
        #expect(
            change.findings.map(\.what) == ["rex-unlocks = yes without a rex line in [door 301]"])
    }

    @Test("The same settings in another order and with other comments change nothing")
    func same() throws {
        let change = try change {
            "; moved\n[api]\n" + $0.replacing("near = -62dBm", with: "near = -62dBm   ; measured")
        }
        #expect(change.applied.isEmpty && change.refused.isEmpty && change.settings != nil)
    }
}

@Suite("A gateway that reads its settings again", .serialized)
struct ReloadTests {
    @Test("A door in mid-pulse keeps its permit, the next pulse has the new length, no line moves")
    func midPulse() async throws {
        let gateway = try await TestGateway()
        let edges = { gateway.chip.edges.filter { $0.line == "lock-301" } }
        #expect(try gateway.post("/v1/doors/301/open", #"{"reason":"a"}"#).status == 200)
        #expect(await gateway.until { edges().count == 1 })
        try gateway.reload { $0.replacing("pulse = 3s\n[door spa", with: "pulse = 4s\n[door spa") }
        #expect(await gateway.until { gateway.hasSeen("configurationChanged") })
        #expect(edges().count == 1)
        #expect(await gateway.until { edges().count == 2 })
        #expect(gateway.logged.contains("settings in force: [door 301] pulse"))
        func pulse(_ number: Int) -> Int64 {
            let found = edges()
            return (found[2 * number + 1].at - found[2 * number].at).milliseconds
        }
        #expect((2_900...3_900).contains(pulse(0)))
        #expect(
            await gateway.until { (try? gateway.get("/v1/doors").text.contains("locked")) == true })
        var status = 0
        #expect(
            await gateway.until {
                status = (try? gateway.post("/v1/doors/301/open", #"{"reason":"b"}"#).status) ?? 0
                return status == 200
            })
        #expect(await gateway.until { edges().count == 4 })
        #expect((3_900...5_900).contains(pulse(1)))
        #expect(gateway.chip.edges.allSatisfy { $0.line != "lock-spa" })
    }

    @Test("Settings with an error change nothing, say everything, and show in the health")
    func refused() async throws {
        let notify = try NotifySocket()
        let gateway = try await TestGateway(notifySocket: notify.path)
        _ = try notify.take()
        try gateway.reload {
            $0.replacing("pulse = 3s", with: "pulse = 90s").replacing(
                "kind = amenity", with: "kind")
        }
        #expect(await gateway.until { gateway.logged.contains("those read before stay in force") })
        #expect(gateway.logged.contains("value '90s' for key 'pulse' in [door 301]"))
        #expect(gateway.logged.contains("lintel.conf:20: error: "), "\(gateway.logged)")
        #expect(!gateway.hasSeen("configurationChanged"))
        #expect(
            try gateway.get("/v1/status").text.contains(
                "the settings have errors: those on disk are not in force"))
        let messages = try notify.take().filter { !$0.contains("WATCHDOG") }
        #expect(messages.count == 2)
        #expect(messages.first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
        #expect(messages.last?.hasPrefix("READY=1\n") == true)
        try gateway.reload {
            $0.replacing("pulse = 90s", with: "pulse = 5s").replacing(
                "kind\n", with: "kind = amenity\n")
        }
        #expect(await gateway.until { gateway.hasSeen("configurationChanged") })
        #expect(try !gateway.get("/v1/status").text.contains("not in force"))
    }

    @Test("What waits for a restart is said by name, and the rest is in force")
    func waits() async throws {
        let gateway = try await TestGateway()
        try gateway.reload {
            $0.replacing("sim/bolt-301", with: "sim/other-bolt")
                .replacing("zone = a8a9aaabacadaeaf", with: "zone = a8a9aaabacadaea0")
        }
        #expect(await gateway.until { gateway.logged.contains("nothing changes") })
        #expect(
            gateway.logged.contains(
                "[door 301] privacy: what a door is wired to is fixed at the start; "
                    + "the old value stays in force until the service restarts"))
        #expect(try gateway.get("/v1/status").text.contains("wait for a restart: [gateway] zone"))
    }

    @Test("A radio is opened anew where it is set otherwise, and the API moves with its socket")
    func radioAndSocket() async throws {
        let gateway = try await TestGateway()
        try gateway.reload {
            $0.replacing("no-controller", with: "another")
                .replacing("/lintel.sock", with: "/moved.sock")
        }
        let moved = "\(gateway.folder)/moved.sock"
        #expect(await gateway.until { access(moved, F_OK) == 0 })
        #expect(access(gateway.socket, F_OK) != 0, "the old socket is gone")
        #expect(
            await gateway.until {
                let answer = try? OperatorClient(socket: moved).ask("GET", "/v1/status")
                return answer?.text.contains("another is missing") == true
            })
        #expect(await gateway.until { gateway.hasSeen("configurationChanged") })
    }

    @Test("SIGHUP makes the program read its settings again, and it goes on")
    func signal() async throws {
        let hotel = try Hotel(adapter: "h4:unix:/nonexistent/controller")
        let gateway = try ChildProcess([
            Programs.lintel, "run", "--events", "--config", hotel.configuration,
        ])
        let scene = { gateway.output.all.joined(separator: "\n") }
        try await eventually("it runs", scene: scene) {
            !gateway.output.lines(with: "\"boot\"").isEmpty
        }
        let text = String(
            decoding: try StateFile.read(hotel.configuration, bytesMax: 1 << 16), as: UTF8.self)
        try StateFile.replace(
            hotel.configuration, with: Array(text.replacing("pulse = 3s", with: "pulse = 6s").utf8))
        gateway.signal(SIGHUP)
        try await eventually("it has read them", scene: scene) {
            !gateway.output.lines(with: "settings in force: [door 301] pulse, [door 302] pulse")
                .isEmpty && !gateway.output.lines(with: "\"configurationChanged\"").isEmpty
        }
        gateway.terminate()
        let status = try await gateway.end()
        #expect(status == 0, "\(scene())")
    }
}
