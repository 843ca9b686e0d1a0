// SPDX-License-Identifier: Apache-2.0
import GuestPass

/// Everything fixed about a gateway while it runs.
public struct CoreConfiguration: Sendable {
    public var gateway: GatewayID
    public var doors: [DoorConfiguration]
    public var bootCause: BootCause
    /// Whether timed passes may have been used shortly before this start. A gateway remembers used
    /// windows in memory only, so after a start it refuses those that could be replays; a replay
    /// of a recorded capture starts with nothing used.
    public var hasEarlierRun: Bool
    /// What operators and the hotel set before the last restart.
    public var kept: [KeptDoor]
    /// At most one for each direction.
    public var directionLights: [DirectionLight]

    /// - Precondition: at most `Limits.doorsMax` doors, each index once.
    public init(
        gateway: GatewayID, doors: [DoorConfiguration], bootCause: BootCause = .unknown,
        hasEarlierRun: Bool = true, directionLights: [DirectionLight] = [],
        kept: [KeptDoor] = []
    ) {
        precondition(doors.count <= Limits.doorsMax)
        precondition(Set(doors.map(\.index)).count == doors.count, "two doors with one index")
        self.gateway = gateway
        self.doors = doors
        self.bootCause = bootCause
        self.hasEarlierRun = hasEarlierRun
        self.directionLights = directionLights
        self.kept = kept
    }
}

/// What survives a restart of a door.
public struct KeptDoor: Hashable, Sendable {
    public var door: DoorIndex
    /// `nil` where it was never set: the door begins as it is configured.
    public var mode: DoorMode?
    public var raisedLevel: AccessLevel

    public init(
        door: DoorIndex, mode: DoorMode? = nil, raisedLevel: AccessLevel = .presence
    ) {
        self.door = door
        self.mode = mode
        self.raisedLevel = raisedLevel
    }
}

/// What the core has counted since it started. Nothing here tells one person from another.
public struct CoreCounters: Hashable, Sendable {
    public init() {}

    /// Adverts that carried sixteen or twenty bytes in one of our carriers.
    public var passesHeard: UInt64 = 0
    /// … whose identifier nobody here has.
    public var passesForeign: UInt64 = 0
    /// … of guests who were answering another gateway of the zone.
    public var passesElsewhere: UInt64 = 0
    /// … whose tag, nonce and window were right.
    public var passesAuthentic: UInt64 = 0
    /// Passes not believed or not granted, by reason.
    public var denials: [UInt64] = Array(repeating: 0, count: DenialReason.allCases.count)
    public var unlocks: UInt64 = 0
    /// Guests dropped from the followed ones because there were too many.
    public var tracksEvicted: UInt64 = 0

    mutating func count(_ reason: DenialReason) { denials[Int(reason.rawValue)] += 1 }
}
