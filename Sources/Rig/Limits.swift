// SPDX-License-Identifier: Apache-2.0
import Timebase

/// The rig's bounds and the habits of its people.
public enum Limits {
    /// AD structures of a legacy advert.
    public static let advertPayloadBytesMax = 31
    /// Advertising events are spread by this much at random (Core 5.4 Vol 6 Part B 4.4.2.2.1).
    public static let advertisingDelayMax = Interval.milliseconds(10)
    /// A world is stepped at most this far at once.
    public static let worldStep = Interval.milliseconds(5)

    /// A guest in front of the door takes the phone out and taps; a second try comes later.
    public static let firstTapAfter = Interval.milliseconds(600)
    public static let nextTapAfter = Interval.seconds(8)
    /// From the lock's click to the hand on the handle.
    public static let handleReaction = Interval.milliseconds(300)
    /// From the handle to the closed door behind.
    public static let passThroughDoor = Interval.milliseconds(2_500)

    /// A phone answers a nonce while it is younger than this; the gateway takes 3 s.
    public static let challengeAgeMax = Interval.milliseconds(2_500)
    /// A phone counts a gateway among those it hears for this long after its last beacon.
    public static let gatewayHeardFor = Interval.seconds(3)
    /// `moving` and `tapped` in the intent bits (protocol.md §4).
    public static let movingFor = Interval.seconds(30)
    public static let tappedFor = Interval.seconds(10)
    /// A lock that gives while its guest is this near gave for that guest.
    public static let nearDoorMetres = 3.0
    /// How far off a phone's advert can be overheard.
    public static let eavesdropMetres = 12.0
    /// Foreign devices around a gateway.
    public static let foreignDevices = 40
    /// Adverts a replayer keeps.
    public static let recordedAdvertsMax = 1_024
}
