// SPDX-License-Identifier: Apache-2.0
// The world between phones and gateways, stepped on the time it is told. Gateways reach it only
// through their controllers' bytes and their doors' lock lines, as they would reach a hotel.
import GuestPass
import Timebase

/// A running scene.
public struct Corridor: Sendable {
    public let plan: CorridorPlan
    public private(set) var now: Instant
    public internal(set) var people: [PersonState]
    public private(set) var doors: [DoorState]
    public private(set) var log: [CorridorEvent] = []
    /// Adverts that reached a connected controller, ours and foreign.
    public internal(set) var advertsDelivered = 0

    var stations: [Station]
    var foreign: ForeignTraffic
    var random: RandomSource

    public init(_ plan: CorridorPlan, startsAt start: Instant) {
        self.plan = plan
        now = start
        random = .stream(0, of: plan.seed)
        doors = plan.doors.map { _ in DoorState() }
        people = plan.people.enumerated().map { index, person in
            PersonState(person, index, plan)
        }
        stations = plan.gateways.enumerated().map { index, gateway in
            Station(gateway, index, plan, startsAt: start)
        }
        foreign = ForeignTraffic(
            perSecond: plan.foreignAdvertsPerSecond, from: start, .stream(1, of: plan.seed))
    }

    /// Lets people walk, phones speak and controllers hear until `target`.
    public mutating func advance(to target: Instant, wallClock: UnixTime) {
        while now < target {
            let step = min(target, now + Limits.worldStep)
            let wall = wallClock - (target - step)
            now = step
            movePeople()
            exchange(wallClock: wall)
        }
    }

    /// What a gateway's host wrote to its controller.
    public mutating func receive(_ bytes: some Sequence<UInt8>, from gateway: Int) {
        stations[gateway].controller.receive(bytes, at: now)
    }

    /// What a gateway's controller has for its host.
    public mutating func takeBytes(for gateway: Int) -> [UInt8] {
        stations[gateway].controller.takeBytes(at: now)
    }

    /// Whether the controller is plugged in; a host that finds it gone may come back later.
    public func isPresent(_ gateway: Int) -> Bool {
        stations[gateway].controller.isPresent(at: now)
    }

    /// A host opens the controller anew.
    public mutating func plugIn(_ gateway: Int) { stations[gateway].controller.plugIn() }

    /// A door's lock line as the gateway drives it.
    public mutating func setLock(_ door: DoorNumber, isReleased: Bool) {
        guard doors[door.rawValue].isReleased != isReleased else { return }
        doors[door.rawValue].isReleased = isReleased
        guard isReleased else { return }
        doors[door.rawValue].releases += 1
        let wanted = people.contains { $0.wants(door) && $0.isNear(plan.doors[door.rawValue]) }
        record(wanted ? .released(door) : .releasedForNobody(door))
    }

    /// A stranger tries an unlocked door too, but steps back while its guest uses it: tailgating
    /// is beyond what any lock can decide.
    private mutating func movePeople() {
        let released = doors.map(\.isReleased)
        let isTaken = released.indices.map { released[$0] && isInUse(DoorNumber($0)) }
        for index in people.indices where people[index].walk.hasStarted(at: now) {
            let before = people[index].walk.state
            let wants = doors.indices.map { people[index].wants(DoorNumber($0)) }
            people[index].walk.advance(to: now) { door in
                released[door.rawValue] && (wants[door.rawValue] || !isTaken[door.rawValue])
            }
            let after = people[index].walk.state
            guard before != after else { continue }
            if case .passing(let door) = after {
                people[index].enteredAt = now
                record(people[index].mayPass(door) ? .entered(index, door) : .intruded(index, door))
            } else if case .atDoor(let door) = before {
                record(.turnedAway(index, door))
            } else if case .atDoor(let door) = after {
                record(.arrived(index, door))
            }
        }
        for index in doors.indices { doors[index].isOpen = false }
        for index in people.indices {
            if case .passing(let door) = people[index].walk.state {
                doors[door.rawValue].isOpen = true
            }
        }
    }

    /// Whether somebody goes through a door, or its guest is about to.
    private func isInUse(_ door: DoorNumber) -> Bool {
        doors[door.rawValue].isOpen
            || people.contains { $0.wants(door) && $0.isNear(plan.doors[door.rawValue]) }
    }

    private mutating func record(_ kind: CorridorEvent.Kind) {
        log.append(CorridorEvent(at: now, kind: kind))
    }
}

/// A door as the corridor shows it.
public struct DoorState: Hashable, Sendable {
    /// The gateway energises its lock.
    public var isReleased = false
    public var isOpen = false
    public var releases = 0
}

/// A person during the scene.
public struct PersonState: Sendable {
    public let person: Person
    public internal(set) var walk: Walk
    public internal(set) var enteredAt: Instant?
    /// The last usable level each gateway heard, dBm.
    public internal(set) var heardAt: [Int8?]
    var phone: VirtualPhone
    /// One per gateway.
    var links: [AirPath]
    /// How the phone hears each gateway.
    var ears: [Ear]

    init(_ person: Person, _ index: Int, _ plan: CorridorPlan) {
        var random = RandomSource.stream(100 + UInt64(index), of: plan.seed)
        let carry = person.carry ?? .random(&random, plan.parameters)
        self.person = person
        walk = person.walk
        heardAt = plan.gateways.map { _ in nil }
        links = plan.gateways.map { gateway in
            AirPath(
                to: gateway.position, carry: carry, random: RandomSource(seed: random.next()),
                parameters: plan.parameters)
        }
        ears = plan.gateways.map { _ in
            Ear(random: RandomSource(seed: random.next()), parameters: plan.parameters)
        }
        phone = VirtualPhone(
            kind: person.kind, habits: person.habits, switchedOnAt: person.startsAt,
            random: RandomSource(seed: random.next()))
    }

    /// Whether their radio is part of the scene: they have come and not gone.
    func isOnAir(at now: Instant) -> Bool { walk.hasStarted(at: now) && walk.state != .gone }

    func mayPass(_ door: DoorNumber) -> Bool { person.role == .guest(door) }

    func wants(_ door: DoorNumber) -> Bool {
        (mayPass(door) && enteredAt == nil || walk.announces(at: door)) && walk.lastMoved != nil
    }

    func isNear(_ door: CorridorDoor) -> Bool {
        walk.stance.position.distance(to: door.front) <= Limits.nearDoorMetres
    }

    func intent(at now: Instant) -> PassIntent {
        var intent = PassIntent()
        if let moved = walk.lastMoved, now - moved <= Limits.movingFor { intent.insert(.moving) }
        if let tapped = walk.lastTap, now - tapped <= Limits.tappedFor { intent.insert(.tapped) }
        return intent
    }
}

/// Something an onlooker would see.
public struct CorridorEvent: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case arrived(Int, DoorNumber)
        case released(DoorNumber)
        /// A lock gave while nobody who may pass stood near it.
        case releasedForNobody(DoorNumber)
        case entered(Int, DoorNumber)
        /// Someone went through a door that is not theirs.
        case intruded(Int, DoorNumber)
        case turnedAway(Int, DoorNumber)
    }

    public let at: Instant
    public let kind: Kind
}
