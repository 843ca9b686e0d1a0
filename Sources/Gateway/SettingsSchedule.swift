// SPDX-License-Identifier: Apache-2.0
// Weekly hours as people write them: `mon-fri 07:00-22:00, sat sun 08:00-12:00`.
import Configuration
import DoorCore

extension SettingsGrammar where Value == Schedule {
    static var schedule: SettingsGrammar {
        SettingsGrammar(
            "days and hours, as 'mon-fri 07:00-22:00, sat sun 08:00-12:00' or 'daily 06:00-02:00'",
            problem: "names no hours"
        ) { text in
            var spans: [Schedule.Span] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let span = span(part) else { return nil }
                spans.append(span)
            }
            return Schedule(spans)
        }
    }
}

private func span(_ text: Substring) -> Schedule.Span? {
    let words = text.split(separator: " ")
    guard words.count >= 2, let hours = words.last else { return nil }
    var days: Weekdays = []
    for word in words.dropLast() {
        guard let named = weekdays(word), days.isDisjoint(with: named) else { return nil }
        days.formUnion(named)
    }
    let ends = hours.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]), start != end
    else { return nil }
    return Schedule.Span(days: days, startMinute: start, endMinute: end)
}

private let dayNames: [Substring] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

/// `mon`, `mon-fri`, `sat-mon` or `daily`.
private func weekdays(_ word: Substring) -> Weekdays? {
    if word == "daily" { return .everyDay }
    let ends = word.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count <= 2, let first = dayNames.firstIndex(of: ends[0]),
        let last = dayNames.firstIndex(of: ends[ends.count - 1])
    else { return nil }
    let count = (last - first + 7) % 7 + 1
    return (0..<count).reduce(into: []) { days, step in
        days.insert(Weekdays(rawValue: 1 << UInt8((first + step) % 7)))
    }
}

/// Minutes since midnight of `HH:MM`, `24:00` included.
private func minute(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
        let hours = UInt8(parts[0]), let minutes = UInt8(parts[1]), minutes < 60
    else { return nil }
    let total = Int64(hours) * 60 + Int64(minutes)
    return total <= 1_440 ? total : nil
}
