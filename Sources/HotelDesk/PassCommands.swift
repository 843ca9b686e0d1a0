// SPDX-License-Identifier: Apache-2.0
// The commands for passes, snapshots and lists.
import CommandLineKit
import GuestPass
import HotelWire
import Platform
import Timebase

extension HotelCommands {
    var issuePass: Command {
        let stay = Parameter.required(
            "STAY", .number("STAY", in: 1...Int64.max), "the stay's number")
        let out = Parameter.optional(
            "--out", ValueFormat<String>.text("FILE"),
            "where to put the JSON, readable by you alone; standard output where left out")
        return Command(
            "pass issue", summary: "Make a pass for one phone of a stay",
            discussion: """
                Prints the JSON the phone needs, once: it holds the phone's secret key. Gateways
                learn of the pass with their next snapshot.
                """,
            parameters: [stay, out, Self.database]
        ) { arguments, console in
            let pass = try desk(arguments).issuePhonePass(stay: arguments[stay])
            if let file = arguments[out] {
                try StateFile.replace(file, with: Array((pass.json + "\n").utf8), mode: 0o600)
            } else {
                console.print(pass.json)
            }
            console.report("pass \(pass.pass.id) works once its gateways have a new snapshot")
            return .done
        }
    }

    var showPass: Command {
        let pass = Parameter.required("PASS", .passID, "the pass, 16 hexadecimal digits")
        return Command(
            "pass show", summary: "Print again what the phone of a pass needs",
            discussion: """
                For a phone that must be given its pass anew: after a gateway was decommissioned, or
                when doors came to the stay. The JSON holds the phone's secret key.
                """,
            parameters: [pass, Self.database]
        ) { arguments, console in
            console.print(try desk(arguments).phonePass(arguments[pass]).json)
            return .done
        }
    }

    var revokePass: Command {
        let pass = Parameter.required("PASS", .passID, "the pass, 16 hexadecimal digits")
        return Command(
            "pass revoke", summary: "End a pass",
            parameters: [pass, Self.database]
        ) { arguments, console in
            let revoked = try desk(arguments).revoke(arguments[pass])
            console.print(JSONLine(revoked).text)
            console.report("it still opens doors of gateways that have no newer snapshot")
            return .done
        }
    }

    var snapshot: Command {
        let gateway = Parameter.required(
            "--gateway", ValueFormat<String>.text("GATEWAY"), "whose, by name or identifier")
        let out = Parameter.optional(
            "--out", ValueFormat<String>.text("FILE"),
            "where to put it; GATEWAY.snapshot where left out")
        return Command(
            "snapshot", summary: "Make the next snapshot of a gateway, signed and sealed",
            discussion: """
                Only that gateway can open it. Each has a higher epoch than the one before, and a
                gateway refuses to go back.
                """,
            parameters: [gateway, out, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let file = try arguments[out] ?? desk.gateway(arguments[gateway]).name + ".snapshot"
            let (snapshot, sealed) = try desk.makeSnapshot(for: arguments[gateway])
            try StateFile.replace(file, with: sealed, mode: 0o644)
            var line = JSONLine()
            line.add("gateway", snapshot.gateway.description)
            line.add("epoch", snapshot.epoch)
            line.add("doors", snapshot.doors.count)
            line.add("credentials", snapshot.credentials.count)
            line.add("file", file)
            console.print(line.text)
            return .done
        }
    }

    var list: Command {
        let what = Parameter.required(
            "WHAT", .choice(["gateways", "doors", "guests", "stays", "passes"]),
            "gateways, doors, guests, stays or passes")
        return Command(
            "list", summary: "Print what is known, one JSON object a line, without keys",
            parameters: [what, Self.database]
        ) { arguments, console in
            let desk = try desk(arguments)
            let lines =
                switch arguments[what] {
                case "gateways":
                    try desk.gateways().map {
                        JSONLine($0, try desk.link(of: $0.id), at: clock())
                    }
                case "doors": try desk.doors().map { JSONLine($0) }
                case "guests": try desk.guests().map { JSONLine($0) }
                case "stays": try desk.stays().map { JSONLine($0, at: clock()) }
                default: try desk.passes().map { JSONLine($0) }
                }
            if ["guests", "stays", "passes"].contains(arguments[what]) {
                try viewed(desk, arguments[what], "\(lines.count) records")
            }
            for line in lines { console.print(line.text) }
            return .done
        }
    }
}

extension JSONLine {
    init(_ gateway: DeskGateway) {
        self.init()
        add("gateway", gateway.id.description)
        add("name", gateway.name)
        add("zone", gateway.zone.description)
        add("boxKey", gateway.boxKey.description)
        add("epoch", gateway.epoch)
    }

    init(_ door: DeskDoor) {
        self.init()
        add("door", door.name)
        add("gateway", door.gateway.description)
        add("index", door.number)
        add("raisedLevel", door.raisedLevel)
        add("kind", door.kind.rawValue)
    }

    init(_ pass: DeskPass) {
        self.init()
        add("pass", pass.id.description)
        add("stay", pass.stay)
        add("issued", pass.issued.text)
        add("revoked", pass.revoked?.text)
    }
}
