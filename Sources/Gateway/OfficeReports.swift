// SPDX-License-Identifier: Apache-2.0
// What the door thread tells the office, and what the office makes of it: words, files, the audit.
import DoorCore
import Platform
import Timebase

extension Office {
    func readReports() {
        mail.toOffice.doorbell.answer()
        while let report = mail.toOffice.pop() {
            switch report {
            case .event(let event): tell(event)
            case .started, .reloaded:
                notifier.ready(status: settings.serviceStatus)
            case .radio(let receiver, let notice):
                let name = settings.receivers[Int(receiver.rawValue)].configuration.name
                log.notice("radio \(name): \(notice)", fields: ["LINTEL_RADIO": name])
            case .lineFault(let line, let error):
                account.lineFaults += 1
                log.error(
                    "\(owner(of: line)): \(error); the door stays locked",
                    fields: ["LINTEL_DOOR": setting(of: line).door])
            case .lineOverrun(let line):
                account.overruns += 1
                log.error(
                    "\(owner(of: line)) was energised beyond its permit and put to rest",
                    fields: ["LINTEL_DOOR": setting(of: line).door])
            case .keepTime(let time):
                attempt("the clock's lower bound is not kept") { () throws(SystemError) in
                    try store.saveTime(time)
                }
            case .zeroise:
                log.error("tamper: every key of this gateway is erased; enrol it anew")
                forgetGrants()
                attempt("keys remain on disk") { () throws(SystemError) in try store.zeroise() }
            case .figures(let figures): account.take(figures, at: MonotonicClock.now())
            case .obeyed(let number): orders.finish(number)
            case .stalled(let stall):
                account.stall = stall
                log.error(
                    stall.map { "\(account.words($0)); the watchdog is no longer fed" }
                        ?? "everything moves again; the watchdog is fed")
            case .watchdogRefused(let error):
                log.error("\(error); a machine that hangs stays so until somebody comes")
            case .ended(let end): finish(end)
            }
        }
    }

    private func finish(_ end: DoorsEnd) {
        switch end {
        case .asTold: return loop.exit(code: 0)
        case .beyondHelp(let receiver):
            let name = settings.receivers[Int(receiver.rawValue)].configuration.name
            log.error(
                "nothing helped radio \(name); the gateway ends and systemd starts it anew",
                fields: ["LINTEL_RADIO": name])
        case .failed(let error): log.error("the door thread ended: \(error)")
        }
        loop.exit(code: 1)
    }

    private func tell(_ event: Event) {
        var line = words.line(event)
        orders.note(event, &line)
        let text = account.trail.append(event, line)
        hotel?.record(event, text, at: MonotonicClock.now())
        if case .modeChanged(let mode) = event.kind, let door = event.door {
            keep { () throws(SystemError) in try keptDoors.keep(mode, at: door) }
        }
        if let events {
            events(text)
        } else {
            log.info(text, fields: words.fields(of: event))
        }
    }

    private func setting(of line: LineIndex) -> SettingsLine {
        settings.lines[Int(line.rawValue)]
    }

    private func owner(of line: LineIndex) -> String {
        let setting = setting(of: line)
        return "\(setting.owner) (\(setting.request.specification.place))"
    }

    func keep(_ body: () throws(SystemError) -> Void) {
        attempt("the door's mode or level does not outlast a restart", body)
    }

    private func attempt(_ consequence: String, _ body: () throws(SystemError) -> Void) {
        do throws(SystemError) { try body() } catch { log.error("\(error); \(consequence)") }
    }
}
