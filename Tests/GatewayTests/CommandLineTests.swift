// SPDX-License-Identifier: Apache-2.0
// Every command of `lintel` as an operator meets it: words, JSON lines and exit statuses.
import CommandLineKit
import Platform
import Testing

@testable import Gateway

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The commands of lintel")
struct CommandLineTests {
    private static let keys = [
        "--k-dev", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "--site", "a0a1a2a3a4a5a6a7", "--zone", "a0a1a2a3a4a5a6a7", "--gateway", "b0b1b2b3",
        "--epoch", "7", "--unix", "1767225600",
    ]
    private static let answering = ["--counter", "0xab", "--nonce", "0123456789abcdef"]

    // The expected texts are protocol.md §9, but for adv_service, where §4 puts 16 for FF.
    private static let challengeText: String =
        "{\"mode\":\"challenge\",\"window\":58907520,"
        + "\"core16\":\"0fd3d8e239353aefe298ba168772d73d\","
        + "\"core20\":\"0fd3d8e239353aef4fe53d538d7c6ed30e7f722c\","
        + "\"adv_manufacturer\":\"17ffffff0fd3d8e239353aef4fe53d538d7c6ed30e7f722c\","
        + "\"adv_service\":\"1716ffff0fd3d8e239353aef4fe53d538d7c6ed30e7f722c\","
        + "\"adv_ibeacon\":"
        + "\"02011a1aff4c0002150fd3d8e239353aef4fe53d538d7c6ed30e7f722cc5\","
        + "\"adv_uuid128\":\"02011a11073dd7728716ba98e2ef3a3539e2d8d30f\"}\n"
    private static let presenceText: String =
        "{\"mode\":\"presence\",\"window\":58907520,"
        + "\"core16\":\"0fd3d8e2393511fcf8b70e14637a61b2\",\"core20\":null,"
        + "\"adv_manufacturer\":\"13ffffff0fd3d8e2393511fcf8b70e14637a61b2\","
        + "\"adv_service\":\"1316ffff0fd3d8e2393511fcf8b70e14637a61b2\","
        + "\"adv_ibeacon\":null,"
        + "\"adv_uuid128\":\"02011a1107b2617a63140eb7f8fc113539e2d8d30f\"}\n"
    private static let timedText: String =
        "{\"mode\":\"timed\",\"window\":58907520,"
        + "\"core16\":\"0fd3d8e2393501ed7ec4477c105ad194\",\"core20\":null,"
        + "\"adv_manufacturer\":\"13ffffff0fd3d8e2393501ed7ec4477c105ad194\","
        + "\"adv_service\":\"1316ffff0fd3d8e2393501ed7ec4477c105ad194\","
        + "\"adv_ibeacon\":null,"
        + "\"adv_uuid128\":\"02011a110794d15a107c47c47eed013539e2d8d30f\"}\n"
    private static let challengeOptions: [String] =
        ["--mode", "challenge", "--door", "2", "--intent", "3", "--ext", "c0c1c60e"] + answering
    /// One typed table: Swift 6.0.3 does not see the end of it written in place.
    private static let vectors: [([String], String)] = [
        (challengeOptions, challengeText), (["--mode", "presence"], presenceText),
        (["--mode", "timed", "--door", "2", "--intent", "1"], timedText),
    ]

    @Test(
        "What a phone would send agrees with the protocol's vectors",
        arguments: vectors)
    func encode(options: [String], expected: String) {
        let run = CommandRun.lintel(["pass", "encode"] + Self.keys + options)
        #expect(run.status == .done && run.errors.isEmpty)
        #expect(run.output == expected)
    }

