// SPDX-License-Identifier: Apache-2.0
// What the detector knows of people and radio before it hears anything: the places a guest can be
// relative to the door, how they move between them in half a second, and what a receiver and the
// phone hear there. The numbers stand in DetectorModels.swift.

/// The motion and radio model behind `Detector`, in fixed point.
///
/// Places, in the order of the weights:
///
///     0        far away, or on the way
///     1 … 13   walking along the corridor, 0.55 m apart; 7 is the point nearest the door
///     16       stopped at this door
///     17, 18   standing well away, before, after the door
///     19, 20   stopped at the next door before, after this one
///     21, 22   standing in the corridor some two metres before, after the door
struct DetectorModel: Sendable {
    /// Numbers kept for them: processors take eight at a time, and the three idle ones, 14, 15 and
    /// 23, which never weigh anything, cost less than a remainder.
    static let lanes = 24
    static let far = 0
    static let first = 1
    static let nearest = 7
    static let last = 13
    static let door = 16
    static let awayBefore = 17
    static let awayAfter = 18
    static let neighbourBefore = 19
    static let neighbourAfter = 20
    static let corridorBefore = 21
    static let corridorAfter = 22

    /// Fractions of a decibel in levels and margins.
    static let levelUnitsPerDecibel: Int32 = 64
    /// One step of the motion model: a walker at 1.1 m/s moves on by one place.
    static let tickMilliseconds: Int64 = 500
    /// Chance, in 2⁻²⁸, that a phone first heard already stands at a given place elsewhere.
    static let standingAtFirst: UInt32 = 200_000

    /// Mean level at each place relative to the door's `near`, for a phone without an offset.
    let levels: DetectorLanes<Int16>
    /// Mean margin over the loudest neighbour, gateways four metres apart.
    let margins: DetectorLanes<Int16>

    /// … and at this door: an app is often opened only there.
    let doorAtFirst: UInt32

    /// Variance of a phone's offset from visit to visit and its drift in a second, dB² × 256.
    let offsetVariance: Int32
    let offsetDriftPerSecond: Int32
    /// Variance of one level: a constant part, and fading that is the less independent the closer
    /// samples lie in time, so that many packets a second weigh no more than few; dB² × 256, and
    /// dB² × 256 × s.
    let levelVariance: Int32
    let levelVarianceSeconds: Int32
    /// The same of the margin the phone measured.
    let marginVariance: Int32
    let marginVarianceSeconds: Int32
    /// Shadows lean the margin: their variance, dB² × 256, how much of them is left after one step
    /// of a walker, in 1/256, and how fast they change for somebody who stands.
    let leanVariance: Int16
    let leanMemory: Int32
    let leanDriftPerSecond: Int32
    /// No single sample speaks louder against a place than this: bits × 64, below 1024.
    let surpriseMax: Int16

    /// Chances in 1/65536 a tick, against walking on.
    let pausing: UInt32
    let stoppingHere: UInt32
    let stoppingAway: UInt32
    let stoppingAwayNearby: UInt32
    let stoppingInCorridor: UInt32
    let stoppingInCorridorNearby: UInt32
    let stoppingNextDoor: UInt32
    let stoppingNextDoorNearby: UInt32
    let walkingOn: UInt32

    /// How likely a tap is, in 1/65536 against somebody standing there: from somebody just walking
    /// past the door, from any other walker, from somebody standing in the corridor.
    let tappingWalkers: UInt32
    let walkingTappers: UInt32
    let corridorTappers: UInt32
}
