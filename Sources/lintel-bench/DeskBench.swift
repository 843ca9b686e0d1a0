// SPDX-License-Identifier: Apache-2.0
// What the hotel desk's questions cost over the records of a season.
import CommandLineKit
import HotelDesk
import Platform
import Timebase

struct DeskBench {
    private static let rounds = 20
    let desk: Desk

    init(database: String) throws { desk = try Desk(path: database) { WallClock.now() } }

    /// One JSON object: nanoseconds for each question, the median of some rounds.
    func run() throws -> String {
        let now = WallClock.now()
        let year = (from: now - .hours(365 * 24), to: now + .hours(24))
        var line = JSONLine()
        // The first one counts every hour there ever was.
        line.add("figuresFirst", try once { _ = try figures(year) })
        line.add(
            "timeline",
            try median { round in
                _ = try desk.timeline(stay: Int64(1 + round * 37))
            })
        line.add("arrivals", try median { _ in _ = try desk.arrivals(since: now - .hours(24)) })
        line.add("stays", try median { _ in _ = try desk.presentStays(until: now + .hours(24)) })
        line.add("alarms", try median { _ in _ = try desk.openAlarms() })
        line.add("figures", try median { _ in _ = try figures(year) })
        return line.text
    }

    private func figures(_ period: (from: UnixTime, to: UnixTime)) throws -> JourneyFigures {
        try desk.figures(from: period.from, to: period.to, offset: .hours(1))
    }

    private func once(_ body: () throws -> Void) throws -> Int64 {
        let stopwatch = Stopwatch()
        try body()
        return stopwatch.nanoseconds
    }

    private func median(_ body: (Int) throws -> Void) throws -> Int64 {
        let times = try (0..<Self.rounds).map { round in try once { try body(round) } }
        return times.sorted()[times.count / 2]
    }
}
