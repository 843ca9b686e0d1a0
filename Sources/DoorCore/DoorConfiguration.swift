// SPDX-License-Identifier: Apache-2.0
// What the core must know of a door. The gateway's settings build it and have already refused
// dangerous combinations; the core still refuses what it cannot do safely.
import Timebase

/// What a door is for; it decides which level may open it.
public enum DoorKind: UInt8, CaseIterable, Sendable {
    case guestRoom
    case shared
    case amenity
    case staff
    case lobby
}

/// What the lock does without current.
public enum FailMode: UInt8, Sendable {
    /// A strike: locked without current.
    case secure
    /// A magnet: free without current.
    case safe
}

/// One door: its lines, its rules and the receivers that watch it.
public struct DoorConfiguration: Sendable {
    public var index: DoorIndex
    public var kind: DoorKind
    /// The level below which nothing opens this door; the server may raise it.
    public var level: AccessLevel
    /// The receiver on the corridor side, and the one inside where fitted.
    public var receiver: ReceiverIndex
    public var insideReceiver: ReceiverIndex?

    public var lock: LineIndex
    public var failMode: FailMode = .secure
    /// Active while the door stands open.
    public var contact: LineIndex?
    public var rex: LineIndex?

    /// How long one unlock lasts.
    public var pulse = Interval.seconds(5)
    /// End the pulse as soon as the door opens.
    public var relocksOnOpening = true
    /// Open longer than this is `held`.
    public var openLimit = Interval.seconds(30)

    /// The detector's levels for this door.
    public var proximity = ProximityParameters()

    public init(
        index: DoorIndex, kind: DoorKind, level: AccessLevel, receiver: ReceiverIndex,
        lock: LineIndex
    ) {
        self.index = index
        self.kind = kind
        self.level = level
        self.receiver = receiver
        self.lock = lock
    }
}
