// SPDX-License-Identifier: Apache-2.0
// The two sets of numbers the detector works with, and how they were found.
//
// Each began at the values that geometry and the measured radio give: path loss of 16.7 dB a
// decade from a lane 1 to 2.5 m from the door, gateways four metres apart, shadow and fading as in
// the rig's `AirParameters`. From there all numbers were drawn at random around the best set so
// far, a quarter of them at a time, and kept where a sum of rates fell: misses at 1 % and 10 %
// false opens per pass-by, stops in the corridor and at the next door that open, taps granted
// against taps refused, and the same with one advert a second and with every nuisance recorded.
// 6000 pass-bys and 2000 of each other scene, of seeds the benchmark does not use. So single
// numbers need not look like physics: together they did best.

extension DetectorModel {
    /// Where the phone reports how much louder than any other gateway it hears this one.
    static let withMargin = DetectorModel(
        levels: SIMD32(
            -620, -420, -395, -483, -626, -138, -82, 76, -82, -138, -626,
            -483, -395, -420, 112, -769, -769, -519, -519, -477, -477, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        margins: SIMD32(
            -668, -604, -540, -451, 258, 65, 663, 956, 663, 65, 258,
            -451, -540, -604, 815, 367, 367, -993, -993, 240, 240, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        offsetVariance: 24018, offsetDriftPerSecond: 291, levelVariance: 17241,
        levelVarianceSeconds: 2676, marginVariance: 1103, marginVarianceSeconds: 17865,
        surpriseMax: 647, pausing: 528, stoppingHere: 422, stoppingAway: 1968,
        stoppingAwayNearby: 298, stoppingInCorridor: 368, stoppingInCorridorNearby: 209,
        stoppingNextDoor: 740, stoppingNextDoorNearby: 1126, walkingOn: 4335,
        tappingWalkers: 327, walkingTappers: 589, corridorTappers: 10354)

    /// Without the phone's margin. A strong phone that lingers 1.5 m away sounds like a usual one
    /// at the door: the recorded walks, as they are and 2 dB louder, had to stay below the
    /// threshold. That made people at the door move on sooner here, which bounds what evidence may
    /// gather.
    static let levelAlone = DetectorModel(
        levels: SIMD32(
            -499, -668, -537, -532, -320, -70, -36, 3, -36, -70, -320,
            -532, -537, -668, 157, -1277, -1277, -588, -588, -372, -372, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        margins: SIMD32(
            -664, -487, -206, -243, 455, 443, 491, 842, 491, 443, 455,
            -243, -206, -487, 982, -25, -25, -792, -792, 68, 68, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
        offsetVariance: 17529, offsetDriftPerSecond: 266, levelVariance: 18834,
        levelVarianceSeconds: 763, marginVariance: 7941, marginVarianceSeconds: 26410,
        surpriseMax: 917, pausing: 1254, stoppingHere: 566, stoppingAway: 1879,
        stoppingAwayNearby: 762, stoppingInCorridor: 442, stoppingInCorridorNearby: 110,
        stoppingNextDoor: 611, stoppingNextDoorNearby: 258, walkingOn: 14872,
        tappingWalkers: 65, walkingTappers: 2883, corridorTappers: 2293)
}
