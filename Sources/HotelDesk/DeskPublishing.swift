// SPDX-License-Identifier: Apache-2.0
// Snapshots as the server sends them: made only when they say something new, and kept sealed, so
// that a broker that forgot them gets the same ones again.
import GuestPass
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// Gateways that are sent snapshots: all but those decommissioned. Those online come first.
    func servedGateways() throws -> [GatewayID] {
        let sql = """
            SELECT gateway.id FROM gateway LEFT JOIN link ON link.gateway = gateway.id
            WHERE link.retired IS NULL ORDER BY link.online DESC, gateway.id
            """
        return try database.rows(sql) { row throws(DatabaseError) in
            GatewayID(rawValue: try row.number(0))
        }
    }

    /// Gateways whose topics the broker is to forget.
    func retiredGateways() throws -> [GatewayID] {
        try links().filter { $0.retired != nil }.map(\.gateway)
    }

    /// Whether a gateway is known and not decommissioned.
    func serves(_ gateway: GatewayID) throws -> Bool {
        let sql = """
            SELECT 1 FROM gateway LEFT JOIN link ON link.gateway = gateway.id
            WHERE gateway.id = ? AND link.retired IS NULL
            """
        return try database.row(sql, .number(gateway.rawValue)) { _ in true } ?? false
    }

    /// Makes the next snapshot of each of these gateways for which it would say something new.
    ///
    /// - Returns: those that have a new one.
    func renewSnapshots(of ids: [GatewayID]) throws -> [GatewayID] {
        var renewed: [GatewayID] = []
        try database.transaction {
            for gateway in try gateways().filter({ ids.contains($0.id) }) {
                try ensureLink(of: gateway.id)
                let draft = try draftSnapshot(of: gateway)
                let content = draft.contentHash
                guard try sentContent(of: gateway.id) != content else { continue }
                let (snapshot, sealed) = try issue(draft, to: gateway)
                try database.run(
                    "UPDATE link SET content = ?, epoch = ?, sealed = ? WHERE gateway = ?",
                    .blob(content), .number(snapshot.epoch), .blob(sealed),
                    .number(gateway.id.rawValue))
                renewed.append(gateway.id)
            }
        }
        for gateway in renewed { onChange?(.gateway(gateway)) }
        return renewed
    }

    private func sentContent(of gateway: GatewayID) throws -> [UInt8]? {
        let sql = "SELECT content FROM link WHERE gateway = ? AND content IS NOT NULL"
        return try database.row(sql, .number(gateway.rawValue)) { row throws(DatabaseError) in
            try row.blob(0)
        }
    }

    /// The snapshot a gateway is to have; `nil` before the first.
    func sealedSnapshot(of gateway: GatewayID) throws -> [UInt8]? {
        let sql = "SELECT sealed FROM link WHERE gateway = ? AND sealed IS NOT NULL"
        return try database.row(sql, .number(gateway.rawValue)) { row throws(DatabaseError) in
            try row.blob(0)
        }
    }

    /// The acknowledgement of all that is stored of a gateway's events, as it travels.
    func acknowledgement(for gateway: GatewayID, at position: EventPosition) throws -> [UInt8] {
        let site = try site()
        return Acknowledgement(position: position, time: clock()).signed(
            for: gateway, of: site.id, by: site.issuer)
    }
}
