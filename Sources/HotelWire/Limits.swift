// SPDX-License-Identifier: Apache-2.0

extension Snapshot {
    /// Every bound of a snapshot, checked before memory is spent on it and before it is signed.
    public enum Limits {
        /// Bytes of a snapshot as it travels.
        public static let bytesMax = 4 << 20
        /// Credentials in one snapshot, as many as a gateway holds.
        public static let credentialsMax = 16_384
        /// Doors on one gateway: five bits in the pass.
        public static let doorsMax = 32
        /// Days of beacon keys a gateway is given ahead.
        public static let beaconPeriodsMax = 64
        /// The highest access level, 4 connected.
        public static let levelMax: UInt8 = 4
    }
}
