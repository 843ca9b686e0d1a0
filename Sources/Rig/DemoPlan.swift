// SPDX-License-Identifier: Apache-2.0
// The demonstration's cast: guests who must get in, one of them by way of the lobby; one who comes
// in by the lobby and only walks by; and the four kinds of people who must not. Seeds change
// pockets, speeds, timing and radio, never who is allowed what.
import GuestPass
import Timebase

/// Builds the demonstration's corridor.
public enum DemoPlan {
    /// Shortest scene in which everyone has time to come to a door.
    public static let shortest = Interval.seconds(15)
    /// How long a scene runs when nobody says.
    public static let usual = Interval.seconds(30)

    public static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)

    private static let length = 17.0
    private static let spacing = 4.0

    /// - Parameters:
    ///   - start: the scene's first moment.
    ///   - wallClock: what clocks say then.
    ///   - length: at least `shortest`; later guests come when there is time.
    ///   - beaconKey: the hotel's; `nil` draws one.
    public static func make(
        seed: UInt64, startsAt start: Instant, wallClock: UnixTime, length: Interval,
        beaconKey: BeaconKey? = nil
    ) -> CorridorPlan {
        precondition(length >= shortest)
        var random = RandomSource.stream(7, of: seed)
        let zone = ZoneID(rawValue: site.rawValue)
        let drawnKey = BeaconKey.random(using: &random)
        let epoch = KeyEpoch(rawValue: 1)
        var plan = CorridorPlan(
            seed: seed, length: Self.length, doors: doors(), gateways: gateways(), people: [],
            beaconKey: beaconKey ?? drawnKey, site: site, zone: zone, epoch: epoch)
        var cast = Cast(
            plan: plan, start: start, wallClock: wallClock, length: length, random: random)
        plan.people = cast.people()
        return plan
    }

    /// Three rooms, and the lobby before them.
    private static func doors() -> [CorridorDoor] {
        (0..<3).map { number in
            CorridorDoor(
                name: "30\(number + 1)", x: 5 + spacing * Double(number), gateway: number, index: 1)
        } + [CorridorDoor(name: "lobby", x: 1, gateway: 3, index: 1, isLobby: true)]
    }

    /// One gateway beside each door.
    private static func gateways() -> [CorridorGateway] {
        doors().enumerated().map { number, door in
            CorridorGateway(
                id: GatewayID(rawValue: 0xB0B1_B200 + UInt32(number + 1)),
                position: Position(x: door.x + 0.4, y: CorridorDoor.wall, z: 1.2),
                host: .connected(number == 0 ? .legacyOnly : .extended))
        }
    }
}

extension CorridorPlan {
    /// Gives a person the pass the hotel issued, in place of the one that was drawn.
    public mutating func give(_ credential: UInt64, _ key: DeviceKey, to person: Int) {
        guard let drawn = people[person].pass else { return }
        let issued = IssuedPass(
            credential: credential, deviceKey: key, door: drawn.door, from: drawn.from,
            until: drawn.until)
        people[person].pass = issued
        let walk = people[person].walk
        people[person].kind = .app(
            self.credential(issued, lobbies: lobbies.filter { walk.announces(at: $0) }))
    }

    /// The doors guests come in by.
    var lobbies: [DoorNumber] {
        doors.indices.filter { doors[$0].isLobby }.map { DoorNumber($0) }
    }

    /// - Parameter lobbies: the phone asks for these too.
    func credential(_ issued: IssuedPass, lobbies: [DoorNumber] = []) -> PhoneCredential {
        let wanted = ([issued.door] + lobbies).map { doors[$0.rawValue] }
        return PhoneCredential(
            encoder: PassEncoder(
                deviceKey: issued.deviceKey, site: site, zone: zone, epoch: epoch),
            beaconKey: beaconKey,
            doors: Dictionary(
                wanted.map { (gateways[$0.gateway].id, $0.index) }, uniquingKeysWith: { $1 }))
    }
}

/// Hands out names, passes and times.
private struct Cast {
    let plan: CorridorPlan
    let start: Instant
    let wallClock: UnixTime
    let length: Interval
    var random: RandomSource

    private static let patience = Interval.seconds(20)
    /// How far outside the lobby they begin who come in by it.
    private static let outside = 1.5
    private static let names = ["Ada", "Ben", "Chloe", "Dilan", "Emma", "Farid", "Greta", "Hugo"]

