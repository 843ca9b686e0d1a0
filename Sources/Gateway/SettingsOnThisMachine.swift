// SPDX-License-Identifier: Apache-2.0
// What the settings name and this machine does not have: `lintel check` and `lintel run` ask.
import Configuration
import Locks

extension Settings {
    /// Findings about lines that are not there, not free, or the same under two names.
    public func lineFindings() -> [SettingsFinding] {
        LineResolution.obstacles(lines.map(\.request)).map { line, obstacle in
            let setting = lines[Int(line.rawValue)]
            let place = setting.request.specification.place
            let subject = "line '\(place)', the \(setting.owner),"
            switch obstacle {
            case .unavailable(let error):
                return SettingsFinding(
                    .error, at: setting.position, "\(subject) is not to be had: \(error)",
                    rule: "gpiodetect and gpioinfo show what this machine has",
                    consequence: "no door of this gateway can be driven")
            case .inUse(let user):
                return SettingsFinding(
                    .error, at: setting.position,
                    "\(subject) is in use by '\(user.isEmpty ? "the kernel" : user)'",
                    rule: "a line has one user",
                    consequence: "no door of this gateway can be driven")
            case .same(let other):
                let first = lines[Int(other.rawValue)]
                return SettingsFinding(
                    .error, at: setting.position,
                    "\(subject) is the same as '\(first.request.specification.place)', "
                        + "the \(first.owner)",
                    rule: "a line serves one purpose of one door",
                    consequence: "a pass for one door would move another")
            }
        }
    }
}
