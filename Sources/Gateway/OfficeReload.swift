// SPDX-License-Identifier: Apache-2.0
// A reload (SIGHUP, `systemctl reload`): all that can change while doors are in use changes at one
// moment; the rest is named with what it waits for. Settings with an error change nothing.
import Configuration
import Glibc
import Platform

extension Office {
    /// Reads the settings again on this signal, or when the bell is rung.
    func reload(
        on signal: Int32?, or bell: Doorbell, from load: @escaping () -> SettingsReport
    ) throws(SystemError) {
        if let signal {
            sources.append(
                try SignalSource(loop, signal: signal) { [unowned self] in reload(load()) })
        }
        sources.append(
            try IOSource(loop, descriptor: bell.rawValue, events: .readable) {
                [unowned self] _ in
                bell.answer()
                reload(load())
            })
    }

    private func reload(_ report: SettingsReport) {
        notifier.reloading()
        for finding in report.findings {
            switch finding.severity {
            case .error: log.error("\(finding)")
            case .warning: log.warning("\(finding)")
            }
        }
        guard let new = report.settings else { return keep(because: "the settings have errors") }
        renewLink()
        let change = SettingsChange(from: settings, to: new)
        for refusal in change.refused {
            log.warning("\(refusal); the old value stays in force until the service restarts")
        }
        guard let merged = change.settings else {
            for finding in change.findings { log.error("\(finding)") }
            return keep(because: "what could change makes no sense without what cannot")
        }
        account.settingsPending =
            change.refused.isEmpty
            ? nil
            : "the settings on disk wait for a restart: "
                + change.refused.joined(separator: "; ")
        guard !change.applied.isEmpty else {
            log.info("settings read again: nothing changes")
            return notifier.ready(status: settings.serviceStatus)
        }
        takeOver(merged)
        log.notice("settings in force: \(change.applied.joined(separator: ", "))")
    }

    /// A renewed certificate is shown to the broker at once.
    private func renewLink() {
        let found = LinkFiles(settings)
        guard found != linkFiles, let link = hotel?.link else { return }
        linkFiles = found
        log.notice("the certificates of the hotel's link were renewed; connecting anew")
        link.renew(at: MonotonicClock.now())
    }

    private func keep(because reason: String) {
        log.error("\(reason); those read before stay in force")
        account.settingsPending = "\(reason): those on disk are not in force"
        notifier.ready(status: settings.serviceStatus)
    }

    /// The door thread says when it has taken them over; only then is the reload complete.
    private func takeOver(_ new: Settings) {
        let old = settings
        (settings, account.settings) = (new, new)
        order(.settings(new))
        if new.issuerFile != old.issuerFile, let reopened = try? SnapshotStore(new) {
            store = reopened
        }
        if new.apiSocket != old.apiSocket || new.metricsPort != old.metricsPort {
            api.listenAnew(loop) { log.error("\($0); operators cannot reach the gateway that way") }
        }
    }
}
