// SPDX-License-Identifier: Apache-2.0
// Gateways come and go: approved by a person who compared a code, replaced when they broke, and
// decommissioned when they were stolen, after which nothing they hold recognises anybody.
import GuestPass
import HotelWire
import SQLite
import Timebase

/// What decommissioning a gateway means for the rest of the hotel.
struct Decommissioning {
    let gateway: DeskGateway
    /// The site's key epoch from now on.
    let epoch: KeyEpoch
    /// Passes whose phones must be given their pass anew; empty where the epoch stayed.
    let stalePasses: [PassID]
}

extension Desk {
    /// Makes a gateway known, or a known one's box key and certificate new.
    ///
    /// - Parameter isReplacing: the name may belong to a gateway with another box key, which this
    ///   one takes the place of.
    func approve(
        name: String, boxKey: BoxPublicKey, id: GatewayID?, zone: ZoneID?, isReplacing: Bool
    ) throws -> DeskGateway {
        let known = try gateways().first { $0.name == name || $0.id == id }
        guard let known else {
            return try addGateway(name: name, boxKey: boxKey, id: id, zone: zone)
        }
        let isSame = known.boxKey == boxKey && known.name == name
        guard isSame || isReplacing && known.name == name, id == nil || id == known.id else {
            throw DeskError.gatewayExists(name: known.name, id: known.id)
        }
        try database.transaction {
            try ensureLink(of: known.id)
            // What was sealed to the old key is of no use, and a new journal begins a new chain.
            try database.run(
                "UPDATE link SET retired = NULL, content = NULL, alarm = NULL WHERE gateway = ?",
                .number(known.id.rawValue))
            guard !isSame else { return }
            try database.run(
                "UPDATE link SET head = NULL WHERE gateway = ?", .number(known.id.rawValue))
            try database.run(
                "UPDATE gateway SET box_key = ? WHERE id = ?", .blob(boxKey.bytes),
                .number(known.id.rawValue))
        }
        onChange?(.grants(known.id))
        return try gateway(name)
    }

    /// Notes until when a gateway's certificate is valid.
    func note(certificateEnds: UnixTime, of gateway: GatewayID) throws {
        try ensureLink(of: gateway)
        try database.run(
            "UPDATE link SET certificate_ends = ? WHERE gateway = ?", .time(certificateEnds),
            .number(gateway.rawValue))
    }

    /// Ends a gateway. Its doors stay known, for the one that replaces it.
    ///
    /// - Parameter keysErased: its keys are known to be gone, so that no other key need change.
    func decommission(_ name: String, keysErased: Bool) throws -> Decommissioning {
        let result = try database.transaction {
            let gateway = try gateway(name)
            try ensureLink(of: gateway.id)
            try database.run(
                "UPDATE link SET retired = ?, online = 0, sealed = NULL WHERE gateway = ?",
                .time(clock()), .number(gateway.id.rawValue))
            if !keysErased { try database.run("UPDATE site SET key_epoch = key_epoch + 1") }
            let now = clock()
            let current = try Set(stays().filter { $0.ends > now }.map(\.number))
            let stale = try passes().filter { $0.revoked == nil && current.contains($0.stay) }
            return Decommissioning(
                gateway: gateway, epoch: try site().epoch,
                stalePasses: keysErased ? [] : stale.map(\.id))
        }
        onChange?(.records)
        return result
    }
}
