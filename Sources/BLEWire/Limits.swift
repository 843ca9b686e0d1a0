// SPDX-License-Identifier: Apache-2.0
// Every bound of the wire formats in one place, with its unit in its name.

/// Bounds on what is accepted from a controller or from the air.
public enum WireLimits {
    /// The longest H4 packet kept, with its type byte. Events need 258; longer ACL and ISO packets
    /// are skipped by their declared length.
    public static let packetBytesMax = 4_096
    /// Data of a legacy advert (Core 5.4 Vol 6 Part B 2.3.1).
    public static let legacyDataBytesMax = 31
    /// Data of one extended advert over all its fragments (Core 5.4 Vol 4 Part E 7.8.57).
    public static let extendedDataBytesMax = 1_650
    /// Extended adverts that may be incomplete at once; the oldest gives way.
    public static let reassemblySlotsMax = 8
    /// Encoded characters of an Eddystone URL after its scheme.
    public static let eddystoneURLBytesMax = 17
}
