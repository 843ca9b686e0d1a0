// SPDX-License-Identifier: Apache-2.0
// Operators and monitors at the gateway's sockets, against the whole service.
import CommandLineKit
import Glibc
import HTTP
import Platform
import HotelWire
import Testing
import Timebase

@testable import Gateway

@Suite("The local API", .serialized)
struct LocalAPITests {
    private let gateway: TestGateway

    init() async throws { gateway = try await TestGateway() }

    @Test("An order is audited with who and why, and then opens the door once")
    func open() async throws {
        let answer = try gateway.post("/v1/doors/301/open", #"{"reason":"lost phone"}"#)
        #expect(answer.status == 200)
        let body = try #require(JSONValue(answer.text.utf8))
        #expect(body["result"]?.string == "done" && body["door"]?.string == "301")
        #expect(gateway.chip.isHigh("lock-301") == true)
        let events = gateway.events.compactMap { JSONValue($0.utf8) }
        let index = try #require(events.firstIndex { $0["event"]?.string == "ordered" })
        let ordered = events[index]
        #expect(ordered["by"]?.string == "operator")
        #expect(ordered["user"]?.number() == geteuid())
        #expect(ordered["command"]?.string == "open")
        #expect(ordered["reason"]?.string == "lost phone")
        #expect(ordered["door"]?.string == "301")
        #expect(ordered["order"]?.number() == body["order"]?.number() as UInt64?)
        #expect(
            events[index...].compactMap { $0["event"]?.string }.prefix(3)
                == ["ordered", "operatorOpen", "unlocked"])
        #expect(await gateway.until(.seconds(8)) { gateway.chip.isHigh("lock-301") == false })
        #expect(
            EventChain.verify(gateway.events.joined(separator: "\n")).firstBreak == nil)
    }

    @Test("A door that does not open says why, to programs and to people")
    func refused() async throws {
        gateway.chip.drive("bolt-301", isHigh: true)
        #expect(await gateway.until { gateway.hasSeen("privacyOn") })
        let answer = try gateway.post("/v1/doors/301/open", #"{"reason":"cleaning"}"#)
        #expect(answer.status == 409)
        let problem = try #require(JSONValue(answer.text.utf8))
        #expect(problem["reason"]?.string == "privacy")
        #expect(problem["status"]?.number() == 409)
        #expect(problem["title"]?.string == "Conflict")
        let words = gateway.lintel("open", "301", "--reason", "cleaning")
        #expect(words.status == .failed && words.output == "")
        #expect(
            words.errors
                == "lintel: door 301 does not open: the privacy bolt is closed: somebody inside "
                + "does not want to be disturbed\n")
        #expect(gateway.chip.isHigh("lock-301") == false)
    }

    @Test(
        "What is no order is refused with its reason and reaches no door",
        arguments: [
            ("/v1/doors/301/open", "", 400, "a reason is needed"),
            ("/v1/doors/301/open", #"{"reason":""}"#, 400, "a reason is needed"),
            ("/v1/doors/301/open", #"{"reason":7}"#, 400, "a reason is needed"),
            ("/v1/doors/301/open", "reason=x", 400, "not one flat JSON object"),
            ("/v1/doors/310/open", "{}", 404, "no door '310'; did you mean '301'?"),
            ("/v1/doors/301/mode", #"{"reason":"x","mode":"open"}"#, 400, "'mode' must be one of"),
            (
                "/v1/doors/301/mode", #"{"reason":"x","mode":"free-access"}"#, 409,
                "no hours of free access"
            ),
            ("/v1/doors/301/explode", #"{"reason":"x"}"#, 404, "cannot"),
            ("/v1/doors/301", "{}", 404, "a door and a verb"),
            ("/v1/status", "{}", 405, "takes GET only"),
            ("/nowhere", "{}", 405, "takes GET only"),
        ])
    func malformed(path: String, body: String, status: Int, words: String) throws {
        let answer = try gateway.post(path, body)
        #expect(answer.status == status)
        let problem = try #require(JSONValue(answer.text.utf8))
        let detail = try #require(problem["detail"]?.string)
        #expect(detail.contains(words), "\(detail)")
        #expect(!gateway.hasSeen("ordered"))
    }

    @Test("Bodies have a bound, orders are not GET, and unknown places are 404")
    func bounds() throws {
        let long = #"{"reason":""# + String(repeating: "x", count: 5_000) + "\"}"
        #expect(try gateway.post("/v1/doors/301/open", long).status == 413)
        let reason = #"{"reason":""# + String(repeating: "x", count: 201) + "\"}"
        #expect(try gateway.post("/v1/doors/301/open", reason).status == 400)
        #expect(try gateway.get("/v1/doors/301/open").status == 405)
        #expect(try gateway.get("/nowhere").status == 404)
        #expect(try gateway.get("/v1/events?after=x").status == 400)
        #expect(!gateway.hasSeen("ordered"))
    }

    @Test("A door's mode is ordered by name, whatever is in the name")
    func mode() async throws {
        let run = gateway.lintel(
            "mode", "spa / sauna", "lockdown", "--reason", "a guest \"slipped\"")
        #expect(run.errors == "")
        #expect(run.output == "door spa / sauna is in mode lockdown\n")
        #expect(await gateway.until { gateway.hasSeen("modeChanged") })
        let refused = try gateway.post("/v1/doors/spa%20%2F%20sauna/open", #"{"reason":"x"}"#)
        #expect(refused.status == 409 && refused.text.contains("\"reason\":\"lockdown\""))
        #expect(try gateway.get("/v1/doors").text.contains("\"mode\":\"lockdown\""))
    }

    @Test("A light is found and a clock confirmed without a reason, both in the audit")
    func harmless() async throws {
        let run = gateway.lintel("identify", "301")
        #expect(run.output == "door 301 blinks for 10 s, where it has a light\n", "\(run.errors)")
        #expect(await gateway.until { gateway.chip.isHigh("light-301") == true })
        #expect(gateway.lintel("clock", "confirm").output == "the clock is believed from now on\n")
        #expect(gateway.events.filter { $0.contains("\"ordered\"") }.count == 2)
        #expect(try gateway.get("/v1/status").text.contains("\"clock\":\"untrusted\"") == false)
    }

    @Test("Health tells what somebody should look at, and that doors go on")
    func health() async throws {
        #expect(
            await gateway.until {
                (try? gateway.get("/health").text.contains("no-controller")) == true
            })
        let answer = try gateway.get("/health")
        #expect(answer.status == 200 && answer.text.contains("\"status\":\"degraded\""))
        #expect(answer.text.contains("radio corridor hears nothing: adapter h4:unix:"))
        #expect(answer.text.contains("no snapshot: no pass opens a door"))
        #expect(try gateway.get("/health", asWords: true).text.hasPrefix("degraded\n  radio"))
    }

    @Test("Events are followed live, from any point")
    func follows() async throws {
        let sink = SharedText()
        let (socket, stopped) = (gateway.socket, SharedText())
        let thread = try Thread(name: "follower") {
            _ = try? OperatorClient(socket: socket).ask("GET", "/v1/events?follow=1&after=1") {
                sink.append($0)
            }
            stopped.append("stopped")
        }
        #expect(
            await gateway.until {
                sink.text.contains("\"sequence\":2,") || gateway.events.count < 2
            })
        for reason in ["first", "second"] {
            _ = try gateway.post(
                "/v1/doors/301/mode", #"{"mode":"service","reason":"\#(reason)"}"#)
            #expect(await gateway.until { sink.text.contains("\"reason\":\"\(reason)\"") })
        }
        let lines = gateway.events.drop { !$0.contains("\"sequence\":2,") }
        #expect(await gateway.until { sink.text == lines.map { $0 + "\n" }.joined() })
        gateway.stop()
        #expect(await gateway.until { stopped.text == "stopped" })
        thread.join()
    }

    @Test("Readers that leave are let go of, and there are never too many")
    func followersEnd() async throws {
        func followers() throws -> String {
            let metrics = try gateway.get("/metrics").text
            let line = metrics.split(separator: "\n").last { $0.hasPrefix("lintel_api_followers ") }
            return String(line ?? "")
        }
        do {
            var sockets: [OpenConnection] = []
            for _ in 0..<Limits.followersMax {
                sockets.append(
                    try OpenConnection(
                        gateway.socket, "GET /v1/events?follow=1 HTTP/1.1\r\nHost: x\r\n\r\n"))
            }
            #expect(await gateway.until { (try? followers()) == "lintel_api_followers 8" })
            #expect(try gateway.get("/v1/events?follow=1").status == 503)
            withExtendedLifetime(sockets) {}
        }
        #expect(await gateway.until { (try? followers()) == "lintel_api_followers 0" })
    }

    @Test("Nonsense on the socket and connections that say nothing stop nobody else")
    func nonsense() throws {
        var boxes: [OpenConnection] = []
        for index in 0..<Limits.apiConnectionsMax - 2 {
            boxes.append(
                try OpenConnection(gateway.socket, index % 2 == 0 ? "" : "\u{0}\u{7F}GET\r\n\r\n"))
        }
        #expect(try gateway.get("/health").status == 200)
        withExtendedLifetime(boxes) {}
    }

    @Test("curl speaks to the socket", .enabled(if: TestGateway.shell("command -v curl") != nil))
    func curl() throws {
        let curl = "curl --silent --max-time 10 --unix-socket \(gateway.socket) http://lintel"
        #expect(TestGateway.shell("\(curl)/health")?.hasPrefix("{\"status\":") == true)
        let opened = TestGateway.shell(
            "\(curl)/v1/doors/301/open -H 'Content-Type: application/json' "
                + "-d '{\"reason\":\"curl\"}'")
        #expect(opened?.contains("\"result\":\"done\"") == true)
        let head = TestGateway.shell("\(curl)/v1/status --head") ?? ""
        #expect(head.hasPrefix("HTTP/1.1 200") && head.contains("application/json"))
        let followed = TestGateway.shell(
            "timeout 2 \(curl.replacing("--silent", with: "--silent --no-buffer"))"
                + "'/v1/events?follow=1' | head -n 2; true")
        #expect(followed?.split(separator: "\n").count == 2)
    }
}
