// SPDX-License-Identifier: Apache-2.0
// Which line belongs to whom. A line has one purpose; only what reports to all may be shared.
import Configuration
import DoorCore
import Locks

/// A line of the settings, its `LineIndex` being its position in their list.
public struct SettingsLine: Sendable {
    public let request: LineRequest
    /// `lock of [door 301]`
    public let owner: String
    /// The door's name.
    let door: String
    public let position: IniPosition
}

/// Collects the lines of all doors.
final class SettingsLines {
    private(set) var all: [SettingsLine] = []
    /// `LineIndex` is a byte.
    private static let countMax = 256

    /// The index of a line for this key; `nil` where the key is absent or cannot have its line.
    func take(
        _ key: String, of section: SettingsSection, use: LineUse, isShared: Bool = false,
        isRequired: Bool = false,
        otherwise without: String = "the door cannot do what this line is for"
    ) -> LineIndex? {
        let specification =
            isRequired
            ? section.required(key, .line, otherwise: without)
            : section.value(key, .line, otherwise: without)
        guard let specification else { return nil }
        let request = LineRequest(specification, use)
        if let taken = all.firstIndex(where: {
            $0.request.specification.place == specification.place
        }) {
            if isShared && all[taken].request == request && all[taken].owner.hasPrefix("\(key) ") {
                return LineIndex(UInt8(taken))
            }
            reportShared(key, of: section, with: all[taken])
            return nil
        }
        guard all.count < Self.countMax else {
            section.wrong(
                key, "is one line too many", rule: "a gateway has up to \(Self.countMax) lines",
                consequence: "the door cannot be wired to this gateway")
            return nil
        }
        if specification.isSimulated {
            section.findings.warn(
                at: section.position(of: key),
                "value '\(specification.place)' for key '\(key)' in \(section.title) is simulated",
                rule: "real lines are written CHIP/LINE", consequence: "nothing moves")
        }
        all.append(
            SettingsLine(
                request: request, owner: "\(key) of \(section.title)", door: section.name,
                position: section.position(of: key)))
        return LineIndex(UInt8(all.count - 1))
    }

    private func reportShared(
        _ key: String, of section: SettingsSection, with other: SettingsLine
    ) {
        section.wrong(
            key, "is the \(other.owner) at \(other.position) already",
            rule: "a line serves one purpose of one door; only a fire or tamper input, "
                + "written alike, may serve several doors",
            consequence: "a pass for one door would move another")
    }
}
