// SPDX-License-Identifier: Apache-2.0
// The moments of a stay its guest agreed to have looked at. Without `journeyAnalytics` none is
// ever written, and withdrawing it removes them all.
import GuestPass
import SQLite
import Timebase

/// One moment of a stay.
struct Touchpoint: Equatable {
    enum Kind: String, CaseIterable {
        case arrival
        case checkIn
        case roomEntry
        case amenityEntry
        case amenityExit
        case departure
    }

    let kind: Kind
    let at: UnixTime
    /// The door's name; `nil` for what happened at no door.
    let door: String?
}

extension Desk {
    /// Notes a moment of a stay, where the guest agreed to it.
    func touch(
        _ stay: DeskStay, _ kind: Touchpoint.Kind, at moment: UnixTime,
        gateway: GatewayID? = nil, door: UInt8? = nil
    ) throws {
        guard stay.consent.contains(.journeyAnalytics) else { return }
        // Of a leaving: how long after the last entering that no other leaving followed.
        try database.run(
            """
            INSERT INTO touchpoint (stay, at_ms, kind, gateway, door, dwell_ms)
            VALUES (?1, ?2, ?3, ?4, ?5, (
                SELECT ?2 - max(at_ms) FROM touchpoint
                WHERE ?3 = 'amenityExit' AND stay = ?1 AND kind = 'amenityEntry' AND at_ms <= ?2
                    AND at_ms > coalesce((SELECT max(at_ms) FROM touchpoint
                        WHERE stay = ?1 AND kind = 'amenityExit' AND at_ms < ?2), -1)))
            """, .integer(stay.number), .milliseconds(moment), .text(kind.rawValue),
            .optional(gateway?.rawValue), .optional(door))
    }

    /// The moments of one stay in their order; empty without consent.
    func timeline(stay number: Int64) throws -> [Touchpoint] {
        guard try stay(number).consent.contains(.journeyAnalytics) else { return [] }
        let sql = """
            SELECT touchpoint.kind, at_ms, door.name FROM touchpoint LEFT JOIN door
                ON door.gateway = touchpoint.gateway AND door.number = touchpoint.door
            WHERE stay = ? ORDER BY at_ms, touchpoint.id
            """
        return try database.rows(sql, .integer(number)) { row throws(DatabaseError) in
            Touchpoint(
                kind: try row.word(0), at: try row.milliseconds(1), door: try row.optionalText(2))
        }
    }
}
