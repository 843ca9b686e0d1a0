// SPDX-License-Identifier: Apache-2.0
// What the retention job deletes or empties beside the events themselves, table by table. A test
// holds every column of the schema to what is said of it, so that none is forgotten.
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// SQL that leaves a visit its day and its price.
    static let visitWithoutMoments = """
        entry = '', exit = NULL, left_ms = NULL, dispute = NULL, grounds = NULL,
        entered_ms = entered_ms - entered_ms % 86400000
        """

    /// Movements of ninety days ago. Of a visit its day and its price are left, for the bill.
    func forgetMovements() throws -> Int64 {
        let before = Value.milliseconds(clock() - DeskLimits.movementsKept)
        let isFree = "stay IN (SELECT id FROM stay WHERE held IS NULL)"
        var count: Int64 = 0
        for (table, time) in [
            ("arrival", "began_ms"), ("touchpoint", "at_ms"), ("sighting", "at_ms"),
            ("admitted", "at_ms"),
        ] {
            count += try changed("DELETE FROM \(table) WHERE \(time) < ? AND \(isFree)", before)
        }
        count += try changed(
            """
            UPDATE usage SET \(Self.visitWithoutMoments)
            WHERE entered_ms < ? AND \(isFree) AND state != 'open'
                AND (entry != '' OR left_ms IS NOT NULL OR dispute IS NOT NULL
                    OR grounds IS NOT NULL)
            """, before)
        count += try changed("DELETE FROM gateway_report WHERE taken * 1000 < ?", before)
        return count
    }

    /// What only serves a guest who is here.
    func forgetAfterStay() throws -> Int64 {
        let over = Value.time(clock() - DeskLimits.presenceKept)
        var count: Int64 = 0
        for table in ["sighting", "admitted"] {
            count += try changed(
                """
                DELETE FROM \(table)
                WHERE stay IN (SELECT id FROM stay WHERE ends < ? AND held IS NULL)
                """, over)
        }
        count += try changed(
            """
            UPDATE pass SET revoked = (SELECT ends FROM stay WHERE stay.id = pass.stay),
                device_key = NULL
            WHERE device_key IS NOT NULL AND stay IN (SELECT id FROM stay WHERE ends < ?)
            """, over)
        // Nobody said that the name may be kept, and no reservation came that would.
        count += try changed(
            """
            UPDATE guest SET name = '' WHERE name != '' AND added < ?
                AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.guest = guest.id AND consent & ? != 0)
            """, .time(clock() - DeskLimits.unbookedNameKept),
            .number(Snapshot.Consent.greetByName.rawValue))
        return count
    }

    /// What was written down of the hotel's own doings.
    func forgetPapers() throws -> Int64 {
        try dropOldDeliveries()
        let before = Value.time(clock() - DeskLimits.auditKept)
        return try changed("DELETE FROM audit WHERE at < ?", before)
            + changed(
                """
                DELETE FROM command WHERE issued < ?
                    AND id NOT IN (SELECT command FROM gateway_report)
                """, before)
    }

    /// Guests whose every stay was over long ago, with nothing held or still to be billed.
    func guestsToErase() throws -> [Int64] {
        let sql = """
            SELECT id FROM guest WHERE added < ?1
                AND NOT EXISTS (SELECT 1 FROM stay WHERE stay.guest = guest.id AND (
                    ends >= ?1 OR held IS NOT NULL
                    OR EXISTS (SELECT 1 FROM usage WHERE usage.stay = stay.id
                        AND exported IS NULL AND decision IS NOT 'waived')))
            ORDER BY id LIMIT ?2
            """
        return try database.rows(
            sql, .time(clock() - DeskLimits.guestsKept), .number(DeskLimits.retentionGuestsMax)
        ) { row throws(DatabaseError) in try row.integer(0) }
    }

    /// Runs one statement.
    ///
    /// - Returns: how many rows it changed.
    private func changed(_ sql: String, _ values: Value...) throws -> Int64 {
        _ = try database.rows(sql, values) { _ throws(DatabaseError) in }
        return database.changedRows
    }
}
