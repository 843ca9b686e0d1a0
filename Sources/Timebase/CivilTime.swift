// SPDX-License-Identifier: Apache-2.0
// Wall-clock time as people write it: RFC 3339 in UTC. Proleptic Gregorian calendar by day counts,
// after the well-known era arithmetic (400 years are 146 097 days).

extension UnixTime {
    /// `2026-01-01T00:00:00.000Z`
    public var text: String {
        let second = seconds
        let day = second.floorQuotient(86_400)
        let rest = second - day * 86_400
        let (year, month, dayOfMonth) = Self.civil(day)
        let fraction = milliseconds - second * 1_000
        return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfMonth, 2))"
            + "T\(Self.padded(rest / 3_600, 2)):\(Self.padded(rest / 60 % 60, 2))"
            + ":\(Self.padded(rest % 60, 2)).\(Self.padded(fraction, 3))Z"
    }

    /// Reads an RFC 3339 date and time with its zone, `2026-01-01T15:00:00+01:00` or `…Z`, seconds
    /// and fraction optional; `nil` for anything else, also for days no calendar has.
    public init?(text: String) {
        var reader = CivilReader(text)
        guard let year = reader.digits(4), reader.take("-"), let month = reader.digits(2),
            reader.take("-"), let day = reader.digits(2), reader.take("T") || reader.take("t"),
            let hour = reader.digits(2), reader.take(":"), let minute = reader.digits(2),
            (1...12).contains(month), day >= 1, hour < 24, minute < 60
        else { return nil }
        let days = Self.days(year, month, day)
        guard Self.civil(days) == (year, month, day) else { return nil }
        var second: Int64 = 0
        var fraction: Int64 = 0
        if reader.take(":") {
            guard let digits = reader.digits(2), digits < 60 else { return nil }
            second = digits
            if reader.take(".") {
                guard let thousandths = reader.thousandths() else { return nil }
                fraction = thousandths
            }
        }
        guard let offset = reader.zone(), reader.isAtEnd else { return nil }
        let minutes = days * 1_440 + hour * 60 + minute - offset
        self.init(milliseconds: (minutes * 60 + second) * 1_000 + fraction)
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Year, month and day of a count of days since 1970-01-01.
    private static func civil(_ day: Int64) -> (Int64, Int64, Int64) {
        // Days since 0000-03-01: a year that begins in March ends with its leap day.
        let shifted = day + 719_468
        let era = shifted.floorQuotient(146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfMonth)
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = marchYear.floorQuotient(400)
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Reads the pieces of an RFC 3339 time.
private struct CivilReader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func digits(_ count: Int) -> Int64? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// Digits of a fraction of a second; those after the third are dropped.
    mutating func thousandths() -> Int64? {
        let digits = rest.prefix { (48...57).contains($0) }
        guard !digits.isEmpty else { return nil }
        rest.removeFirst(digits.count)
        var value: Int64 = 0
        var unit: Int64 = 100
        for digit in digits.prefix(3) {
            value += Int64(digit - 48) * unit
            unit /= 10
        }
        return value
    }

    /// Minutes ahead of UTC.
    mutating func zone() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isAhead = take("+")
        guard isAhead || take("-"), let hours = digits(2), take(":"), let minutes = digits(2),
            hours < 24, minutes < 60
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }
}

extension Int64 {
    /// Rounded down, also below zero.
    fileprivate func floorQuotient(_ divisor: Int64) -> Int64 {
        self >= 0 ? self / divisor : (self - divisor + 1) / divisor
    }
}