    mutating func people() -> [Person] {
        var people = [
            guest("Ada", DoorNumber(1), fromLeft: true, after: 0.3, isNew: true),
            guest("Ben", DoorNumber(2), fromLeft: false, after: 1.2),
            passerBy("Paula", DoorNumber(0), after: 6),
            stranger("Forger", .forger, DoorNumber(0), after: 0.5),
            stranger("Replayer", .replayer(delay: .seconds(5)), DoorNumber(1), after: 3),
            expired("Expired", DoorNumber(2)),
            otherHotel("Visitor", DoorNumber(0)),
        ]
        let arrivals = stride(from: 10.0, to: length.seconds - 15, by: 6)
        for (index, seconds) in arrivals.enumerated() where index + 2 < Self.names.count {
            people.append(
                guest(
                    Self.names[index + 2], DoorNumber(index % 3),
                    fromLeft: index % 2 == 1, after: seconds))
        }
        return people
    }

    /// - Parameter isNew: they come in by the lobby, where they show who they are.
    private mutating func guest(
        _ name: String, _ door: DoorNumber, fromLeft: Bool, after seconds: Double,
        isNew: Bool = false
    ) -> Person {
        let issued = issue(door, until: wallClock + .hours(48))
        let lobbies = isNew ? plan.lobbies : []
        var person = Person(
            name: name, role: .guest(door), kind: .app(plan.credential(issued, lobbies: lobbies)),
            from: isNew ? outside : end(left: fromLeft),
            steps: lobbies.flatMap(announce) + [
                .walk(to: plan.doors[door.rawValue].front), .enter(door, patience: Self.patience),
            ], speed: random.uniform(1.2...Walk.speeds.quick), startsAt: moment(seconds),
            pass: issued)
        person.carry = Carry(
            offset: random.uniform(-5...5), side: random.uniform(-0.8...0.8))
        return person
    }

    /// Someone with a good pass who comes in by the lobby and goes to the lift, not to bed.
    private mutating func passerBy(
        _ name: String, _ door: DoorNumber, after seconds: Double
    ) -> Person {
        let issued = issue(door, until: wallClock + .hours(48))
        return Person(
            name: name, role: .passerBy,
            kind: .app(plan.credential(issued, lobbies: plan.lobbies)), from: outside,
            steps: plan.lobbies.flatMap(announce) + [.walk(to: end(left: false))],
            speed: Walk.speeds.quick, startsAt: moment(seconds), pass: issued)
    }

    private func announce(at lobby: DoorNumber) -> [WalkStep] {
        [
            .walk(to: plan.doors[lobby.rawValue].front),
            .announce(lobby, patience: Self.patience),
        ]
    }

    private var outside: Position { Position(x: -Self.outside, y: CorridorDoor.threshold) }

    private mutating func stranger(
        _ name: String, _ kind: PhoneKind, _ door: DoorNumber, after seconds: Double
    ) -> Person {
        var habits = PhoneHabits()
        habits.rate = .tenPerSecond
        var person = Person(
            name: name, role: .uninvited, kind: kind, from: end(left: true),
            steps: [
                .walk(to: plan.doors[door.rawValue].front),
                .tryHandle(door, patience: .minutes(10)),
            ], speed: Walk.speeds.usual, startsAt: moment(seconds))
        person.habits = habits
        return person
    }

    private mutating func expired(_ name: String, _ door: DoorNumber) -> Person {
        let issued = issue(door, until: wallClock - .hours(1))
        return Person(
            name: name, role: .uninvited, kind: .app(plan.credential(issued)),
            from: end(left: false),
            steps: [
                .wait(.seconds(6)), .walk(to: plan.doors[door.rawValue].front),
                .enter(door, patience: .minutes(10)),
            ], startsAt: moment(0), pass: issued)
    }

    /// A well-made pass whose keys this hotel never saw.
    private mutating func otherHotel(_ name: String, _ door: DoorNumber) -> Person {
        let encoder = PassEncoder(
            deviceKey: .random(using: &random), site: SiteID(rawValue: 0xFEED),
            zone: ZoneID(rawValue: 0xFEED), epoch: plan.epoch)
        let credential = PhoneCredential(
            encoder: encoder, beaconKey: plan.beaconKey,
            doors: [plan.gateways[plan.doors[door.rawValue].gateway].id: 1])
        return Person(
            name: name, role: .uninvited, kind: .app(credential), from: end(left: false),
            steps: [
                .walk(to: plan.doors[door.rawValue].front), .enter(door, patience: .minutes(10)),
            ], startsAt: moment(2))
    }

    private mutating func issue(_ door: DoorNumber, until: UnixTime) -> IssuedPass {
        IssuedPass(
            credential: random.next(), deviceKey: .random(using: &random), door: door,
            from: wallClock - .hours(24), until: until)
    }

    private func end(left: Bool) -> Position {
        Position(x: left ? 0 : plan.length, y: -0.4)
    }

    private func moment(_ seconds: Double) -> Instant {
        start + .nanoseconds(Int64(seconds * 1e9))
    }
}
