// SPDX-License-Identifier: Apache-2.0
// The API's operations on gateways, doors and alarms.
import CommandLineKit
import GuestPass

extension APIOperation {
    static let places: [APIOperation] = [
        APIOperation(
            name: "listGateways", method: "GET", path: WebPattern("/api/v1/gateways"),
            summary: "Gateways and how they are", access: .token(.placesRead),
            answer: .json(.items(.gateway, "Gateways"))
        ) { call in .all(try call.desk.places().map { JSONLine(api: $0).text }) },
        APIOperation(
            name: "listDoors", method: "GET", path: WebPattern("/api/v1/doors"),
            summary: "Doors and how they are", access: .token(.placesRead),
            answer: .json(.items(.door, "Doors"))
        ) { call in
            .all(try call.desk.places().flatMap(\.doors).map { JSONLine(api: $0).text })
        },
        APIOperation(
            name: "openDoor", method: "POST", path: WebPattern("/api/v1/doors/{door}/open"),
            summary: "Have the gateway open a door once; the reason is audited",
            access: .token(.doorsOpen),
            body: .json(.named("Opening", .object(["reason": .reason]))), status: 202,
            answer: .json(.named("Ordered", .object(["command": .text(.digits(32))])))
        ) { call in
            var line = JSONLine()
            line.add(
                "command",
                try call.desk.openDoor(
                    call.request["door"], reason: call.text("reason"), by: call.actor))
            return .object(line)
        },
    ]

    static let alarms: [APIOperation] = [
        APIOperation(
            name: "listAlarms", method: "GET", path: WebPattern("/api/v1/alarms"),
            summary: "Alarms that last or that nobody has acknowledged, newest first",
            access: .token(.placesRead), answer: .json(.items(.alarm, "Alarms"))
        ) { call in .all(try call.desk.openAlarms().map { JSONLine(api: $0).text }) },
        APIOperation(
            name: "acknowledgeAlarm", method: "PUT",
            path: WebPattern("/api/v1/alarms/{alarm}/acknowledgement"),
            summary: "Somebody has seen to it; say whether it was a false alarm, where known",
            access: .token(.alarmsWrite),
            body: .json(
                .named(
                    "Acknowledgement",
                    .object([Schema.Field(name: "false", schema: .boolean, isRequired: false)]))),
            answer: .json(.alarm)
        ) { call in
            .object(
                JSONLine(
                    api: try call.desk.acknowledgeAlarm(
                        call.request.number("alarm"), wasFalse: call.body["false"]?.bool,
                        by: call.actor)))
        },
    ]
}

extension Schema {
    static let door = named(
        "Door",
        .object([
            "door": name, "gateway": gatewayID, "index": integer(0...31), "kind": line,
            "state": optional(line), "mode": optional(line),
        ]))

    static let gateway = named(
        "Gateway",
        .object([
            "gateway": gatewayID, "name": name, "online": boolean, "seen": optional(time),
            "effective": boolean, "clock": optional(line), "version": optional(line),
            "alarms": list(line, countMax: 1_000), "lost": count,
        ]))
}

extension JSONLine {
    init(api place: GatewayPlace) {
        self.init()
        add("gateway", place.gateway.id.description)
        add("name", place.gateway.name)
        add("online", place.isOnline)
        add("seen", place.seen?.text)
        add("effective", place.isEffective)
        add("clock", place.clock)
        add("version", place.version)
        add("alarms", list: place.alarms.map(JSONLine.quoted))
        add("lost", place.lost)
    }

    init(api door: DoorPlace) {
        self.init()
        add("door", door.door.name)
        add("gateway", door.door.gateway.description)
        add("index", door.door.number)
        add("kind", door.door.kind.rawValue)
        add("state", door.state)
        add("mode", door.mode)
    }
}
