// SPDX-License-Identifier: Apache-2.0
// Every bound of the core in one place, with its unit in its name.
import Timebase

/// The core's bounds. Where two depend on each other, a test holds the relation.
public enum Limits {
    /// Effects one input may cause: all doors share a fire line, and every guest goes at once.
    public static let effectsPerInputMax = doorsMax * effectsPerDoorMax + tracksMax + 16
    /// A direction light stays on this long after its guest was last heard …
    public static let directionShownFor = Interval.seconds(5)
    /// … and gives way to another guest after this long.
    public static let directionTurn = Interval.seconds(10)
    /// Credentials a gateway may hold.
    public static let credentialsMax = 16_384
    /// A RID is recognised this many windows of 30 s before and after the present one.
    public static let windowsRecognised = 2
    /// Windows prepared ahead of the present one: at most 2 h of them …
    public static let windowsAheadMax = 240
    /// … and at most this many identifiers in all, 16…32 bytes each.
    public static let windowEntriesAheadMax = 200_000
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
    /// Nonces remembered: for as long as a phone's rolling identifier of that time is recognised
    /// (three windows of 30 s), so that a late answer is not taken for a forged one.
    public static let noncesKept = 92
    /// The beacon stays fast this long after a recognised pass above the far level.
    public static let beaconActiveFor = Interval.seconds(15)
    public static let beaconActiveInterval = Interval.milliseconds(100)
    public static let beaconIdleInterval = Interval.seconds(1)
    /// Unlocks remembered against replay, over all doors.
    public static let usedAnswersMax = 512
    /// The same tap opens once: a phone says for ten seconds that it was tapped, and its last such
    /// answer stays on air until the next beacon, or until the nonce is too old.
    public static let tapMemory = Interval.seconds(10) + nonceAgeMax
    /// A tap or touch is weighed this long before its refusal for distance is told: the next
    /// adverts may bear it out. Later ones may, too, but must say more.
    public static let wishWeighedFor = Interval.seconds(2)
    /// The same denial of the same guest at the same door is told at most this often.
    public static let denialRepeat = Interval.seconds(10)
    /// A track nobody has heard for this long may be forgotten once its guest is absent.
    public static let trackIdleMax = Interval.seconds(60)
    /// Wrong tags with a known identifier per minute that raise an alarm.
    public static let wrongTagsPerMinuteAlarm = 20
    /// Shortest and longest unlock pulse a door may be given.
    public static let pulseMin = Interval.seconds(3)
    public static let pulseMax = Interval.seconds(30)
    /// No line is ever energised longer; the line adapter holds this on its own.
    public static let energisedMax = Interval.seconds(60)
}
