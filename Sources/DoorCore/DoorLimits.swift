// SPDX-License-Identifier: Apache-2.0
// The bounds of doors.md. Those an installer may change live in `DoorConfiguration`.
import Timebase

extension Limits {
    /// Effects one input may cause at one door.
    public static let effectsPerDoorMax = 16
    /// A lock rests at least this long between two pulses.
    public static let pulseOffMin = Interval.seconds(1)
    /// Pulses of one lock within any `pulseWindow`.
    public static let pulsesPerWindowMax = 20
    public static let pulseWindow = Interval.minutes(1)
    public static let openLimitMin = Interval.seconds(10)
    public static let openLimitMax = Interval.hours(1)
    /// An opening this soon after a pulse still belongs to it.
    public static let openingGrace = Interval.milliseconds(500)
    /// The bolt may take this long to follow the line.
    public static let boltTravelMax = Interval.seconds(2)
    /// A request to exit excuses an opening this long.
    public static let exitShunt = Interval.seconds(5)
    /// A request to exit active longer is stuck.
    public static let exitStuckAfter = Interval.seconds(60)
    /// A touch of the handle speaks for the pass heard with it this long.
    public static let handleIntentFor = Interval.seconds(3)
    /// Credentials the inside guard of one door follows.
    public static let insideGuardSlotsMax = 16
    /// Whoever was heard this shortly before an opening may have gone through.
    public static let insideGuardRecent = Interval.seconds(10)
    /// Credentials whose zone anti-passback remembers.
    public static let antiPassbackMax = 1_024
    public static let antiPassbackTimed = Interval.seconds(60)
    public static let deniedLightFor = Interval.seconds(1)
    public static let identifyFor = Interval.seconds(10)
    public static let forcedAlarmFor = Interval.seconds(30)

    /// A synchronised clock is trusted this long without another synchronisation.
    public static let clockTrustedFor = Interval.hours(24)
    /// Error of the monotonic clock against true time, in parts per million.
    public static let clockDriftPPM: Int64 = 100
    /// Error of a clock just set.
    public static let clockErrorMin = Interval.seconds(1)
    /// A reading further behind our own reckoning is rejected.
    public static let clockBackwardMax = Interval.seconds(2)
    /// An RTC further ahead of the lower bound is not believed: 366 days.
    public static let clockAheadMax = Interval.hours(366 * 24)
    /// With an untrusted clock guests are let in this long after boot.
    public static let untrustedGuestsFor = Interval.hours(8)
    /// The lower bound of the wall clock is saved this often.
    public static let keepTimePeriod = Interval.minutes(5)
}
