// SPDX-License-Identifier: Apache-2.0
// Leading a guest to the room: the next step from where the guest was seen last, for the app, and
// the hint each gateway's lights go by. Both only with the guest's consent to guidance.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// Where a guest who is being led goes on.
struct GuidanceStep: Equatable {
    let stay: Int64
    /// Where the guest was seen.
    let at: String
    let seen: UnixTime
    /// The next place on the way; `nil` where the guest has arrived.
    let next: String?
    let direction: Snapshot.Direction?
    /// The door at the end of the way.
    let goal: String
    let metres: Int64
    /// Every place ahead, the goal last.
    let places: [String]
}

extension Desk {
    /// Takes a house's places and ways in place of those before.
    func setRoutes(_ graph: RouteGraph, by actor: String) throws {
        try change { changes in
            try database.run("DELETE FROM way")
            try database.run("DELETE FROM place")
            let (gateways, doors) = (try gateways(), try doors())
            for place in graph.places {
                let gateway = gateways.first { place.kind == .gateway && $0.name == place.what }
                let door = doors.first { place.kind == .door && $0.name == place.what }
                try database.run(
                    "INSERT INTO place (name, kind, gateway, door) VALUES (?, ?, ?, ?)",
                    .text(place.name), .text(place.kind.rawValue),
                    .optional(gateway?.id.rawValue), .optional(door?.row))
            }
            for way in graph.ways {
                try database.run(
                    "INSERT INTO way (origin, target, metres, direction) VALUES (?, ?, ?, ?)",
                    .text(way.origin), .text(way.target), .integer(way.metres),
                    .optional(way.direction?.rawValue))
            }
            try audit(actor, "routesSet", "routes", "\(graph.places.count) places")
            changes += gateways.map { .grants($0.id) }
        }
    }

    func routes() throws -> RouteGraph {
        let places = try database.rows(
            """
            SELECT place.name, place.kind, coalesce(gateway.name, door.name) FROM place
                LEFT JOIN gateway ON gateway.id = place.gateway
                LEFT JOIN door ON door.id = place.door ORDER BY place.name
            """
        ) { row throws(DatabaseError) in
            RouteGraph.Place(
                name: try row.text(0), kind: try row.word(1), what: try row.optionalText(2))
        }
        let ways = try database.rows(
            "SELECT origin, target, metres, direction FROM way ORDER BY origin, target"
        ) { row throws(DatabaseError) in
            RouteGraph.Way(
                origin: try row.text(0), target: try row.text(1), metres: try row.integer(2),
                direction: row.isNull(3)
                    ? nil : Snapshot.Direction(rawValue: try row.number(3)))
        }
        return RouteGraph(places: places, ways: ways)
    }

    /// For each room, where a gateway's lights send a guest who lives there.
    func hints(at gateway: String) throws -> [String: Snapshot.Direction] {
        let graph = try routes()
        guard let place = graph.places.first(where: { $0.kind == .gateway && $0.what == gateway })
        else { return [:] }
        let tree = RouteTree(graph, from: place.name)
        var hints: [String: Snapshot.Direction] = [:]
        for place in graph.places where place.kind == .door {
            guard let door = place.what else { continue }
            hints[door] = tree.route(to: place.name)?.direction
        }
        return hints
    }

    /// The next step of a guest in house who agreed to be led; `nil` where there is none to give.
    func guidance(stay number: Int64) throws -> GuidanceStep? {
        let stay = try stay(number)
        guard stay.consent.contains(.guidance), stay.status(at: clock()) == .inHouse,
            let room = stay.room
        else { return nil }
        let sql = """
            SELECT gateway.name, at_ms FROM sighting JOIN gateway ON gateway.id = sighting.gateway
            WHERE stay = ?
            """
        let last = try database.row(sql, .integer(number)) { row throws(DatabaseError) in
            (try row.text(0), try row.milliseconds(1))
        }
        guard let (gateway, seen) = last else { return nil }
        let graph = try routes()
        guard let here = graph.places.first(where: { $0.kind == .gateway && $0.what == gateway }),
            let goal = graph.places.first(where: { $0.kind == .door && $0.what == room }),
            let route = RouteTree(graph, from: here.name).route(to: goal.name)
        else { return nil }
        return GuidanceStep(
            stay: number, at: here.name, seen: seen, next: route.places.first,
            direction: route.direction, goal: room, metres: route.metres, places: route.places)
    }

    /// Where a guest who agreed to be led was seen last: the newest place alone, no track of them.
    func noteSighting(
        _ event: DeskEvent, of stay: DeskStay, _ changes: inout [DeskChange]
    ) throws {
        guard stay.consent.contains(.guidance),
            event.kind == "granted" || event.kind == "presence"
        else { return }
        try database.run(
            """
            INSERT INTO sighting (stay, gateway, at_ms) VALUES (?, ?, ?)
            ON CONFLICT (stay) DO UPDATE SET gateway = excluded.gateway, at_ms = excluded.at_ms
                WHERE excluded.at_ms >= at_ms
            """, .integer(stay.number), .number(event.gateway.rawValue),
            .milliseconds(event.wall))
        changes.append(.guidance(stay: stay.number))
    }
}
