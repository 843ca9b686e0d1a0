// SPDX-License-Identifier: Apache-2.0
// Feeds systemd's watchdog and, where the settings name one, the machine's own.
import Platform
import Timebase

/// The door thread's watchdogs.
final class Watchdogs {
    private let notifier: ServiceNotifier
    private let status: String
    private var hardware: HardwareWatchdog?
    private var vitality: Vitality
    private var wasOfficeSilent = false
    private(set) var counters = WatchdogCounters()

    /// Arms the hardware watchdog. One that cannot be had is told and does not stop the doors.
    init(
        _ settings: Settings, notifier: ServiceNotifier, at now: Instant,
        refused: (SystemError) -> Void
    ) {
        self.notifier = notifier
        status = settings.serviceStatus
        vitality = Vitality(
            silences: settings.receivers.map(\.configuration.silenceMax), at: now)
        guard let device = settings.watchdogDevice else { return }
        do {
            hardware = try HardwareWatchdog(device, timeout: Limits.hardwareWatchdogTimeout)
        } catch {
            refused(error)
        }
    }

    /// Once a second: feeds, unless something stands still.
    func tick(
        at now: Instant, guardBeat: Instant, officeBeat: Instant, radios: [RadioSign]
    ) -> Stall? {
        let stall = vitality.stall(
            at: now, guardBeat: guardBeat, officeBeat: officeBeat, radios: radios)
        tellOffice()
        guard stall == nil else {
            counters.withheld += 1
            return stall
        }
        counters.fed += 1
        notifier.watchdog()
        // A device that refuses is a device that resets the machine: nothing better can be done.
        try? hardware?.feed()
        return nil
    }

    /// New settings may give radios other silences.
    func follow(_ settings: Settings) {
        vitality.silences = settings.receivers.map(\.configuration.silenceMax)
    }

    /// The end in good order.
    func disarm() {
        guard let device = hardware.take() else { return }
        try? device.disarm()
    }

    private func tellOffice() {
        guard vitality.isOfficeSilent != wasOfficeSilent else { return }
        wasOfficeSilent = vitality.isOfficeSilent
        if wasOfficeSilent { counters.officeSilences += 1 }
        notifier.status(
            wasOfficeSilent ? "the office does not answer; doors go on without it" : status)
    }
}

/// Since the service started.
struct WatchdogCounters: Hashable, Sendable {
    var fed: UInt64 = 0
    /// Seconds in which something stood still.
    var withheld: UInt64 = 0
    /// Times the office was silent for longer than is normal.
    var officeSilences: UInt64 = 0
}

extension Settings {
    /// One line for `systemctl status`.
    var serviceStatus: String { "watching \(doors.count) doors" }
}
