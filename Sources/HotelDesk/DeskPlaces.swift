// SPDX-License-Identifier: Apache-2.0
// Gateways and the doors they serve.
import GuestPass
import HotelWire
import SQLite

/// A gateway as the desk knows it.
struct DeskGateway {
    let id: GatewayID
    let name: String
    let zone: ZoneID
    let boxKey: BoxPublicKey
    /// Of the last snapshot made; 0 before the first.
    let epoch: UInt64
}

/// What a door is for, in the words of the gateway's settings.
enum DeskDoorKind: String, CaseIterable {
    /// A guest's own: opens to whoever was given it.
    case guestRoom = "guest-room"
    /// Open to every guest in house: lift, corridor.
    case shared
    /// Spa, gym, parking: opens to whoever was given it, perhaps at a price.
    case amenity
    case staff
    /// Open to every guest who is due or in house; whoever comes through it arrives.
    case lobby
}

/// A door as the desk knows it.
struct DeskDoor {
    let row: Int64
    let name: String
    let kind: DeskDoorKind
    let gateway: GatewayID
    /// The number phones send.
    let number: UInt8
    let raisedLevel: UInt8
}

extension Desk {
    /// - Parameters:
    ///   - id: `nil` draws a random one that is not in use.
    ///   - zone: `nil` is the zone that is called like the site.
    func addGateway(
        name: String, boxKey: BoxPublicKey, id: GatewayID?, zone: ZoneID?
    ) throws -> DeskGateway {
        let site = try site()
        let known = try gateways()
        guard !known.contains(where: { $0.boxKey == boxKey }) else { throw DeskError.boxKeyInUse }
        let gateway = DeskGateway(
            id: id ?? unusedID(known), name: name,
            zone: zone ?? ZoneID(rawValue: site.id.rawValue), boxKey: boxKey, epoch: 0)
        guard !known.contains(where: { $0.id == gateway.id || $0.name == name }) else {
            throw DeskError.gatewayExists(name: name, id: gateway.id)
        }
        try database.run(
            "INSERT INTO gateway (id, name, zone, box_key) VALUES (?, ?, ?, ?)",
            .number(gateway.id.rawValue), .text(name), .bits(gateway.zone.rawValue),
            .blob(boxKey.bytes))
        return gateway
    }

    func addDoor(
        name: String, kind: DeskDoorKind, gateway: String, number: UInt8, level: UInt8
    ) throws -> DeskDoor {
        let gateway = try self.gateway(gateway)
        for other in try doors() {
            guard other.name != name else { throw DeskError.doorExists(name: name) }
            guard other.gateway != gateway.id || other.number != number else {
                throw DeskError.doorNumberTaken(number: number, by: other.name)
            }
        }
        try database.run(
            "INSERT INTO door (name, kind, gateway, number, raised_level) VALUES (?, ?, ?, ?, ?)",
            .text(name), .text(kind.rawValue), .number(gateway.id.rawValue), .number(number),
            .number(level))
        return try door(name)
    }

    func gateways() throws -> [DeskGateway] {
        let sql = "SELECT id, name, zone, box_key, epoch FROM gateway ORDER BY name"
        let rows = try database.rows(sql) { row throws(DatabaseError) in
            (
                GatewayID(rawValue: try row.number(0)), try row.text(1),
                ZoneID(rawValue: try row.bits(2)), BoxPublicKey(bytes: try row.blob(3)),
                try row.number(4, as: UInt64.self)
            )
        }
        return try rows.map { id, name, zone, boxKey, epoch in
            guard let boxKey else { throw DeskError.damaged("gateway '\(name)'") }
            return DeskGateway(id: id, name: name, zone: zone, boxKey: boxKey, epoch: epoch)
        }
    }

    func doors() throws -> [DeskDoor] {
        try doors(where: "id > ?", 0)
    }

    func door(_ name: String) throws -> DeskDoor {
        guard let door = try doors(where: "name = ?", .text(name)).first else {
            throw DeskError.unknownDoor(name, known: try doors().map(\.name))
        }
        return door
    }

    /// The door with this index on a gateway; `nil` where the desk knows none.
    func door(_ number: UInt8, of gateway: GatewayID) throws -> DeskDoor? {
        try doors(
            where: "gateway = ? AND number = ?", .number(gateway.rawValue), .number(number)
        ).first
    }

    private func doors(where condition: String, _ values: Value...) throws -> [DeskDoor] {
        let sql = """
            SELECT id, name, kind, gateway, number, raised_level FROM door WHERE \(condition)
            ORDER BY gateway, number
            """
        return try database.rows(sql, values) { row throws(DatabaseError) in
            DeskDoor(
                row: try row.integer(0), name: try row.text(1), kind: try row.word(2),
                gateway: GatewayID(rawValue: try row.number(3)), number: try row.number(4),
                raisedLevel: try row.number(5))
        }
    }

    /// A gateway by its name or its identifier.
    func gateway(_ text: String) throws -> DeskGateway {
        let known = try gateways()
        guard let found = known.first(where: { $0.name == text || $0.id == GatewayID(text) }) else {
            throw DeskError.unknownGateway(text, known: known.map(\.name))
        }
        return found
    }

    private func unusedID(_ known: [DeskGateway]) -> GatewayID {
        var generator = SystemRandomNumberGenerator()
        while true {
            let id = GatewayID(rawValue: generator.next())
            if !known.contains(where: { $0.id == id }) { return id }
        }
    }
}
