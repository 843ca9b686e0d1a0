// SPDX-License-Identifier: Apache-2.0
// What many journeys say together: pure arithmetic over stays that agreed to it and over totals
// that name nobody.
import Timebase

/// One stay's milestones, each the first of its kind.
struct Journey: Equatable {
    let stay: Int64
    let room: String?
    let begins: UnixTime
    var milestones: [Touchpoint.Kind: UnixTime] = [:]

    func interval(from: Touchpoint.Kind, to: Touchpoint.Kind) -> Interval? {
        guard let from = milestones[from], let to = milestones[to], to >= from else { return nil }
        return to - from
    }
}

/// Half took at most `median`, nine in ten at most `p90` (nearest rank).
struct Spread: Equatable {
    let count: Int
    let median: Interval
    let p90: Interval

    /// `nil` where nothing was measured.
    init?(_ intervals: [Interval]) {
        guard !intervals.isEmpty else { return nil }
        let sorted = intervals.sorted()
        func rank(_ percent: Int) -> Interval {
            sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
        }
        count = sorted.count
        median = rank(50)
        p90 = rank(90)
    }
}

/// One hour's anonymous count.
struct HourTotal: Equatable {
    /// Hours since 1970 in UTC.
    let hour: Int64
    /// `granted`, `denied`, `alarm`.
    let kind: String
    let events: Int64
    let stays: Int64
}

/// The figures of a period.
struct JourneyFigures: Equatable {
    /// A step of the funnel and how many stays reached it.
    struct Step: Equatable {
        let name: String
        let stays: Int
    }

    /// Stays that agreed to be counted one by one.
    let funnel: [Step]
    let arrivalToCheckIn: Spread?
    let checkInToRoom: Spread?
    let arrivalToRoom: Spread?
    let amenityDwell: Spread?
    /// All other stays of the period; `nil` below the smallest group.
    let otherStays: Int?
    /// Doors opened in each hour of the local day; `nil` in hours with too few stays.
    let busyHours: [Int64?]
    /// Denials among all decisions, in per mille; `nil` below the smallest group.
    let denialPerMille: Int64?
    /// False ones among the alarms that staff judged, in per mille.
    let falseAlarmPerMille: Int64?
}

/// What figures are made of.
struct JourneyFacts {
    var journeys: [Journey] = []
    /// Of every visit to an amenity whose leaving was seen.
    var dwells: [Interval] = []
    /// Of the period, whether they agreed or not.
    var staysInAll = 0
    var hours: [HourTotal] = []
    var alarmsJudged: Int64 = 0
    var alarmsFalse: Int64 = 0
    /// Local time ahead of UTC.
    var offset = Interval.zero
}

extension JourneyFigures {
    init(_ facts: JourneyFacts) {
        let journeys = facts.journeys
        func reached(_ kind: Touchpoint.Kind) -> Step {
            Step(
                name: kind.rawValue,
                stays: journeys.filter { $0.milestones[kind] != nil }.count)
        }
        func spread(_ from: Touchpoint.Kind, _ to: Touchpoint.Kind) -> Spread? {
            Spread(journeys.compactMap { $0.interval(from: from, to: to) })
        }
        funnel =
            [Step(name: "booked", stays: journeys.count)]
            + [.arrival, .checkIn, .roomEntry, .departure].map(reached)
        arrivalToCheckIn = spread(.arrival, .checkIn)
        checkInToRoom = spread(.checkIn, .roomEntry)
        arrivalToRoom = spread(.arrival, .roomEntry)
        amenityDwell = Spread(facts.dwells)
        let others = facts.staysInAll - journeys.count
        otherStays = others >= DeskLimits.groupStaysMin ? others : nil
        busyHours = Self.busyHours(facts)
        let isGroup = facts.staysInAll >= DeskLimits.groupStaysMin
        let granted = Self.sum(facts.hours, "granted")
        let denied = Self.sum(facts.hours, "denied")
        denialPerMille =
            isGroup && granted + denied > 0 ? denied * 1_000 / (granted + denied) : nil
        falseAlarmPerMille =
            facts.alarmsJudged > 0 ? facts.alarmsFalse * 1_000 / facts.alarmsJudged : nil
    }

    private static func sum(_ hours: [HourTotal], _ kind: String) -> Int64 {
        hours.reduce(0) { $1.kind == kind ? $0 + $1.events : $0 }
    }

    /// Only hours that had a whole group of stays are added up.
    private static func busyHours(_ facts: JourneyFacts) -> [Int64?] {
        var sums = [Int64?](repeating: nil, count: 24)
        let minutes = facts.offset.milliseconds / 60_000
        for total in facts.hours
        where total.kind == "granted" && total.stays >= DeskLimits.groupStaysMin {
            let local = (total.hour * 60 + minutes) % 1_440
            let hour = Int((local + 1_440) % 1_440 / 60)
            sums[hour] = (sums[hour] ?? 0) + total.events
        }
        return sums
    }
}
