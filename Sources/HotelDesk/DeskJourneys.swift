// SPDX-License-Identifier: Apache-2.0
// Journeys out of the records: one by one for stays that agreed, and together.
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// The journeys of consenting stays that began in a period, in the order of their numbers.
    func journeys(from: UnixTime, to: UnixTime) throws -> [Journey] {
        let kinds = Touchpoint.Kind.allCases
        let firsts = kinds.map { kind in
            """
            (SELECT min(at_ms) FROM touchpoint
                WHERE touchpoint.stay = stay.id AND kind = '\(kind.rawValue)')
            """
        }
        let sql = """
            SELECT stay.id, (SELECT name FROM door WHERE door.id = stay.room), begins,
                \(firsts.joined(separator: ", "))
            FROM stay WHERE begins >= ? AND begins < ? AND checks_in = 1 AND consent & ? != 0
            ORDER BY stay.id
            """
        return try database.rows(sql, .time(from), .time(to), Self.analytics) {
            row throws(DatabaseError) in
            var journey = Journey(
                stay: try row.integer(0), room: try row.optionalText(1), begins: try row.time(2))
            for (place, kind) in kinds.enumerated() {
                let column = Int32(3 + place)
                guard !row.isNull(column) else { continue }
                journey.milestones[kind] = try row.milliseconds(column)
            }
            return journey
        }
    }

    /// How long each visit of an amenity lasted whose leaving was seen, of the same stays.
    private func dwells(from: UnixTime, to: UnixTime) throws -> [Interval] {
        let sql = """
            SELECT dwell_ms FROM stay JOIN touchpoint ON touchpoint.stay = stay.id
                AND touchpoint.kind = '\(Touchpoint.Kind.amenityExit.rawValue)'
            WHERE begins >= ? AND begins < ? AND checks_in = 1 AND consent & ? != 0
                AND dwell_ms IS NOT NULL
            """
        return try database.rows(sql, .time(from), .time(to), Self.analytics) {
            row throws(DatabaseError) in .milliseconds(try row.integer(0))
        }
    }

    private static let analytics = Value.number(Snapshot.Consent.journeyAnalytics.rawValue)

    /// The figures of the stays that began, and of what happened, in a period.
    ///
    /// - Parameter offset: local time ahead of UTC, for the hours of the day.
    func figures(from: UnixTime, to: UnixTime, offset: Interval) throws -> JourneyFigures {
        try recountHours()
        var facts = JourneyFacts()
        facts.journeys = try journeys(from: from, to: to)
        facts.dwells = try dwells(from: from, to: to)
        facts.offset = offset
        let stays = "SELECT count(*) FROM stay WHERE begins >= ? AND begins < ? AND checks_in = 1"
        facts.staysInAll = Int(try count(stays, .time(from), .time(to)))
        facts.hours = try hourTotals(from: from, to: to)
        let alarms = "SELECT count(*) FROM alarm WHERE at_ms >= ? AND at_ms < ? AND was_false"
        let period = (Value.milliseconds(from), Value.milliseconds(to))
        facts.alarmsJudged = try count(alarms + " IS NOT NULL", period.0, period.1)
        facts.alarmsFalse = try count(alarms + " = 1", period.0, period.1)
        return JourneyFigures(facts)
    }

    private func count(_ sql: String, _ first: Value, _ second: Value) throws -> Int64 {
        try database.row(sql, first, second) { row throws(DatabaseError) in
            try row.integer(0)
        } ?? 0
    }
}
