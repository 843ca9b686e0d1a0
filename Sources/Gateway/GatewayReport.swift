// SPDX-License-Identifier: Apache-2.0
// Everything somebody at a distance needs to help this gateway, in one bounded text of JSON lines:
// what it is, how it is, what it counted, what its settings say and its last events. No key, no
// password and nothing of any device but its own adapters is in it.
//
//   {"part":"program",…} "machine" "adapters" "clock" "status" "radio" "settings" "metrics" "event"
import CommandLineKit
import Configuration
import DoorCore
import Platform
import Radio
import Timebase

enum GatewayReport {
    /// Of a gateway that runs.
    ///
    /// - Parameter bytesMax: older events are left out rather than exceed it.
    static func bundle(
        _ account: GatewayAccount, at now: Instant, bytesMax: Int = Limits.reportBytesMax
    ) -> String {
        var lines = [program(), MachineFacts.line(), adapters(), clock(account, at: now)]
        lines.append(part("status", "gateway", json: account.statusJSON(at: now)))
        lines += (0..<account.settings.receivers.count).map { radio($0, account) }
        lines += account.settings.entries.map(setting)
        lines.append(metrics(account, at: now))
        let text = lines.map { $0 + "\n" }.joined()
        return text + events(account.trail, bytesMax: bytesMax - text.utf8.count)
    }

    /// Where no gateway runs: all that can be known from outside.
    static func bundle(withoutGateway report: SettingsReport) -> String {
        var lines = [program(), MachineFacts.line(), adapters()]
        for finding in report.findings {
            var line = begin("finding")
            // Not what was found: a mistyped secret would be in it.
            line.add("text", "\(finding.position): \(finding.rule); \(finding.consequence)")
            lines.append(line.text)
        }
        lines += (report.settings?.entries ?? []).map(setting)
        return lines.map { $0 + "\n" }.joined()
    }

    // MARK: - Parts

    private static func begin(_ part: String) -> JSONLine {
        var line = JSONLine()
        line.add("part", part)
        return line
    }

    private static func part(_ name: String, _ key: String, json: String) -> String {
        var line = begin(name)
        line.add(key, literal: String(json.prefix { $0 != "\n" }))
        return line.text
    }

    private static func program() -> String {
        var line = begin("program")
        line.add("format", 1)
        line.add("version", Version.text)
        line.add("built", MachineClock.builtAt?.text)
        line.add("made", WallClock.now().text)
        return line.text
    }

    private static func adapters() -> String {
        var line = begin("adapters")
        let found = AdapterInventory.describe().map(JSONLine.quoted)
        line.add("found", literal: "[\(found.joined(separator: ","))]")
        return line.text
    }

    private static func clock(_ account: GatewayAccount, at now: Instant) -> String {
        var line = begin("clock")
        line.add("state", "\(account.figures.clock)")
        line.add("doors", account.figures.wall.map { ($0 + (now - account.figures.at)).text })
        line.add("system", WallClock.now().text)
        line.add("isSynchronised", WallClock.isSynchronised)
        line.add("hasRealTimeClock", MachineClock.hasRealTimeClock())
        let offset = MachineClock.localOffset(at: WallClock.now())
        line.add("localOffsetSeconds", offset.milliseconds / 1_000)
        return line.text
    }

    private static func radio(_ index: Int, _ account: GatewayAccount) -> String {
        let receiver = account.settings.receivers[index].configuration
        var line = begin("radio")
        line.add("name", receiver.name)
        line.add("state", account.radioStates[index].state.words)
        let facts = account.figures.radioFacts
        guard index < facts.count, let facts = facts[index] else { return line.text }
        line.add("commands", "\(facts.commands)")
        line.add("canAdvertise", facts.canAdvertise)
        line.add("hciVersion", facts.version?.hciVersion)
        line.add("lmpSubversion", facts.version?.lmpSubversion)
        line.add("company", facts.version?.companyIdentifier)
        return line.text
    }

    private static func metrics(_ account: GatewayAccount, at now: Instant) -> String {
        var line = begin("metrics")
        line.add("text", account.metrics(at: now))
        return line.text
    }

    /// The newest events that fit, oldest first, as they left the gateway.
    private static func events(_ trail: EventTrail, bytesMax: Int) -> String {
        var room = bytesMax
        var lines: [String] = []
        for position in (trail.firstPosition..<trail.endPosition).reversed() {
            let line = part("event", "event", json: trail.line(at: position).text) + "\n"
            room -= line.utf8.count
            guard room >= 0 else { break }
            lines.append(line)
        }
        return lines.reversed().joined()
    }

    // MARK: - Settings

    private static func setting(_ entry: SettingsEntry) -> String {
        var line = begin("settings")
        line.add("section", entry.title)
        line.add("key", entry.key)
        line.add("value", blanked(entry))
        return line.text
    }

    /// Words in a key whose value nobody may read but the gateway, unless it says in which file.
    private static let secretWords = ["password", "secret", "token", "key", "pin"]

    /// The value, or as much of it as may be shown.
    static func blanked(_ entry: SettingsEntry) -> String {
        let words = entry.key.split(separator: "-").map(String.init)
        if words.contains(where: secretWords.contains), !entry.value.hasPrefix("/") {
            return "(not shown)"
        }
        // mqtts://user:password@host
        guard let scheme = entry.value.range(of: "://"),
            let at = entry.value[scheme.upperBound...].lastIndex(of: "@")
        else { return entry.value }
        return entry.value[..<scheme.upperBound] + "(not shown)" + entry.value[at...]
    }
}

extension String {
    /// The first occurrence; the standard library without Foundation has none of its own.
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) {
                return start..<index(start, offsetBy: text.count)
            }
            start = index(after: start)
        }
        return nil
    }
}
