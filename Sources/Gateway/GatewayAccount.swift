// SPDX-License-Identifier: Apache-2.0
// What the office knows of its gateway at any moment: the door thread's last figures and what has
// been counted on this side. Status, health and metrics are read from here and nowhere else.
import DoorCore
import Glibc
import GuestPass
import HotelLink
import Journal
import Platform
import Radio
import Timebase

/// The state of a gateway as far as the office has heard.
final class GatewayAccount {
    struct SnapshotInForce {
        let epoch: UInt64
        let issued: UnixTime
        let credentials: Int
        /// When staff's passes end without a newer one; `nil` where there are none.
        var leasedUntil: UnixTime?
    }

    var settings: Settings
    /// What of the settings on disk is not in force, for people; `nil`: all of it is.
    var settingsPending: String?
    let startedAt: Instant
    let trail: EventTrail
    private(set) var figures = DoorFigures()
    /// When the door thread last gave its figures; when it was started, before the first.
    private(set) var figuresAt: Instant
    var snapshot: SnapshotInForce?
    var stall: Stall?
    var journal = JournalCounters()
    /// Why nothing can be journalled at present.
    var journalFailure: String?
    /// Events the hotel has not acknowledged; `nil` where no broker is configured.
    var unacknowledged: Int64?
    var link = HotelLinkCounters()
    /// `nil` where no broker is configured.
    var linkState: HotelLink.State?
    /// Messages of the hotel that were not believed, by topic.
    var messagesRefused: [String: UInt64] = [:]
    /// Snapshots older than one already accepted, told once each.
    var epochsRefused: Set<UInt64> = []
    /// Commands of the hotel, by outcome.
    var commands: [String: UInt64] = [:]
    /// Lines the pulse guard had to take to rest.
    var overruns: UInt64 = 0
    /// Times a line could not be read or driven.
    var lineFaults: UInt64 = 0
    /// Orders the door thread did not take, or answer in time.
    var ordersFailed: UInt64 = 0
    /// Orders to the door thread that did not fit into its ring.
    var ordersLost = 0
    /// Readers whose next line was gone, and those who took nothing for too long.
    var followersDropped: UInt64 = 0
    var readersStalled: UInt64 = 0
    /// By status, over both sockets.
    var replies: [UInt32: UInt64] = [:]
    var followers = 0

    init(_ settings: Settings, at now: Instant, trail: EventTrail = EventTrail()) {
        self.settings = settings
        startedAt = now
        figuresAt = now
        self.trail = trail
    }

    func take(_ figures: DoorFigures, at now: Instant) {
        self.figures = figures
        figuresAt = now
    }

    /// The doors' own time. They go on with it when the system's clock is set back. `nil` before
    /// the first reading.
    func doorTime(at now: Instant) -> UnixTime? {
        figures.wall.map { $0 + (now - figures.at) }
    }

    /// A door by its name in the settings.
    func door(named name: String) -> SettingsDoor? { settings.doors.first { $0.name == name } }

    /// The process's memory that is in RAM, in bytes (proc(5), `statm`).
    static var residentBytes: UInt64 {
        guard let bytes = try? StateFile.read("/proc/self/statm", bytesMax: 256) else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return pages * UInt64(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The processor time of the process.
    static var processorTime: Interval {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return .zero }
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}

// MARK: - Health

/// How the gateway is, in one word.
enum GatewayHealth: String {
    case ok
    /// Doors are decided, but somebody should look.
    case degraded
    /// Doors are not decided any more.
    case failing
}

extension GatewayAccount {
    /// The worst of what is wrong, and all of it in words.
    func health(at now: Instant) -> (health: GatewayHealth, findings: [String]) {
        var grave: [String] = []
        let age = now - figuresAt
        if age > Limits.figuresAgeMax {
            grave.append("the door thread has not moved for \(age.milliseconds / 1_000) s")
        }
        if let stall { grave.append("\(words(stall)); the watchdog is not fed") }
        var findings: [String] = []
        for (name, state) in radioStates where state != .scanning {
            findings.append("radio \(name) hears nothing: \(state.words)")
        }
        if let settingsPending { findings.append(settingsPending) }
        if let journalFailure {
            findings.append("events are not kept: \(journalFailure)")
        }
        if case .waiting(let error) = linkState {
            findings.append("the hotel cannot be reached: \(error)")
        }
        if snapshot == nil { findings.append("no snapshot: no pass opens a door") }
        if let end = snapshot?.leasedUntil, let time = doorTime(at: now), time >= end {
            findings.append(
                "the snapshot was to be renewed by \(end.text): staff passes have ended")
        }
        if figures.clock == .untrusted {
            findings.append("the clock is not trusted: staff passes and timed passes are refused")
        }
        for (door, status) in doors {
            let alarms = status.alarms.words
            if !alarms.isEmpty { findings.append("door \(door.name): \(alarms)") }
        }
        let health: GatewayHealth =
            grave.isEmpty ? (findings.isEmpty ? .ok : .degraded) : .failing
        return (health, grave + findings)
    }

    func words(_ stall: Stall) -> String {
        switch stall {
        case .pulseGuard: return "the pulse guard stands still"
        case .office: return "the office has been silent for too long"
        case .radio(let index):
            return "radio \(settings.receivers[index].configuration.name) stands still"
        }
    }

    /// Each radio by its name; before the first figures none is open.
    var radioStates: [(name: String, state: Radio.State)] {
        settings.receivers.enumerated().map { index, receiver in
            let states = figures.radioStates
            return (receiver.configuration.name, index < states.count ? states[index] : .stopped)
        }
    }

    /// Each door with its state; those of which nothing was heard yet are left out.
    var doors: [(door: SettingsDoor, status: DoorStatus)] {
        zip(settings.doors, figures.doors).map { ($0, $1) }
    }
}

extension Radio.State {
    /// For people.
    var words: String {
        switch self {
        case .stopped: "not opened"
        case .bringingUp: "being opened"
        case .scanning: "scanning"
        case .waiting(let failure, _): "\(failure)"
        }
    }
}

extension DoorStatus.Alarms {
    private static let names: KeyValuePairs<String, DoorStatus.Alarms> = [
        "forced": .forced, "held-warning": .heldWarning, "held": .held, "rex-stuck": .rexStuck,
        "fire": .fire, "tamper": .tamper, "lock-fault": .lockFault, "line-fault": .lineFault,
    ]

    var list: [String] { Self.names.filter { contains($0.value) }.map(\.key) }

    /// `held, tamper`; empty where all is well.
    var words: String { list.joined(separator: ", ") }
}
