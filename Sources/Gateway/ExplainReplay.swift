// SPDX-License-Identifier: Apache-2.0
// What a replay tells beside its events: the samples around decisions, and a picture.
import DoorCore
import GuestPass
import HotelWire
import Timebase

/// Watches a replay's core from outside; takes no part in its decisions.
struct ExplainReplay {
    private let settings: Settings
    private let origin: Instant
    private let output: (String) -> Void
    private var printer: ExplainPrinter?
    private(set) var plot: PlotRecorder?
    private var trackers: [ExplainSubject: ExplainTracker] = [:]
    private var states: [ExplainSubject: ProximityState] = [:]
    private var passesBefore: UInt64 = 0

    init(
        _ settings: Settings, origin: Instant, prints: Bool, plots: Bool,
        output: @escaping (String) -> Void
    ) {
        self.settings = settings
        self.origin = origin
        self.output = output
        printer = prints ? ExplainPrinter(origin: origin) : nil
        plot = plots ? PlotRecorder(origin: origin) : nil
    }

    private var isWatching: Bool { printer != nil || plot != nil }

    /// A pass was handed to the core, which has weighed it if it was authentic.
    mutating func heard(
        _ sighting: Sighting, by core: Core, _ tables: CredentialTables?, window: PassWindow,
        at now: Instant
    ) {
        defer { passesBefore = core.counters.passesAuthentic }
        guard isWatching, core.counters.passesAuthentic != passesBefore, let rssi = sighting.rssi,
            let tables, let match = tables.match(sighting.pass.rollingID, around: window),
            let pass = try? OpenPass(sighting.pass, match.rolling), pass.header.mode != .presence,
            let door = settings.doors.first(where: {
                $0.configuration.index == DoorIndex(pass.header.door)
            }),
            let side = door.configuration.side(of: sighting.receiver)
        else { return }
        let credential = tables.credentials[match.credential].id
        guard let detector = core.detector(of: credential, at: door.configuration.index) else {
            return
        }
        let heard = ProximitySample(
            rssi: rssi, channel: sighting.channel, receiver: side,
            margin: pass.extension.flatMap { $0.comparedMargin },
            isMoving: pass.header.intent.contains(.moving))
        take(
            heard, detector, of: ExplainSubject(door: door.name, credential: credential), door, now)
    }

    private mutating func take(
        _ heard: ProximitySample, _ detector: Detector, of subject: ExplainSubject,
        _ door: SettingsDoor, _ now: Instant
    ) {
        let parameters = door.configuration.proximity
        let sample = trackers[subject, default: ExplainTracker()].sample(
            heard, detector, at: now, parameters)
        plot?.take(sample, detector, of: subject, parameters)
        printer?.take(sample, of: subject, output)
        // Also where no consent makes an event of it.
        if sample.state == .atDoor, states[subject] != .atDoor {
            printer?.decide(subject, at: now, output)
        }
        states[subject] = sample.state
    }

    /// To be called before the event is printed: what led to it stands above it.
    mutating func happened(_ event: Event) {
        guard isWatching, let index = event.door,
            let door = settings.doors.first(where: { $0.configuration.index == index })
        else { return }
        plot?.take(event, at: door)
        guard event.kind.isDecision, let credential = event.credential else { return }
        printer?.decide(
            ExplainSubject(door: door.name, credential: credential), at: event.at, output)
    }
}
