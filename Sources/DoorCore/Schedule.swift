// SPDX-License-Identifier: Apache-2.0
// Weekly opening hours in local time. The gateway's settings write them; the door machine asks once
// a minute whether they are open.
import Timebase

/// Days of a week: bit 0 Monday … bit 6 Sunday.
public struct Weekdays: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let monday = Weekdays(rawValue: 1)
    public static let tuesday = Weekdays(rawValue: 2)
    public static let wednesday = Weekdays(rawValue: 4)
    public static let thursday = Weekdays(rawValue: 8)
    public static let friday = Weekdays(rawValue: 16)
    public static let saturday = Weekdays(rawValue: 32)
    public static let sunday = Weekdays(rawValue: 64)
    public static let everyDay = Weekdays(rawValue: 127)
}

/// Weekly hours: the union of its spans.
public struct Schedule: Hashable, Sendable {
    /// One span of a day, in minutes since local midnight, end not included. With `end <= start` it
    /// runs past midnight into the next day; the days are those on which it starts.
    public struct Span: Hashable, Sendable {
        public let days: Weekdays
        public let startMinute: Int64
        public let endMinute: Int64

        /// - Precondition: both minutes in 0…1440.
        public init(days: Weekdays, startMinute: Int64, endMinute: Int64) {
            precondition((0...1_440).contains(startMinute) && (0...1_440).contains(endMinute))
            self.days = days
            self.startMinute = startMinute
            self.endMinute = endMinute
        }
    }

    public var spans: [Span]

    public init(_ spans: [Span]) { self.spans = spans }

    /// - Parameter offset: local time minus UTC, daylight saving included.
    public func contains(_ time: UnixTime, offset: Interval) -> Bool {
        let minutes = (time + offset).seconds.floorDivided(by: 60)
        let day = minutes.floorDivided(by: 1_440)
        let minute = minutes - day * 1_440
        // 1970-01-01 was a Thursday: day 0 has bit 3.
        let today = Weekdays(rawValue: 1 << UInt8((day + 3).floorModulo(7)))
        let yesterday = Weekdays(rawValue: 1 << UInt8((day + 2).floorModulo(7)))
        return spans.contains { span in
            if span.startMinute < span.endMinute {
                return span.days.contains(today)
                    && (span.startMinute..<span.endMinute).contains(minute)
            }
            return span.days.contains(today) && minute >= span.startMinute
                || span.days.contains(yesterday) && minute < span.endMinute
        }
    }
}

extension Int64 {
    fileprivate func floorModulo(_ divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }

    fileprivate func floorDivided(by divisor: Int64) -> Int64 {
        (self - floorModulo(divisor)) / divisor
    }
}
