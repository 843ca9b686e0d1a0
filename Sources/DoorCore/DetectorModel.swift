// SPDX-License-Identifier: Apache-2.0
// What the detector knows of people and radio before it hears anything: the places a guest can be
// relative to the door, how they move between them in half a second, and what a receiver and the
// phone hear there. The numbers were tuned on simulated scenes and the recorded walks; the
// benchmark measures them on others.

/// The motion and radio model behind `Detector`, in fixed point.
///
/// Places, in the order of the weights:
///
///     0        far away, or on the way
///     1 … 13   walking along the corridor, 0.55 m apart; 7 is the point nearest the door
///     14       stopped at this door
///     15, 16   standing well away, before, after the door
///     17, 18   stopped at the next door before, after this one
enum DetectorModel {
    static let places = 19
    static let far = 0
    static let first = 1
    static let nearest = 7
    static let last = 13
    static let door = 14
    static let awayBefore = 15
    static let awayAfter = 16
    static let neighbourBefore = 17
    static let neighbourAfter = 18

    /// Fractions of a decibel in levels and margins.
    static let levelUnitsPerDecibel: Int32 = 64

    /// One step of the motion model: a walker at 1.1 m/s moves on by one place.
    static let tickMilliseconds: Int64 = 500

    /// Mean level at each place relative to the door's `near`, for a phone without an offset.
    static let levels = SIMD32<Int16>(
        -530, -604, -527, -438, -333, -212, -88, -25, -88, -212, -333,
        -438, -527, -604, 155, -1291, -1291, -679, -679, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    /// Mean margin over the loudest neighbour, gateways four metres apart.
    static let margins = SIMD32<Int16>(
        -512, -484, -281, -75, 131, 338, 535, 661, 535, 338, 131,
        -75, -281, -484, 834, -142, -142, -886, -886, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    /// Variance of a phone's offset from visit to visit and its drift in a second, dB² × 256.
    static let offsetVariance: Int32 = 12168
    static let offsetDriftPerSecond: Int32 = 221
    /// Variance of one level: a constant part, and fading that is the less independent the closer
    /// samples lie in time, so that many packets a second weigh no more than few; dB² × 256, and
    /// dB² × 256 × s.
    static let levelVariance: Int32 = 18951
    static let levelVarianceSeconds: Int32 = 2319
    /// The same of the margin the phone measured.
    static let marginVariance: Int32 = 2192
    static let marginVarianceSeconds: Int32 = 16639
    /// No single sample speaks louder against a place than this: bits × 64.
    static let surpriseMax: Int32 = 944

    /// Chances in 1/65536 a tick, against walking on.
    static let pausing: UInt32 = 1192
    static let settingOut: UInt32 = 65536
    static let stoppingHere: UInt32 = 191
    static let stoppingHereEarly: UInt32 = 70
    static let stoppingAway: UInt32 = 2529
    static let stoppingAwayNearby: UInt32 = 931
    static let stoppingNextDoor: UInt32 = 175
    static let stoppingNextDoorNearby: UInt32 = 106
    static let walkingOn: UInt32 = 4534
    /// Chance, in 2⁻²⁸, that a phone first heard already stands somewhere.
    static let standingAtFirst: UInt32 = 11837
}
