// SPDX-License-Identifier: Apache-2.0
// The hotel server: one process, one thread, one loop, one connection to the hotel's records. Its
// parts (the link to the gateways, the board) are told of every change once it is committed,
// whether they made it, another part did, or another process on the same records.
import Glibc
import Platform
import SQLite
import Timebase

/// A part of the hotel server. Everything is called on the loop's thread.
protocol HotelPart: AnyObject {
    /// Something was changed and committed. Called from the loop, never from within a desk's own
    /// function.
    func take(_ change: DeskChange)
    /// Called once a second.
    func tick(_ now: Instant)
    /// Files the settings name may have new contents.
    func renew()
    /// The loop is about to end.
    func stop()
}

extension HotelPart {
    func renew() {}
}

/// What `lintel-hotel serve` runs.
public final class HotelService {
    let settings: HotelSettings
    let desk: Desk
    let loop: EventLoop
    let log: Log
    private let notifier: ServiceNotifier
    private let reloaded: (() -> HotelSettingsReport)?
    private var parts: [any HotelPart] = []
    private var sources: [AnyObject] = []
    private var poller: TimerSource?
    private var ticker: TimerSource?
    private var recordsVersion: Int64 = 0
    /// What `systemctl status` shows.
    private var status = ""
    /// Not yet told, in the order of their first mention.
    private var untold: [DeskChange] = []

    public static let stopSignals = [SIGTERM, SIGINT]
    static let reloadSignal = SIGHUP

    /// Makes the stop signals something `run` can wait for; before the first thread starts.
    public static func prepareProcess() throws(SystemError) {
        try Signals.block(stopSignals + [reloadSignal])
        Signals.ignoreBrokenPipes()
    }

    /// - Parameters:
    ///   - reloaded: reads the settings again, for a reload.
    ///   - clock: the wall clock.
    public init(
        _ settings: HotelSettings, log: Log = Log(), notifier: ServiceNotifier = ServiceNotifier(),
        reloaded: (() -> HotelSettingsReport)? = nil,
        clock: @escaping () -> UnixTime = { WallClock.now() }
    ) throws {
        self.settings = settings
        self.reloaded = reloaded
        self.log = log
        self.notifier = notifier
        desk = try Desk(path: settings.database, clock: clock)
        loop = try EventLoop()
        recordsVersion = try desk.recordsVersion()
        desk.onChange = { [unowned self] change in note(change) }
        poller = try TimerSource(loop) { [unowned self] now in poll(now) }
        ticker = try TimerSource(loop) { [unowned self] now in tick(now) }
        parts = try makeParts()
    }

    /// Each part of the server, in the order in which they hear of changes.
    private func makeParts() throws -> [any HotelPart] {
        var parts: [any HotelPart] = [
            try GatewayLink(desk, loop, log, address: settings.broker),
            Housekeeper(desk, log: log),
        ]
        if let web = settings.web { parts.append(try WebServer(web, desk, loop, log)) }
        return parts
    }

    /// Runs until one of these signals, or `stop()`. Where it ends on signals, `reloadSignal` makes
    /// it read its settings again.
    ///
    /// - Returns: the process's exit status.
    public func run(endingOn signals: [Int32] = []) throws -> Int32 {
        for signal in signals {
            sources.append(try SignalSource(loop, signal: signal) { [unowned self] in stop() })
        }
        if !signals.isEmpty {
            sources.append(
                try SignalSource(loop, signal: Self.reloadSignal) { [unowned self] in reload() })
        }
        _ = try loop.feedWatchdog()
        try start()
        defer { end() }
        return try loop.run()
    }

    /// Begins to serve, as far as the loop turns.
    func start() throws {
        let now = MonotonicClock.now()
        poll(now)
        tick(now)
        let site = try desk.site()
        status = "serving \(site.name)"
        notifier.ready(status: status)
        log.notice("serving \(site.name), site \(site.id), from '\(settings.database)'")
    }

    /// A renewed certificate is taken up; a changed setting waits for a restart and is named.
    func reload() {
        notifier.reloading()
        defer { notifier.ready(status: status) }
        let report = reloaded?() ?? HotelSettingsReport(settings: settings, findings: [])
        for finding in report.findings { log.error("\(finding)") }
        guard let new = report.settings else {
            return log.error("the settings have errors; those read before stay in force")
        }
        for section in settings.sectionsThatDiffer(from: new) {
            log.warning("[\(section)] has changed; it stays as it was until the service restarts")
        }
        for part in parts { part.renew() }
    }

    /// Closes what is open.
    func end() {
        for part in parts { part.stop() }
        parts = []
    }

    /// Ends `run`; on the loop's thread.
    func stop() {
        notifier.stopping(status: "closing connections")
        loop.exit(code: 0)
    }

    private func note(_ change: DeskChange) {
        guard !untold.contains(change) else { return }
        untold.append(change)
        guard untold.count == 1 else { return }
        do throws(SystemError) {
            try loop.post { [unowned self] in tell() }
        } catch {
            preconditionFailure("our own loop takes nothing more: \(error)")
        }
    }

    private func tell() {
        let changes = untold
        untold.removeAll(keepingCapacity: true)
        for change in changes {
            for part in parts { part.take(change) }
        }
    }

    /// Notices what another process committed.
    private func poll(_ now: Instant) {
        do {
            let version = try desk.recordsVersion()
            if version != recordsVersion { note(.records) }
            recordsVersion = version
        } catch {
            log.error("\(error); changes by other programs go unnoticed until it works again")
        }
        arm(poller, now + DeskLimits.recordsPollPeriod)
    }

    private func tick(_ now: Instant) {
        for part in parts { part.tick(now) }
        arm(ticker, now + DeskLimits.tickPeriod)
    }

    private func arm(_ timer: TimerSource?, _ deadline: Instant) {
        do throws(SystemError) { try timer?.arm(deadline) } catch {
            preconditionFailure("a timer of our own was refused: \(error)")
        }
    }
}

extension Desk {
    /// Changes whenever another connection commits (`PRAGMA data_version`).
    func recordsVersion() throws(DatabaseError) -> Int64 {
        try database.row("PRAGMA data_version") { row throws(DatabaseError) in
            try row.integer(0)
        } ?? 0
    }
}
