// SPDX-License-Identifier: Apache-2.0
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("The commands of lintel-hotel")
struct HotelCommandTests {
    private let hotel: TestHotel
    private let gateway = TestGateway(0xB0B1_B2B3)

    init() throws {
        hotel = try TestHotel()
        _ = try hotel.initialise()
        try hotel.add(gateway, name: "corridor")
        try hotel.done("door", "add", "301", "--gateway", "corridor", "--index", "2")
        try hotel.done(
            "stay", "add", "--room", "301", "--from", "2026-01-01T00:00:00Z", "--to",
            "2026-01-02T00:00:00Z")
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    @Test("Only the owner can read the database, its companions and passes in files")
    func modes() throws {
        let file = hotel.file("phone.json")
        try hotel.done("pass", "issue", "1", "--out", file)
        #expect(mode(file) == 0o600)
        #expect(mode(hotel.directory + "/desk") == 0o700)
        let names = try FileManager.default.contentsOfDirectory(
            atPath: hotel.directory + "/desk")
        #expect(names.contains("hotel.sqlite"))
        for name in names { #expect(mode("\(hotel.directory)/desk/\(name)") == 0o600) }
        #expect(
            try TestPhone.read(String(contentsOfFile: file, encoding: .utf8)).format == 1)
    }

    @Test("A database others could read is refused")
    func exposed() throws {
        chmod(hotel.database, 0o640)
        let run = hotel.run(["list", "stays"])
        #expect(run.status == .failed && run.output.isEmpty)
        #expect(
            run.errors == "lintel-hotel: '\(hotel.database)' holds keys and has mode 640, so "
                + "others can get at them; refused until 'chmod 600' makes it private\n")
    }

