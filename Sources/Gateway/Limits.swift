// SPDX-License-Identifier: Apache-2.0
// Bounds of the gateway's two threads.
import Timebase

enum Limits {
    /// Reports on their way to the office; a power of two.
    static let officeQueueMax = 4_096
    /// Orders on their way to the doors; a power of two.
    static let doorQueueMax = 64
    /// Both threads look after themselves this often.
    static let tickPeriod = Interval.seconds(1)
    /// New window tables are handed over this often.
    static let windowRefreshPeriod = Interval.seconds(30)
    /// A clock set by more than this asks for new tables at once.
    static let clockStepMax = Interval.seconds(10)
    /// The watchdog is fed only while the pulse guard's last look is no older.
    static let guardAgeMax = Interval.seconds(2)
    /// A radio may need this long to open its adapter, or be this late for its next attempt.
    static let radioSlack = Interval.seconds(60)
    /// The office is told to systemd as silent after this long …
    static let officeSilenceMax = Interval.seconds(30)
    /// … and brings a restart about after this long: passes are prepared for two hours.
    static let officeAbsenceMax = Interval.hours(1)
    /// The machine is reset when it is not fed for this long; a Raspberry Pi waits at most 15 s.
    static let hardwareWatchdogTimeout = Interval.seconds(15)
    /// A start this soon after the machine's own is a power-on.
    static let powerOnWithin = Interval.minutes(2)
    /// Battery-backed clocks looked at.
    static let clockDevicesMax: Int64 = 4
    /// The hotel confirms a clock that is no further from its own.
    static let confirmedClockErrorMax = Interval.seconds(60)
    /// Messages of the hotel that are refused are told at most this often.
    static let refusalTellPeriod = Interval.seconds(1)
    /// Commands are remembered for so long after they ended.
    static let commandsKeptFor = Interval.hours(7 * 24)
    /// A clock further from the wall clock did not set it.
    static let clockDeviceErrorMax = Interval.seconds(5)
    /// Events kept in memory for the local API: at least this many, at most twice.
    static let recentEventsMax = 1_024
    /// Orders on their way at once.
    static let ordersMax = 32
    /// An operator waits this long for a door's answer.
    static let orderAnswerMax = Interval.seconds(2)
    static let orderReasonBytesMax = 200
    /// A file of events to verify.
    static let eventFileBytesMax = 256 << 20
    /// A report, with or without a header of the hotel's.
    static let reportBytesMax = (1 << 20) - 4_096
    static let requestBodyBytesMax = 2_048
    /// Connections to the local API at once …
    static let apiConnectionsMax = 16
    /// … and those of them that follow events.
    static let followersMax = 8
    /// A connection on which nothing moves is closed.
    static let connectionIdleMax = Interval.seconds(10)
    /// Supplementary groups of a peer that are looked at.
    static let peerGroupsMax = 256
    /// Figures of the door thread older than this mean that it stands still.
    static let figuresAgeMax = Interval.seconds(5)
    /// How long a stopping service waits for its door thread to rest the locks.
    static let stopWaitMax = Interval.seconds(5)
    /// A longer recording is to be split.
    static let traceBytesMax = 256 << 20

    // Explanations and plots.
    static let explainBefore = Interval.seconds(5)
    static let explainAfter = Interval.seconds(2)
    static let explainSamplesMax = 512
    /// Guests at doors whose last seconds are remembered.
    static let explainedMax = 256
    /// A guest unheard for so long begins a new panel.
    static let plotVisitGap = Interval.minutes(2)
    static let plotVisitsMax = 64
    static let plotPanelsMax = 8
    static let plotSamplesMax = 20_000
    static let plotMarksMax = 200

    // Calibration.
    static let marksMax = 1_000
    static let marksSecondsMax = 1e6
    static let marksBytesMax = 1 << 20
    static let calibratePhonesMax = 512
    static let calibrateSamplesMax = 500_000
    /// A step heard less often says little.
    static let calibrateStepSamplesMin = 10
    /// A stretch of walking past longer than this holds several walks, cut where the level swings.
    static let calibrateWalkMax = Interval.seconds(25)
    static let calibrateWalkSamplesMin = 5
    static let calibrateSwingDb = 8.0
    /// A walker at the nearest point is heard this much below somebody standing at the door.
    static let calibratePassBelowStandingDb = 3.0
    /// Fewer ways of carrying show too little of how they differ.
    static let calibrateStandsMin = 6
    static let calibrateFarBelowDb = 3.0
    /// A comparison of gateways takes another gateway that is heard at the door this often …
    static let calibrateComparedMin = 0.5
    /// … and guests who stand this much above walkers: margins differ by 4 dB from spot to spot.
    static let calibrateMarginLeadDb: Int8 = 3
    /// Midway between the detector's "not surely outside" and "inside".
    static let calibrateInsideMiddleDb = 4.0
    static let calibrateRedrawsMax = 1_000
    static let calibrateCandidatesMax = 64
    /// Phones to choose from on one screen, one digit each.
    static let calibrateChoicesMax = 8
    static let calibrateStepSamplesMax = 4_000
    static let calibrateComingMax = Interval.seconds(60)
    static let calibrateStateBytesMax = 4 << 20
}
