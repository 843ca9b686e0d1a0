// SPDX-License-Identifier: Apache-2.0
// Puts the two threads together and takes them apart again.
import DoorCore
import Glibc
import Locks
import Platform
import Timebase

/// A whole gateway: what `lintel run` runs.
public final class GatewayService: Sendable {
    private let settings: Settings
    private let log: Log
    private let simulated: SimulatedChip
    private let notifier: ServiceNotifier
    private let events: (@Sendable (String) -> Void)?
    private let reloaded: (@Sendable () -> SettingsReport)?
    private let stopBell: Doorbell
    private let reloadBell: Doorbell

    /// - Parameters:
    ///   - simulated: the chip behind lines written `sim/NAME`.
    ///   - events: called on the office's thread with each event as one JSON line.
    ///   - reloaded: reads the settings again, for a reload.
    public init(
        _ settings: Settings, log: Log = Log(), simulated: SimulatedChip = SimulatedChip(),
        notifier: ServiceNotifier = ServiceNotifier(),
        events: (@Sendable (String) -> Void)? = nil,
        reloaded: (@Sendable () -> SettingsReport)? = nil
    ) throws(SystemError) {
        self.settings = settings
        self.log = log
        self.simulated = simulated
        self.notifier = notifier
        self.events = events
        self.reloaded = reloaded
        stopBell = try Doorbell()
        reloadBell = try Doorbell()
    }

    /// Makes SIGTERM and SIGINT something `run(endingOn:)` can wait for. To be called before the
    /// first thread starts.
    public static func prepareProcess() throws(SystemError) {
        try Signals.block(stopSignals + [reloadSignal])
        Signals.ignoreBrokenPipes()
        ProcessMemory.returnLargeBlocks()
    }

    public static let stopSignals = [SIGTERM, SIGINT]
    public static let reloadSignal = SIGHUP

    /// Runs on the calling thread until one of these signals, or `stop()`; locks rest before it
    /// returns. Where it ends on signals, `reloadSignal` makes it read its settings again.
    ///
    /// - Returns: the process's exit status.
    public func run(endingOn signals: [Int32] = []) throws(SystemError) -> Int32 {
        let mail = try Mail(
            bootCause: BootRecord.takeCause(
                in: settings.stateDirectory, at: MonotonicClock.now()))
        let office = try Office(
            settings, mail: mail, store: SnapshotStore(settings), log: log, notifier: notifier,
            events: events)
        try office.stop(on: signals, or: stopBell)
        if let reloaded {
            try office.reload(
                on: signals.isEmpty ? nil : Self.reloadSignal, or: reloadBell, from: reloaded)
        }
        let doors = try startDoors(mail, kept: office.keptDoors.all)
        defer { doors.join() }
        do throws(SystemError) { return try office.run() } catch {
            log.error(
                "the office ended: \(error); doors go on with what they have, and the watchdog "
                    + "restarts the gateway in an hour")
            throw error
        }
    }

    /// Ends `run` soon; from any thread.
    public func stop() { stopBell.ring() }

    /// Reads the settings again; from any thread.
    public func reload() { reloadBell.ring() }

    private func startDoors(_ mail: Mail, kept: [KeptDoor]) throws(SystemError) -> Thread {
        let settings = settings
        let (simulated, notifier) = (simulated, notifier)
        let thread = try Thread(name: "lintel-doors", scheduling: .realTime(priority: 10)) {
            let end: DoorsEnd
            do throws(SystemError) {
                end = try DoorThread(
                    settings, mail: mail, simulated: simulated, notifier: notifier, kept: kept
                ).run()
            } catch {
                end = .failed(error)
            }
            // The office must hear of this, however full its ring is.
            while !mail.toOffice.push(.ended(end)) { usleep(10_000) }
        }
        if let refusal = thread.schedulingRefusal {
            log.info("doors run without real-time priority: \(refusal.reason)")
        }
        return thread
    }
}
