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

/// A door as the desk knows it.
struct DeskDoor {
    let name: String
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

    func addDoor(name: String, gateway: String, number: UInt8, level: UInt8) throws -> DeskDoor {
        let gateway = try self.gateway(gateway)
        let door = DeskDoor(
            name: name, gateway: gateway.id, number: number, raisedLevel: level)
        for other in try doors() {
            guard other.name != name else { throw DeskError.doorExists(name: name) }
            guard other.gateway != door.gateway || other.number != number else {
                throw DeskError.doorNumberTaken(number: number, by: other.name)
            }
        }
        try database.run(
            "INSERT INTO door (name, gateway, number, raised_level) VALUES (?, ?, ?, ?)",
            .text(name), .number(gateway.id.rawValue), .number(number), .number(level))
        return door
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
        let sql = "SELECT name, gateway, number, raised_level FROM door ORDER BY gateway, number"
        return try database.rows(sql) { row throws(DatabaseError) in
            DeskDoor(
                name: try row.text(0), gateway: GatewayID(rawValue: try row.number(1)),
                number: try row.number(2), raisedLevel: try row.number(3))
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
