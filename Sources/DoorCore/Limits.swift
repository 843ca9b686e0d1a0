// SPDX-License-Identifier: Apache-2.0
// Every bound of the core in one place, with its unit in its name.
import Timebase

/// The core's bounds. Where two depend on each other, a test holds the relation.
public enum Limits {
    /// Effects one input may cause.
    public static let effectsPerInputMax = 64
    /// Credentials a gateway may hold.
    public static let credentialsMax = 16_384
    /// Doors on one gateway: five bits in the pass.
    public static let doorsMax = 32
    /// Receivers (radios) on one gateway.
    public static let receiversMax = 4
    /// (credential, receiver) pairs whose approach is followed at once.
    public static let tracksMax = 256
    /// A challenge answer is refused when its nonce is older.
    public static let nonceAgeMax = Interval.seconds(3)
    /// A new nonce is drawn this often.
    public static let noncePeriod = Interval.seconds(1)
    /// Nonces remembered: those of the last `nonceAgeMax` and the one being sent.
    public static let noncesKept = 5
    /// The beacon stays fast this long after a recognised pass above the far level.
    public static let beaconActiveFor = Interval.seconds(15)
    public static let beaconActiveInterval = Interval.milliseconds(100)
    public static let beaconIdleInterval = Interval.seconds(1)
    /// Unlocks remembered against replay, over all doors.
    public static let usedAnswersMax = 1_024
    /// Wrong tags with a known identifier per minute that raise an alarm.
    public static let wrongTagsPerMinuteAlarm = 20
    /// Shortest and longest unlock pulse a door may be given.
    public static let pulseMin = Interval.seconds(3)
    public static let pulseMax = Interval.seconds(30)
    /// No line is ever energised longer; the line adapter holds this on its own.
    public static let energisedMax = Interval.seconds(60)
}
