// SPDX-License-Identifier: Apache-2.0
// The board's two languages. Both texts of a thing stand beside each other where it is shown, so
// that neither is forgotten.
import Glibc
import Timebase

/// Says things in one language.
struct Words {
    let language: GuestLanguage

    func callAsFunction(_ german: String, _ english: String) -> String {
        language == .german ? german : english
    }

    /// The first language of an `Accept-Language` header that we speak (RFC 9110, 12.5.4);
    /// browsers list them by preference.
    static func preferred(_ header: String?) -> GuestLanguage {
        for part in (header ?? "").split(separator: ",") {
            let tag = part.drop { $0 == " " }.prefix(2).lowercased()
            if let language = GuestLanguage(rawValue: tag) { return language }
        }
        return .english
    }

    /// The language a terminal's messages are in, English where we do not speak it (POSIX.1-2017,
    /// XBD 8.2): `de_DE.UTF-8` is German.
    static func terminal(_ variable: (String) -> String?) -> GuestLanguage {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].lazy.compactMap(variable)
            .first { !$0.isEmpty }
        return GuestLanguage(rawValue: String((locale ?? "").prefix { $0.isLetter })) ?? .english
    }

    /// A number as the language writes it: `0,5`.
    func decimal(_ number: String) -> String { self(number.replacing(".", with: ","), number) }

    // MARK: - Times, in the hotel's own zone

    /// `15:04`
    func clock(_ time: UnixTime) -> String {
        let local = Self.local(time)
        return "\(Self.two(local.tm_hour)):\(Self.two(local.tm_min))"
    }

    /// `24.11.` or `24 Nov`
    func day(_ time: UnixTime) -> String {
        let local = Self.local(time)
        let month = Int(local.tm_mon)
        let english = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        return self(
            "\(local.tm_mday).\(month + 1).", "\(local.tm_mday) \(english[month % 12])")
    }

    func dayAndClock(_ time: UnixTime) -> String { "\(day(time)) \(clock(time))" }

    /// `heute 15:04`; another day by its date.
    func when(_ time: UnixTime, at now: UnixTime) -> String {
        day(time) == day(now) ? self("heute", "today") + " \(clock(time))" : dayAndClock(time)
    }

    /// `gerade eben`, `vor 12 min`
    func ago(_ time: UnixTime, at now: UnixTime) -> String {
        let minutes = (now - time).milliseconds / 60_000
        if minutes < 1 { return self("gerade eben", "just now") }
        if minutes < 60 { return self("vor \(minutes) min", "\(minutes) min ago") }
        return self("seit \(clock(time))", "since \(clock(time))")
    }

    /// `48 s`, `12 min`, `3 h`
    func length(_ interval: Interval) -> String {
        let seconds = interval.milliseconds / 1_000
        if seconds < 120 { return "\(seconds) s" }
        return seconds < 7_200 ? "\(seconds / 60) min" : "\(seconds / 3_600) h"
    }

    private static func local(_ time: UnixTime) -> tm {
        var seconds = time_t(time.seconds)
        var local = tm()
        localtime_r(&seconds, &local)
        return local
    }

    private static func two(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : String(number)
    }
}