    @Test("A beacon agrees with the protocol's vector")
    func beacon() {
        let run = CommandRun.lintel(
            [
                "pass", "beacon", "--k-bcn",
                "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f", "--gateway",
                "b0b1b2b3", "--unix", "1767225600",
            ] + Self.answering)
        #expect(run.status == .done && run.errors.isEmpty)
        #expect(
            run.output == "{\"beacon\":\"10b0b1b2b30000ab0123456789abcdef6955b90095feb2a8\","
                + "\"adv_beacon\":\"0201061bffffff10b0b1b2b30000ab0123456789abcdef"
                + "6955b90095feb2a8\"}\n")
    }

    @Test(
        "What a gateway reads in a pass, and whether it believes it",
        arguments: [
            (
                "0fd3d8e239353aef4fe53d538d7c6ed30e7f722c", ExitCode.done,
                "{\"mode\":\"challenge\",\"window\":58907520,\"door\":2,\"moving\":true,"
                    + "\"tapped\":true,\"userVerified\":false,\"counterLow\":11,\"heardAt\":-58,"
                    + "\"margin\":14,\"otherGateway\":\"c0c1\",\"tag\":\"right\"}\n"
            ),
            (
                "0fd3d8e239353aefe298ba168772d73c", .failed,
                "{\"mode\":\"challenge\",\"window\":58907520,\"door\":2,\"moving\":true,"
                    + "\"tapped\":true,\"userVerified\":false,\"counterLow\":11,"
                    + "\"tag\":\"wrong\"}\n"
            ),
            (
                "0fd3d8e2393511fcf8b70e14637a61b2", .done,
                "{\"mode\":\"presence\",\"window\":58907520,\"door\":0,\"moving\":false,"
                    + "\"tapped\":false,\"userVerified\":false,\"counterLow\":0,"
                    + "\"tag\":\"right\"}\n"
            ),
            ("1fd3d8e2393511fcf8b70e14637a61b2", .failed, ""),
        ])
    func decodePass(pass: String, status: ExitCode, expected: String) {
        let run = CommandRun.lintel(["pass", "decode", pass] + Self.keys + Self.answering)
        #expect(run.status == status && run.output == expected)
        #expect(
            run.errors
                == (expected.isEmpty
                    ? "lintel: not a pass of these keys within two windows of that moment\n" : ""))
    }

    @Test("A capture's reports are printed one by one")
    func decodeCapture() throws {
        let run = CommandRun.lintel(
            "decode", CaptureDecoderTests.path("android_2023_ext.btsnoop"))
        #expect(run.status == .done && run.errors.isEmpty && run.lines.count == 12)
        try Fixtures.expect(run.output, isGolden: "commands/decode.jsonl")
    }

    @Test("A file that is no capture is called so")
    func noCapture() {
        let path = Fixtures.folder + "/README.md"
        let run = CommandRun.lintel("decode", path)
        #expect(run.status == .failed && run.output.isEmpty)
        #expect(run.errors == "lintel: '\(path)' is not a btsnoop file\n")
        #expect(
            CommandRun.lintel("decode", "/nonexistent").errors
                == "lintel: cannot open '/nonexistent': No such file or directory (ENOENT)\n")
    }

    @Test("Settings without errors are called so, and simulated lines are pointed out")
    func good() throws {
        let hotel = try Hotel()
        let run = CommandRun.lintel("check", "--config", hotel.configuration)
        #expect(run.status == .done && run.errors.isEmpty)
        #expect(run.lines.count == 5 && run.lines.allSatisfy { !$0.contains("error: ") })
        #expect(
            run.lines[0] == "\(hotel.configuration):16: warning: value 'sim/lock-301' for key "
                + "'lock' in [door 301] is simulated; real lines are written CHIP/LINE; nothing "
                + "moves")
        #expect(run.lines[4] == "0 errors, 4 warnings")
    }

    @Test("All that is wrong with settings is said at once", arguments: ["misspelt", "dangerous"])
    func bad(name: String) throws {
        let folder = SettingsFindingsTests.folder
        let run = CommandRun.lintel("check", "--config", "\(folder)/\(name).conf")
        let golden = try StateFile.read("\(folder)/\(name).txt", bytesMax: 65_536)
        #expect(run.status == .misused && run.errors.isEmpty)
        #expect(
            run.output.replacing("\(folder)/", with: "") == String(decoding: golden, as: UTF8.self))
    }

    @Test("A line this machine does not have keeps a gateway from starting, with both findings")
    func missingChip() throws {
        let hotel = try Hotel()
        let text = String(
            decoding: try StateFile.read(hotel.configuration, bytesMax: 65_536), as: UTF8.self)
        try StateFile.replace(
            hotel.configuration, with: Array(text.replacing("sim/lock", with: "gone/lock").utf8))
        let check = CommandRun.lintel("check", "--config", hotel.configuration)
        let findings = check.lines.filter { $0.contains(": error: ") }
        try #require(check.status == .misused && findings.count == 2)
        #expect(findings[0].contains(":16: error: line 'gone/lock-301', the lock of [door 301],"))
        #expect(findings[1].contains(":23: error: line 'gone/lock-302', the lock of [door 302],"))
        #expect(findings.allSatisfy { $0.hasSuffix("no door of this gateway can be driven") })
        let run = CommandRun.lintel("run", "--config", hotel.configuration)
        #expect(run.status == .misused)
        #expect(
            run.complaints == findings.map { $0 + "\n" }.joined()
                + "lintel: the settings have errors; nothing was started, locks are as they "
                + "were\n")
    }

    @Test(
        "No command begins with settings that are wrong",
        arguments: [
            ["run"], ["rest"], ["snapshot", "x"], ["replay", "--snapshot", "x", "y"],
        ])
    func wrongSettings(command: [String]) {
        let run = CommandRun.lintel(command + ["--config", "/nonexistent/lintel.conf"])
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(
            run.errors == "/nonexistent/lintel.conf: error: cannot open "
                + "'/nonexistent/lintel.conf': No such file or directory (ENOENT); the settings "
                + "must be readable by lintel's user; the gateway does not start\n"
                + "lintel: the settings have errors; nothing was started, locks are as they "
                + "were\n")
    }

    private static let mistakes: [([String], String)] = [
        (
            ["check", "--confg", "x"],
            """
            lintel check: unknown option '--confg'; did you mean '--config'?
            lintel check: unexpected argument 'x'

            """
        ),
        (
            ["decode"],
            "lintel decode: CAPTURE is missing: a btsnoop file, as btmon or Android write it\n"
        ),
        (["decode", "a", "b"], "lintel decode: unexpected argument 'b'\n"),
        (["run", "--config"], "lintel run: --config needs a value, FILE\n"),
        (
            [
                "pass", "beacon", "--k-bcn", "00", "--gateway", "b0b1b2", "--counter",
                "0x1000000",
            ],
            """
            lintel pass beacon: --k-bcn: '00' is not 64 hexadecimal digits
            lintel pass beacon: --gateway: 'b0b1b2' is not 8 hexadecimal digits
            lintel pass beacon: --counter: '0x1000000' is not a number of 24 bits, as \
            0xab or 171
            lintel pass beacon: --unix is missing: the moment, in seconds since 1970
            lintel pass beacon: --nonce is missing: the nonce

            """
        ),
    ]

    @Test(
        "A wrong command line is answered with every finding, and nothing is done",
        arguments: mistakes)
    func misuse(arguments: [String], findings: String) {
        let run = CommandRun.lintel(arguments)
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(run.errors.hasPrefix(findings))
        #expect(run.errors.dropFirst(findings.count).hasPrefix("nothing was done; see 'lintel "))
    }

    @Test("A challenge pass needs the beacon it answers")
    func unanswered() {
        let run = CommandRun.lintel(["pass", "encode"] + Self.keys + ["--mode", "challenge"])
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(
            run.errors == "lintel: a challenge pass answers a beacon: give its --counter and "
                + "--nonce\n")
    }

    @Test("Every command explains itself")
    func help() throws {
        let names = CommandRun.lintel("--help").lines.filter { $0.hasPrefix("  ") }.map { line in
            String(line.dropFirst(2)).split(separator: "  ").first.map(String.init) ?? ""
        }
        try #require(names.count == GatewayCommands.all.count)
        let texts = names.map { name in
            CommandRun.lintel(name.split(separator: " ").map(String.init) + ["--help"])
        }
        for (name, run) in zip(names, texts) {
            #expect(run.status == .done && run.errors.isEmpty)
            #expect(
                run.output.split(whereSeparator: \.isWhitespace).starts(
                    with: "Usage: lintel \(name)".split(separator: " ")))
        }
        try Fixtures.expect(
            texts.map(\.output).joined(separator: "\n"), isGolden: "commands/help.txt")
    }
}
