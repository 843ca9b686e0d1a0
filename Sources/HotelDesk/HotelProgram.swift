// SPDX-License-Identifier: Apache-2.0
// The command line of `lintel-hotel`. Results are JSON lines on standard output; what an operator
// should do next is said on standard error.
import CommandLineKit
import Glibc
import GuestPass
import HotelWire
import Platform
import Timebase

extension Program {
    /// `lintel-hotel`.
    ///
    /// - Parameter clock: the wall clock.
    /// - Parameter settingsFile: names the records where a command line does not.
    public static func hotel(
        clock: @escaping @Sendable () -> UnixTime,
        settingsFile: String = HotelSettings.defaultFile
    ) -> Program {
        let commands = HotelCommands(clock: clock, settingsFile: settingsFile)
        // One statement each: Swift 6.0 takes too long to type-check them as one expression.
        var all: [Command] = [
            commands.initialise, commands.issuer, commands.addGateway, commands.addDoor,
            commands.issuePass, commands.showPass, commands.revokePass, commands.snapshot,
            commands.list, commands.serve, commands.check,
        ]
        all += commands.gateways
        all += commands.guests
        all += commands.stays
        all += commands.usage
        all += commands.routes
        all += commands.journeys
        all += commands.privacy
        all += commands.people
        return Program(
            "lintel-hotel",
            summary: "Keeps a hotel's gateways, doors, stays and passes, and makes the signed "
                + "snapshots\ngateways decide by.", commands: all,
            files: [
                ProgramFile(
                    "\(HotelSettings.defaultFile), \(HotelSettings.defaultFile).d/*.conf",
                    "the server's settings; where the records are, for every command"),
                ProgramFile(
                    HotelSettings.defaultDatabase,
                    "the hotel's records, keys and all, where the settings name no others"),
            ], pages: ["hotel.conf(5)": { HotelSettings.manual() }])
    }
}

/// The commands that set a hotel up; those for passes are in `PassCommands.swift`.
struct HotelCommands: Sendable {
    let clock: @Sendable () -> UnixTime
    let settingsFile: String

    static let database = Parameter.optional(
        "--database", ValueFormat<String>.text("FILE"),
        "the hotel's records; those that \(HotelSettings.defaultFile) names where left out")

    func desk(_ arguments: Arguments) throws -> Desk {
        try Desk(path: records(arguments), clock: clock)
    }

    /// Notes that somebody at the command line looked at a guest's data.
    ///
    /// - Parameter subject: `guest 3`, `stay 7`; of a list what it is of.
    func viewed(_ desk: Desk, _ subject: String, _ detail: String = "") throws {
        try desk.change { _ in try desk.audit(Self.actor, "viewed", subject, detail) }
    }

    /// Where the records are: as the command line says, else as the server's settings do, so that
    /// a command never works on others than the server.
    func records(_ arguments: Arguments) throws -> String {
        if let file = arguments[Self.database] { return file }
        guard access(settingsFile, F_OK) == 0 else {
            throw CommandFailure(
                "there is no '\(settingsFile)' that names the hotel's records; write "
                    + "'database = FILE' into its section [hotel], or say --database FILE",
                status: .misused)
        }
        let report = HotelSettings.load(settingsFile)
        guard let settings = report.settings else {
            let findings = report.findings.map { "\($0)" }.joined(separator: "\n")
            throw CommandFailure(
                "\(findings)\nthe settings that name the hotel's records have errors; mend them, "
                    + "or say --database FILE", status: .misused)
        }
        return settings.database
    }

    var initialise: Command {
        let site = Parameter.required(
            "SITE", ValueFormat.name, "the hotel's name, or its identifier of 16 hex digits")
        return Command(
            "init", summary: "Make a new hotel with its own issuing key",
            discussion: """
                The file holds every key of the hotel: it is made readable by you alone, and so
                should its backups be. A name gets a random identifier.
                """,
            parameters: [site, Self.database]
        ) { arguments, console in
            let desk = try Desk.initialise(
                path: records(arguments), name: arguments[site], id: SiteID(arguments[site]),
                clock: clock)
            let made = try desk.site()
            var line = JSONLine()
            line.add("site", made.id.description)
            line.add("name", made.name)
            line.add("issuingKey", IssuingPublicKey.textType + ":\(made.issuer.publicKey)")
            console.print(line.text)
            console.report("each gateway needs the site and, as a file, what 'issuer' prints")
            return .done
        }
    }

    var issuer: Command {
        Command(
            "issuer", summary: "Print the public half of the issuing key",
            discussion: """
                Each gateway believes snapshots signed by this key alone: put the line into the
                file that [hotel] issuer names there.
                """,
            parameters: [Self.database]
        ) { arguments, console in
            console.write(try desk(arguments).site().issuer.publicKey.exportedText())
            return .done
        }
    }

    var addGateway: Command {
        let name = Parameter.required("NAME", ValueFormat.name, "what staff call the gateway")
        let boxKey = Parameter.required(
            "--box-key", ValueFormat<String>.text("FILE|HEX"), "the gateway's public box key")
        let id = Parameter.optional(
            "--id", .gatewayID, "the gateway's identifier; random where left out")
        let zone = Parameter.optional(
            "--zone", .zoneID, "its zone; the site's identifier where left out")
        return Command(
            "gateway add", summary: "Make a gateway known by the public half of its box key",
            parameters: [name, boxKey, id, zone, Self.database]
        ) { arguments, console in
            let key = try publicBoxKey(arguments[boxKey])
            let gateway = try desk(arguments).addGateway(
                name: arguments[name], boxKey: key, id: arguments[id], zone: arguments[zone])
            console.print(JSONLine(gateway).text)
            return .done
        }
    }

    /// A key written out, or the file it is in.
    private func publicBoxKey(_ text: String) throws -> BoxPublicKey {
        if let key = Hexadecimal.decode(text).flatMap({ BoxPublicKey(bytes: $0) }) { return key }
        do {
            let bytes = try StateFile.read(text, bytesMax: DeskLimits.keyFileBytesMax)
            return try BoxPublicKey(text: String(decoding: bytes, as: UTF8.self))
        } catch {
            let reason = error is KeyTextError ? "'\(text)' \(error)" : "\(error)"
            throw CommandFailure(
                "--box-key: \(reason); neither 64 hexadecimal digits nor a key file, so the "
                    + "gateway was not added",
                status: .misused)
        }
    }

    var addDoor: Command {
        let name = Parameter.required("NAME", ValueFormat.name, "the door's name, as 301")
        let gateway = Parameter.required(
            "--gateway", ValueFormat<String>.text("GATEWAY"), "its gateway, by name or identifier")
        let index = Parameter.required(
            "--index", .number("N", in: UInt8(0)...31), "its index in the gateway's configuration")
        let kind = Parameter.optional(
            "--kind", ValueFormat<DeskDoorKind>.word("KIND"), default: "guest-room",
            "guest-room, shared, amenity, staff or lobby; every guest may pass lobby and shared")
        let level = Parameter.optional(
            "--level", .number("N", in: UInt8(0)...Snapshot.Limits.levelMax), default: "0",
            "raise what the door asks for; the gateway never goes below its own level")
        return Command(
            "door add", summary: "Make a gateway's door known",
            parameters: [name, gateway, index, kind, level, Self.database]
        ) { arguments, console in
            let door = try desk(arguments).addDoor(
                name: arguments[name], kind: arguments[kind], gateway: arguments[gateway],
                number: arguments[index], level: arguments[level])
            console.print(JSONLine(door).text)
            return .done
        }
    }
}
