// SPDX-License-Identifier: Apache-2.0
// The account as programs and as people read it. Both come from here, so that `lintel status`
// needs to understand no JSON.
import CommandLineKit
import DoorCore
import Radio
import Timebase

extension GatewayAccount {
    // MARK: - JSON

    func healthJSON(at now: Instant) -> String {
        let (health, findings) = health(at: now)
        var line = JSONLine()
        line.add("status", health.rawValue)
        line.add("findings", literal: Self.array(findings.map(JSONLine.quoted)))
        return line.text + "\n"
    }

    func statusJSON(at now: Instant) -> String {
        let (health, findings) = health(at: now)
        var line = JSONLine()
        line.add("gateway", "\(settings.gateway)")
        line.add("site", "\(settings.site)")
        line.add("status", health.rawValue)
        line.add("findings", literal: Self.array(findings.map(JSONLine.quoted)))
        line.add("uptimeSeconds", (now - startedAt).milliseconds / 1_000)
        line.add("clock", "\(figures.clock)")
        line.add("wall", figures.wall.map(\.text))
        line.add("epoch", snapshot?.epoch)
        line.add("issued", snapshot.map(\.issued.text))
        line.add("credentials", snapshot?.credentials)
        line.add("radios", literal: Self.array(radioStates.enumerated().map(radioJSON)))
        line.add("doors", literal: Self.array(doors.map(Self.doorJSON)))
        line.add("unlocks", figures.core.unlocks)
        line.add("denials", figures.core.denials.reduce(0, +))
        line.add("sequence", trail.lastSequence)
        line.add("head", trail.chain.head)
        line.add("journalled", journal.kept)
        line.add("lost", journal.lost)
        line.add("hotel", hotelWords)
        line.add("waiting", unacknowledged)
        line.add("watchdogFed", figures.watchdogs.fed)
        line.add("watchdogWithheld", figures.watchdogs.withheld)
        return line.text + "\n"
    }

    func doorsJSON() -> String { Self.array(doors.map(Self.doorJSON)) + "\n" }

    private func radioJSON(
        _ index: Int, _ radio: (name: String, state: Radio.State)
    ) -> String {
        var line = JSONLine()
        line.add("name", radio.name)
        line.add("isHearing", radio.state == .scanning)
        line.add("state", radio.state.words)
        line.add("packetsReceived", packetsReceived(index))
        line.add("climbs", climbs(index).reduce(0, +))
        return line.text
    }

    private static func doorJSON(_ door: SettingsDoor, _ status: DoorStatus) -> String {
        var line = JSONLine()
        line.add("name", door.name)
        line.add("index", status.index.rawValue)
        line.add("mode", status.mode.text)
        line.add("isFreeAccess", status.isFreeAccess)
        line.add("level", status.level.rawValue)
        line.add("lock", "\(status.lock)")
        line.add("contact", status.contact.word(active: "open", inactive: "closed"))
        line.add("privacy", status.privacy.word(active: "on", inactive: "off"))
        line.add("alarms", literal: array(status.alarms.list.map(JSONLine.quoted)))
        return line.text
    }

    private static func array(_ items: [String]) -> String {
        "[\(items.joined(separator: ","))]"
    }

    // MARK: - Words

    func healthText(at now: Instant) -> String {
        let (health, findings) = health(at: now)
        return "\(health)\n" + findings.map { "  \($0)\n" }.joined()
    }

    func statusText(at now: Instant) -> String {
        let (health, findings) = health(at: now)
        let up = (now - startedAt).milliseconds / 1_000
        var lines = ["gateway \(settings.gateway): \(health), up \(Self.duration(seconds: up))"]
        lines += findings.map { "  \($0)" }
        lines.append("clock     \(figures.clock), " + (figures.wall?.text ?? "not read yet"))
        if let snapshot {
            lines.append(
                "snapshot  epoch \(snapshot.epoch), issued \(snapshot.issued.text), "
                    + "\(snapshot.credentials) passes")
        } else {
            lines.append("snapshot  none")
        }
        for (index, radio) in radioStates.enumerated() {
            lines.append(
                "radio     \(radio.name): \(radio.state.words), "
                    + "\(packetsReceived(index)) packets" + climbsText(index))
        }
        lines.append(
            "doors     \(settings.doors.count); \(figures.core.unlocks) unlocks, "
                + "\(figures.core.denials.reduce(0, +)) denials")
        lines.append("events    \(trail.lastSequence), last hash \(trail.chain.head.prefix(16))")
        if let hotelWords {
            lines.append("hotel     \(hotelWords), \(unacknowledged ?? 0) events waiting")
        }
        if journal.lost > 0 { lines.append("lost      \(journal.lost) events") }
        let watchdogs = figures.watchdogs
        lines.append("watchdog  fed \(watchdogs.fed) times, withheld \(watchdogs.withheld) times")
        return lines.joined(separator: "\n") + "\n"
    }

    func doorsText() -> String {
        var rows = [["DOOR", "MODE", "LOCK", "CONTACT", "PRIVACY", "LEVEL", "ALARMS"]]
        for (door, status) in doors {
            rows.append([
                door.name, status.mode.text + (status.isFreeAccess ? " (free now)" : ""),
                "\(status.lock)", status.contact.word(active: "open", inactive: "closed"),
                status.privacy.word(active: "on", inactive: "off"), "\(status.level.rawValue)",
                status.alarms.list.isEmpty ? "-" : status.alarms.words,
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths.dropLast()) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            return line + (row.last ?? "") + "\n"
        }.joined()
    }

    /// How it stands with the hotel's broker; `nil` where none is configured.
    private var hotelWords: String? {
        switch linkState {
        case nil: nil
        case .connected: "connected"
        case .connecting: "connecting"
        case .waiting: "not reached"
        case .stopped: "stopped"
        }
    }

    private func climbs(_ radio: Int) -> [UInt64] {
        radio < figures.radios.count ? figures.radios[radio].climbs : []
    }

    /// `, recovery: restartScan 3, findAgain 1`; nothing where all was well.
    private func climbsText(_ radio: Int) -> String {
        let climbed = zip(RecoveryRung.allCases, climbs(radio)).filter { $1 > 0 }
        return climbed.isEmpty
            ? "" : ", recovery: " + climbed.map { "\($0) \($1)" }.joined(separator: ", ")
    }

    private func packetsReceived(_ radio: Int) -> UInt64 {
        radio < figures.radios.count ? figures.radios[radio].transport.packetsReceived : 0
    }

    /// `3 d 2 h`, `12 min`, `40 s`: two units at most.
    private static func duration(seconds: Int64) -> String {
        let units: [(name: String, seconds: Int64)] = [
            ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1),
        ]
        var rest = seconds
        var parts: [String] = []
        for unit in units where rest >= unit.seconds && parts.count < 2 {
            parts.append("\(rest / unit.seconds) \(unit.name)")
            rest %= unit.seconds
        }
        return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    }
}

extension DoorStatus.Sensor {
    fileprivate func word(active: String, inactive: String) -> String {
        switch self {
        case .unfitted: "none"
        case .unread: "unread"
        case .active: active
        case .inactive: inactive
        }
    }
}
