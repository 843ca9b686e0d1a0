// SPDX-License-Identifier: Apache-2.0
// Journeys out of the records: one by one for stays that agreed, and together.
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// The journeys of consenting stays that began in a period, in the order of their numbers.
    func journeys(from: UnixTime, to: UnixTime) throws -> [Journey] {
        let sql = """
            SELECT stay.id, (SELECT name FROM door WHERE door.id = stay.room), begins,
                touchpoint.kind, at_ms
            FROM stay LEFT JOIN touchpoint ON touchpoint.stay = stay.id
            WHERE begins >= ? AND begins < ? AND checks_in = 1 AND consent & ? != 0
            ORDER BY stay.id, at_ms, touchpoint.id
            """
        var journeys: [Journey] = []
        var entered: UnixTime?
        let analytics = Snapshot.Consent.journeyAnalytics.rawValue
        _ = try database.rows(sql, .time(from), .time(to), .number(analytics)) {
            row throws(DatabaseError) in
            let stay = try row.integer(0)
            if journeys.last?.stay != stay {
                journeys.append(
                    Journey(stay: stay, room: try row.optionalText(1), begins: try row.time(2)))
                entered = nil
            }
            guard !row.isNull(3) else { return }
            let (kind, at) = (try row.word(3, as: Touchpoint.Kind.self), try row.milliseconds(4))
            let last = journeys.count - 1
            if journeys[last].milestones[kind] == nil { journeys[last].milestones[kind] = at }
            if kind == .amenityExit, let begin = entered {
                journeys[last].dwells.append(at - begin)
                entered = nil
            }
            if kind == .amenityEntry { entered = at }
        }
        return journeys
    }

    /// The figures of the stays that began, and of what happened, in a period.
    ///
    /// - Parameter offset: local time ahead of UTC, for the hours of the day.
    package func figures(from: UnixTime, to: UnixTime, offset: Interval) throws -> JourneyFigures {
        try recountHours()
        var facts = JourneyFacts()
        facts.journeys = try journeys(from: from, to: to)
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