    @Test("Lists show what was added and no key")
    func lists() throws {
        let phone = try TestPhone.read(hotel.done("pass", "issue", "1"))
        let zone = TestHotel.site
        let box = gateway.boxKey.publicKey
        let lists = try ["gateways", "doors", "stays", "passes"].map { try hotel.done("list", $0) }
        #expect(
            lists == [
                "{\"gateway\":\"b0b1b2b3\",\"name\":\"corridor\",\"zone\":\"\(zone)\","
                    + "\"boxKey\":\"\(box)\",\"epoch\":0,\"online\":false,\"sent\":0,"
                    + "\"running\":null,\"inEffect\":false,\"clock\":null,\"version\":null,"
                    + "\"lastSeen\":null,\"events\":[0,0],\"lost\":0,\"alarms\":[],"
                    + "\"retired\":null}\n",
                "{\"door\":\"301\",\"gateway\":\"b0b1b2b3\",\"index\":2,\"raisedLevel\":0,"
                    + "\"kind\":\"guest-room\"}\n",
                "{\"stay\":1,\"doors\":[\"301\"],\"from\":\"2026-01-01T00:00:00.000Z\","
                    + "\"to\":\"2026-01-02T00:00:00.000Z\",\"kind\":\"guest\",\"level\":3,"
                    + "\"consent\":[],\"status\":\"inHouse\",\"room\":\"301\","
                    + "\"guest\":null,\"reference\":null}\n",
                "{\"pass\":\"\(phone.pass)\",\"stay\":1,"
                    + "\"issued\":\"2026-01-01T12:00:00.000Z\",\"revoked\":null}\n",
            ])
        #expect(!lists.joined().contains(phone.deviceKey))
    }

    @Test("A revoked pass's key is no longer in the database's files")
    func forgotten() throws {
        let phone = try TestPhone.read(hotel.done("pass", "issue", "1"))
        let key = try #require(Hexadecimal.decode(phone.deviceKey))
        #expect(try contains(key))
        try hotel.done("pass", "revoke", phone.pass)
        #expect(try !contains(key))
    }

    private func contains(_ key: [UInt8]) throws -> Bool {
        let directory = hotel.directory + "/desk"
        return try FileManager.default.contentsOfDirectory(atPath: directory).contains { name in
            let file = URL(fileURLWithPath: "\(directory)/\(name)")
            return try Array(Data(contentsOf: file)).firstRange(of: key) != nil
        }
    }

    @Test("Without an identifier or zone, a gateway gets a random one and the site's")
    func defaults() throws {
        let key = try BoxSecretKey(
            text: "lintel-box-secret-1:" + String(repeating: "5", count: 64)
        ).publicKey
        let line = try hotel.done("gateway", "add", "lobby", "--box-key", key.description)
        #expect(line.contains("\"zone\":\"\(TestHotel.site)\""))
        let file = hotel.file("key")
        try key.exportedText().write(toFile: file, atomically: true, encoding: .utf8)
        let again = hotel.run(["gateway", "add", "lobby2", "--box-key", file])
        #expect(
            again.status == .failed && again.errors.contains("another gateway has this box key"))
    }

    @Test(
        "What cannot be done is said with its reason, and changes nothing",
        arguments: [
            (["init", "again"], "is already a hotel's database; it was left as it is"),
            (
                ["gateway", "add", "corridor", "--box-key", String(repeating: "2", count: 64)],
                "a gateway is already called 'corridor' or has the identifier"
            ),
            (
                ["door", "add", "301", "--gateway", "corridor", "--index", "3"],
                "a door is already called '301'"
            ),
            (
                ["door", "add", "302", "--gateway", "corridor", "--index", "2"],
                "index 2 on this gateway is already the door '301'; phones could not tell them"
            ),
            (
                ["door", "add", "302", "--gateway", "coridor", "--index", "3"],
                "no gateway is called 'coridor'; did you mean 'corridor'?"
            ),
            (
                [
                    "stay", "add", "--room", "30l", "--from", "2026-01-01T00:00:00Z", "--to",
                    "2026-01-02T00:00:00Z",
                ], "no door is called '30l'; did you mean '301'?"
            ),
            (
                [
                    "stay", "add", "--room", "301", "--from", "2026-01-02T00:00:00Z", "--to",
                    "2026-01-02T00:00:00Z",
                ],
                "the stay would end at 2026-01-02T00:00:00.000Z, not after it begins"
            ),
            (["pass", "issue", "9"], "there is no stay 9"),
            (["pass", "revoke", "0000000000000001"], "there is no pass 0000000000000001"),
            (["snapshot", "--gateway", "cellar"], "no gateway is called 'cellar'; see"),
            (
                ["snapshot", "--gateway", "corridor", "--out", "/nowhere/x"],
                "cannot open '/nowhere/x.new': No such file or directory (ENOENT)"
            ),
        ])
    func failures(arguments: [String], message: String) throws {
        let before = try ["gateways", "doors", "stays", "passes"].map {
            try hotel.done("list", $0).replacing("\"epoch\":1", with: "\"epoch\":0")
        }
        let run = hotel.run(arguments)
        #expect(run.status == .failed && run.output.isEmpty)
        #expect(run.errors.hasPrefix("lintel-hotel: ") && run.errors.contains(message), "\(run)")
        let after = try ["gateways", "doors", "stays", "passes"].map {
            try hotel.done("list", $0).replacing("\"epoch\":1", with: "\"epoch\":0")
        }
        #expect(before == after)
    }

    @Test(
        "What is wrongly written is refused with the rule it breaks",
        arguments: [
            (["init", "../x"], "SITE: '../x' is not a name: 1 to 64 characters, no '/'"),
            (["pass", "issue", "x"], "STAY: 'x' is not a whole number from 1"),
            (["pass", "revoke", "12"], "PASS: '12' is not 16 hexadecimal digits"),
            (
                ["list", "keys"],
                "WHAT: 'keys' is not one of gateways, doors, guests, stays, passes"
            ),
            (
                ["door", "add", "x", "--gateway", "corridor", "--index", "32"],
                "--index: '32' is not a whole number from 0 to 31"
            ),
            (
                ["stay", "add", "--room", "301", "--from", "2026-01-01", "--to", "tomorrow"],
                "--from: '2026-01-01' is not a time from 1970 to 2106 with its zone"
            ),
            (
                ["gateway", "add", "x", "--box-key", "/none"],
                "--box-key: cannot open '/none': No such file or directory (ENOENT)"
            ),
            (
                ["gateway", "add", "x", "--box-key", "/etc/hostname"],
                "--box-key: '/etc/hostname' does not begin with 'lintel-box-public-1:'"
            ),
        ])
    func misuse(arguments: [String], message: String) {
        let run = hotel.run(arguments)
        #expect(run.status == .misused && run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(
        "Every command explains itself",
        arguments: [
            "init", "gateway add", "door add", "guest add", "guest change", "preference add",
            "preference remove", "preference list", "stay add", "stay change", "stay condition",
            "stay check-in", "stay undo-check-in", "stay check-out", "stay undo-check-out",
            "consent give", "consent withdraw", "consent list", "arrivals", "arrival greeted",
            "arrival served", "audit", "pass issue", "pass revoke", "snapshot", "list",
            "usage evidence",
        ])
    func help(command: String) {
        let run = hotel.run(command.split(separator: " ").map(String.init) + ["--help"])
        #expect(run.status == .done && run.output.hasPrefix("Usage: lintel-hotel \(command) "))
    }

    @Test("Looking at guests from the command line is audited, too")
    func views() throws {
        for command in [
            ["list", "guests"], ["list", "stays"], ["list", "passes"], ["arrivals"],
            ["usage", "list"], ["consent", "list", "1"], ["journeys", "timeline", "1"],
        ] { #expect(hotel.run(command).status == .done, "\(command)") }
        let lines = try hotel.done("audit").split(separator: "\n").filter {
            $0.contains("\"actor\":\"command line\",\"action\":\"viewed\"")
        }
        let subjects = lines.compactMap { JSONValue($0.utf8)?["subject"]?.string }
        #expect(
            subjects == [
                "stay 1", "stay 1", "usage", "arrivals", "passes", "stays", "guests",
            ])
    }

    @Test("A command works on the records the server's settings name, unless it is told others")
    func records() throws {
        let nothing = hotel.program(["list", "doors"])
        #expect(nothing.status == .misused && nothing.output.isEmpty)
        #expect(
            nothing.errors == "lintel-hotel: there is no '\(hotel.settings)' that names the "
                + "hotel's records; write 'database = FILE' into its section [hotel], or say "
                + "--database FILE\n")
        func settings(_ text: String) throws {
            try text.write(toFile: hotel.settings, atomically: false, encoding: .utf8)
        }
        try settings("[hotel]\ndatabase = \(hotel.database)\n")
        let found = hotel.program(["list", "doors"])
        #expect(found.status == .done && found.output.contains("\"door\":\"301\""))
        #expect(hotel.program(["init", "again"]).errors.contains("is already a hotel's database"))
        try settings("[hotel]\ndatabse = /x\n")
        let wrong = hotel.program(["list", "doors"])
        #expect(wrong.status == .misused && wrong.errors.contains("databse"))
        #expect(wrong.errors.contains("mend them, or say --database FILE"))
        #expect(hotel.run(["list", "doors"]).status == .done)
        try settings("")
        let missing = hotel.program(["list", "doors"])
        #expect(
            missing.errors.contains("no hotel database at '/var/lib/lintel-hotel/hotel.sqlite'"))
    }

    @Test("Without a hotel's database every command says how to make one")
    func missing() throws {
        unlink(hotel.database)
        let run = hotel.run(["list", "doors"])
        #expect(run.status == .failed)
        #expect(
            run.errors == "lintel-hotel: no hotel database at '\(hotel.database)'; "
                + "'lintel-hotel init SITE' makes one\n")
        try "not a database, but some text that is long enough to be looked at by SQLite".write(
            toFile: hotel.database, atomically: false, encoding: .utf8)
        chmod(hotel.database, 0o600)
        #expect(hotel.run(["list", "doors"]).status == .failed)
    }
}
