// SPDX-License-Identifier: Apache-2.0
// What leaves the house in a report, and above all what does not.
import BLEWire
import Configuration
import DoorCore
import Foundation
import Glibc
import GuestPass
import Platform
import Rig
import Synchronization
import Testing
import Timebase

@testable import Gateway

@Suite("Reports", .serialized)
struct ReportTests {
    private static let parts = [
        "program", "machine", "adapters", "clock", "status", "radio", "settings", "metrics",
        "event",
    ]

    private struct Part {
        let name: String
        let object: [String: Any]
    }

    private func parts(of text: String) throws -> [Part] {
        try text.split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let object = try #require(value as? [String: Any])
            return Part(name: try #require(object["part"] as? String), object: object)
        }
    }

    @Test("A report of a running gateway has every part, each line an object of its own")
    func whole() async throws {
        let gateway = try await TestGateway()
        _ = try gateway.post("/v1/doors/301/open", #"{"reason":"report"}"#)
        #expect(await gateway.until { gateway.hasSeen("unlocked") })
        let run = gateway.lintel("report")
        #expect(run.status == .done)
        let parts = try parts(of: run.output)
        #expect(Set(parts.map(\.name)) == Set(Self.parts))
        func only(_ name: String) throws -> [String: Any] {
            try #require(parts.first { $0.name == name }).object
        }
        #expect(try only("machine")["release"] as? String != nil)
        #expect(try only("clock")["state"] as? String != nil)
        #expect(try (only("metrics")["text"] as? String)?.contains("lintel_unlocks_total") == true)
        #expect(
            try (only("status")["gateway"] as? [String: Any])?["gateway"] as? String == "b0b1b2b3")
        let settings = parts.filter { $0.name == "settings" }.map(\.object)
        #expect(
            settings.contains {
                $0["section"] as? String == "[door 301]" && $0["key"] as? String == "pulse"
                    && $0["value"] as? String == "3s"
            })
        let events = parts.filter { $0.name == "event" }
        #expect(
            events.contains {
                ($0.object["event"] as? [String: Any])?["reason"] as? String == "report"
            })
    }

    @Test("It is bounded: the oldest events are left out")
    func bounded() async throws {
        let gateway = try await TestGateway()
        let account = GatewayAccount(gateway.settings, at: .origin)
        let events = (1...400).map { number in
            Event(
                sequence: UInt64(number), at: .origin, wall: nil, clock: .untrusted, door: nil,
                credential: nil, kind: .configurationChanged)
        }
        let words = EventLine(gateway.settings, origin: .origin)
        for event in events { _ = account.trail.append(event, words.line(event)) }
        let limit = 60_000
        let text = GatewayReport.bundle(account, at: .origin, bytesMax: limit)
        #expect(text.utf8.count <= limit && text.utf8.count > limit - 500)
        #expect(text.contains("\"sequence\":400,") && !text.contains("\"sequence\":1,"))
        #expect(text.hasSuffix("\n"))
    }

    @Test(
        "A secret in the settings is not shown",
        arguments: [
            ("password", "hunter2", "(not shown)"), ("api-token", "abc", "(not shown)"),
            ("box-key", "00ff", "(not shown)"), ("key", "/etc/lintel/key", "/etc/lintel/key"),
            ("broker", "mqtts://u:pa@ss@host:8883", "mqtts://(not shown)@host:8883"),
            ("broker", "mqtts://host:8883", "mqtts://host:8883"), ("near", "-62dBm", "-62dBm"),
        ])
    func blanked(key: String, value: String, shown: String) {
        let entry = SettingsEntry(
            kind: "hotel", name: "", key: key, value: value,
            position: IniPosition(file: "", line: 1))
        #expect(GatewayReport.blanked(entry) == shown)
    }

    @Test("No key of the house and nothing of a stranger's device is in it")
    func nothingForeign() async throws {
        let folder = "/tmp/lintel-report-\(UInt32.random(in: 0...(.max)))"
        try StateFile.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let stranger = AirAddress(octets: [0x99, 0x88, 0x77, 0x66, 0x55, 0x44], isRandom: false)
        let words = Array("Grandma's hearing aid".utf8)
        let air = try RoomAir(
            socket: "\(folder)/controller",
            advert: HeardAdvert(
                kind: .connectable, address: stranger,
                payload: [UInt8(words.count + 1), 0x09] + words,
                reception: Reception(rssi: -61, channel: 37)))
        defer { air.stop() }
        let hotel = try Hotel(adapter: "h4:unix:\(folder)/controller")
        let ada = Guest("ada", 1)
        try hotel.grant(ada)
        let gateway = try RunningGateway(hotel)
        defer { gateway.stop() }
        try await gateway.hears()
        try await gateway.waits(for: "strangers are heard") { air.adverts > 50 }
        let client = OperatorClient(socket: hotel.file("api"))
        var text = ""
        try await gateway.waits(for: "the doors have told of their controller") {
            text = (try? client.ask("GET", "/v1/report", asWords: false).text) ?? ""
            return text.contains("\"hciVersion\":9")
        }
        let box = try String(contentsOfFile: hotel.file("state/box.key"), encoding: .utf8)
        let key = try ada.key()
        let secrets: [[UInt8]] = [
            Hotel.beaconKeyBytes, [UInt8](repeating: 1, count: 32),
            key.recognitionKey(zone: Hotel.zone, epoch: Hotel.epoch).withUnsafeBytes { Array($0) },
        ]
        var forbidden = secrets.map { Hexadecimal.encode($0) }
        forbidden += box.split(whereSeparator: { $0 == ":" || $0 == "\n" }).map(String.init)
        forbidden += ["44:55:66:77:88:99", "99:88:77:66:55:44", "445566778899", "998877665544"]
        forbidden += ["Grandma", Hexadecimal.encode(words)]
        #expect(
            forbidden.contains { $0.count == 64 && !secrets.map(Hexadecimal.encode).contains($0) })
        for secret in forbidden {
            #expect(!text.lowercased().contains(secret.lowercased()), "\(secret)")
        }
    }

    @Test("Where no gateway runs, the settings and the machine are still told")
    func without() throws {
        let hotel = try Hotel()
        let run = CommandRun.lintel(["report", "--config", hotel.configuration])
        #expect(run.status == .failed)
        #expect(run.errors.contains("no gateway is running here"))
        let names = Set(try parts(of: run.output).map(\.name))
        #expect(names == ["program", "machine", "adapters", "finding", "settings"])
    }
}
