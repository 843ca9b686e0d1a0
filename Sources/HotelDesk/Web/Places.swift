// SPDX-License-Identifier: Apache-2.0
// Gateways and doors as the board shows them: what the desk was told to do with them, beside what
// they last said of themselves.
import GuestPass
import HotelWire
import Timebase

/// A gateway and how it is.
struct GatewayPlace {
    let gateway: DeskGateway
    let isOnline: Bool
    let seen: UnixTime?
    /// Whether it decides by what it was last sent; false shows as "not yet effective".
    let isEffective: Bool
    let clock: String?
    let version: String?
    let alarms: [String]
    /// Events it gave up for want of room.
    let lost: UInt64
    let doors: [DoorPlace]
}

/// A door and how it is.
struct DoorPlace {
    let door: DeskDoor
    /// `locked`, `unlocked`, `faulty`, `open`; `nil` where its gateway has not said.
    let state: String?
    let mode: String?
    let alarms: [String]
}

extension Desk {
    /// Every gateway with its doors, by name.
    func places() throws -> [GatewayPlace] {
        let doors = try doors()
        return try gateways().compactMap { gateway in
            let link = try link(of: gateway.id)
            guard link.retired == nil else { return nil }
            return GatewayPlace(
                gateway: gateway, isOnline: link.isOnline, seen: link.lastSeen,
                isEffective: link.isInEffect, clock: link.status?.clock,
                version: link.status?.version, alarms: link.alarms(at: clock()),
                lost: link.missing + (link.status?.lost ?? 0),
                doors: doors.filter { $0.gateway == gateway.id }.map { door in
                    let status = link.status?.doors.first { $0.index == door.number }
                    return DoorPlace(
                        door: door, state: status?.leaf == "open" ? "open" : status?.lock,
                        mode: status?.mode, alarms: status?.alarms ?? [])
                })
        }
    }

    /// Has a door opened once, from afar.
    ///
    /// - Returns: the command's identifier.
    func openDoor(_ name: String, reason: String, by actor: String) throws -> String {
        let door = try door(name)
        let command = try send(
            .open(door: door.number), to: door.gateway, by: actor, reason: reason)
        try change { _ in
            try audit(actor, "openingOrdered", "door \(name)", reason)
        }
        return command.id.description
    }
}
