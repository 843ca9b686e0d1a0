// SPDX-License-Identifier: Apache-2.0
// Alarms with one click to say that somebody has seen to them.
import Timebase

struct AlarmList {
    let words: Words
    let now: UnixTime
    let formToken: HTML

    func html(_ alarms: [DeskAlarm]) -> HTML {
        let rows: [HTML] = alarms.map { alarm in
            """
            <li><b>\(words.alarm(alarm.kind))</b> \(alarm.door ?? "")
            <span class="quiet">\(words.ago(alarm.at, at: now))\(alarm.cleared == nil
                ? "" : words(", beendet", ", over"))</span>
            \(alarm.acknowledged == nil ? buttons(alarm) : seen(alarm))</li>
            """
        }
        return "<ul class=\"rows\">\(rows)</ul>"
    }

    private func buttons(_ alarm: DeskAlarm) -> HTML {
        """
        <form method="post" action="/alarms/\(alarm.number)" class="actions" data-quiet>\(formToken)
        <button data-key="seen-\(alarm.number)">\(words("Gesehen", "Seen to"))</button>
        <button name="false" value="yes" data-key="false-\(alarm.number)">\
        \(words("Fehlalarm", "False alarm"))</button></form>
        """
    }

    private func seen(_ alarm: DeskAlarm) -> HTML {
        let time = alarm.acknowledged.map { words.clock($0) } ?? ""
        return "<span class=\"marked\">✓ \(words("Gesehen", "Seen to")) \(time)</span>"
    }
}

extension Words {
    /// An event's name in words; one we have none for stands as it is.
    func alarm(_ kind: String) -> String {
        switch kind {
        case "forced": self("Aufgebrochen", "Forced open")
        case "held": self("Steht zu lange offen", "Held open")
        case "tamper": self("Sabotagekontakt", "Tampering")
        case "fireOn": self("Feueralarm", "Fire alarm")
        case "lockFault": self("Schloss gestört", "Lock fault")
        case "lineFault": self("Leitung gestört", "Line fault")
        case "radioLost": self("Funk ausgefallen", "Radio lost")
        case "rexStuck": self("Taster klemmt", "Exit button stuck")
        case "tagAlarm": self("Falsche Pässe", "Forged passes")
        default: kind
        }
    }
}
