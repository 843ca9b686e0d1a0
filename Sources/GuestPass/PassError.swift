// SPDX-License-Identifier: Apache-2.0

/// Why bytes from the air are not a pass of LP1. A wrong tag is not among these: it is an answer,
/// not a malformation.
public enum PassError: Error, Hashable, Sendable {
    /// A pass has 16 or 20 bytes; this many were given.
    case wrongLength(Int)
    /// The rolling identifier is another's, so the mask does not fit.
    case otherRollingID
    /// The version bits are not those of LP1.
    case unknownVersion(UInt8)
    /// The mode bits are reserved.
    case unknownMode(UInt8)
    /// Counter bits are set where nothing is answered.
    case counterOutsideChallenge
}

/// Why bytes from the air are not a beacon of this site.
public enum BeaconError: Error, Hashable, Sendable {
    /// A beacon has 24 bytes; this many were given.
    case wrongLength(Int)
    /// The version nibble is not that of LP1.
    case unknownVersion(UInt8)
    /// The tag was not made with this `K_bcn`.
    case wrongTag
}
