// SPDX-License-Identifier: Apache-2.0
// A scene before it begins: doors, gateways, people and what each of them is allowed.
import GuestPass
import Timebase

/// Everything a corridor is made of.
public struct CorridorPlan: Sendable {
    public var seed: UInt64
    /// Metres along x; the corridor begins at 0.
    public var length: Double
    public var doors: [CorridorDoor]
    public var gateways: [CorridorGateway]
    public var people: [Person]
    /// Adverts of other people's devices each gateway could hear in a second.
    public var foreignAdvertsPerSecond = 40.0
    public var beaconKey: BeaconKey
    public var site: SiteID
    public var zone: ZoneID
    public var epoch: KeyEpoch
    public var parameters = AirParameters.measured

    public init(
        seed: UInt64, length: Double, doors: [CorridorDoor], gateways: [CorridorGateway],
        people: [Person], beaconKey: BeaconKey, site: SiteID, zone: ZoneID, epoch: KeyEpoch
    ) {
        self.seed = seed
        self.length = length
        self.doors = doors
        self.gateways = gateways
        self.people = people
        self.beaconKey = beaconKey
        self.site = site
        self.zone = zone
        self.epoch = epoch
    }
}

/// A door in the wall at `y` = `CorridorDoor.wall`.
public struct CorridorDoor: Sendable {
    /// Where the doors are, and where who wants in stands.
    public static let wall = 0.9
    public static let threshold = 0.3

    public let name: String
    public let x: Double
    /// Index into `CorridorPlan.gateways`.
    public let gateway: Int
    /// The door index in passes for that gateway.
    public let index: UInt8
    /// Where guests come in; it leads on into the corridor.
    public let isLobby: Bool

    public init(name: String, x: Double, gateway: Int, index: UInt8, isLobby: Bool = false) {
        self.name = name
        self.isLobby = isLobby
        self.x = x
        self.gateway = gateway
        self.index = index
    }

    /// In front of it.
    public var front: Position { Position(x: x, y: Self.threshold) }
}

/// A gateway's antenna and what stands behind it.
public struct CorridorGateway: Sendable {
    public enum Host: Sendable {
        /// A host speaks H4 to this controller: the real gateway.
        case connected(VirtualController.Model)
        /// A neighbour of which only the beacon matters.
        case beaconOnly
    }

    public let id: GatewayID
    public let position: Position
    public let host: Host
    /// What goes wrong with its controller, and when.
    public var faults: [FaultWindow] = []

    public init(id: GatewayID, position: Position, host: Host) {
        self.id = id
        self.position = position
        self.host = host
    }
}

/// Someone with a phone.
public struct Person: Sendable {
    /// What the hotel wants to happen to them.
    public enum Role: Hashable, Sendable {
        /// Must get in through this door.
        case guest(DoorNumber)
        /// Holds a good pass and only walks by: no door may open.
        case passerBy
        /// Must not get in anywhere.
        case uninvited
    }

    public let name: String
    public let role: Role
    public internal(set) var kind: PhoneKind
    public var habits = PhoneHabits()
    /// `nil`: drawn from the seed.
    public var carry: Carry?
    public let walk: Walk
    public let startsAt: Instant
    /// What the hotel issued; `nil` for those who have nothing of this hotel.
    public var pass: IssuedPass?

    public init(
        name: String, role: Role, kind: PhoneKind, from start: Position, steps: [WalkStep],
        speed: Double = Walk.speeds.usual, startsAt: Instant, pass: IssuedPass? = nil
    ) {
        self.name = name
        self.role = role
        self.kind = kind
        self.startsAt = startsAt
        self.pass = pass
        walk = Walk(from: start, steps: steps, speed: speed, startsAt: startsAt)
    }
}

/// One row of what the hotel server would send its gateways about a phone.
public struct IssuedPass: Sendable {
    public let credential: UInt64
    public let deviceKey: DeviceKey
    public let door: DoorNumber
    public let from: UnixTime
    public let until: UnixTime

    public init(
        credential: UInt64, deviceKey: DeviceKey, door: DoorNumber, from: UnixTime,
        until: UnixTime
    ) {
        self.credential = credential
        self.deviceKey = deviceKey
        self.door = door
        self.from = from
        self.until = until
    }
}
