// SPDX-License-Identifier: Apache-2.0
import Timebase

/// The rig's bounds.
public enum Limits {
    /// AD structures of a legacy advert.
    public static let advertPayloadBytesMax = 31
    /// Bytes of one unfinished host packet: H4 type, header and 255 parameter bytes.
    public static let hostPacketBytesMax = 259
    /// Advertising events are spread by this much at random (Core 5.4 Vol 6 Part B 4.4.2.2.1).
    public static let advertisingDelayMax = Interval.milliseconds(10)
    /// A world is stepped at most this far at once.
    public static let worldStep = Interval.milliseconds(5)
}
