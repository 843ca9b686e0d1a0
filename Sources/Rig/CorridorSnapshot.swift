// SPDX-License-Identifier: Apache-2.0
// What an onlooker sees at one moment, as plain values a picture can be drawn from.
import Timebase

/// One moment of a corridor.
public struct CorridorSnapshot: Hashable, Sendable {
    public struct Door: Hashable, Sendable {
        public var name: String
        public var x: Double
        public var isReleased: Bool
        public var isOpen: Bool

        public init(name: String, x: Double, isReleased: Bool, isOpen: Bool) {
            self.name = name
            self.x = x
            self.isReleased = isReleased
            self.isOpen = isOpen
        }
    }

    public struct Figure: Hashable, Sendable {
        public var name: String
        /// What they want: `guest of 302`, `walks by`, `uninvited`.
        public var wish: String
        public var isInvited: Bool
        public var x: Double
        public var isInCorridor: Bool
        /// `walking`, `at 302, tapped`, `inside 302`.
        public var doing: String
        /// The last level at each gateway, dBm.
        public var levels: [Int8?]

        public init(
            name: String, wish: String, isInvited: Bool, x: Double, isInCorridor: Bool,
            doing: String, levels: [Int8?]
        ) {
            self.name = name
            self.wish = wish
            self.isInvited = isInvited
            self.x = x
            self.isInCorridor = isInCorridor
            self.doing = doing
            self.levels = levels
        }
    }

    public struct Line: Hashable, Sendable {
        public var seconds: Double
        public var text: String
        public var ink: Ink

        public init(seconds: Double, text: String, ink: Ink) {
            self.seconds = seconds
            self.text = text
            self.ink = ink
        }
    }

    public var seconds: Double
    public var seed: UInt64
    public var length: Double
    public var adverts: Int
    public var doors: [Door]
    public var people: [Figure]
    /// Newest last.
    public var events: [Line]
    /// A line above the corridor.
    public var notice = ""

    public init(
        seconds: Double, seed: UInt64, length: Double, adverts: Int, doors: [Door],
        people: [Figure], events: [Line]
    ) {
        self.seconds = seconds
        self.seed = seed
        self.length = length
        self.adverts = adverts
        self.doors = doors
        self.people = people
        self.events = events
    }
}

extension Corridor {
    /// What is to be seen now.
    public func snapshot(since start: Instant) -> CorridorSnapshot {
        CorridorSnapshot(
            seconds: (now - start).seconds, seed: plan.seed, length: plan.length,
            adverts: advertsDelivered,
            doors: zip(plan.doors, doors).map { door, state in
                .init(
                    name: door.name, x: door.x, isReleased: state.isReleased, isOpen: state.isOpen)
            },
            people: people.map(figure),
            events: log.map { event in
                let (text, ink) = words(event.kind)
                return .init(seconds: (event.at - start).seconds, text: text, ink: ink)
            })
    }

    /// One event as a JSON line, `t` in seconds since `start`.
    public func jsonLine(_ event: CorridorEvent, since start: Instant) -> String {
        let hundredths = Int(((event.at - start).seconds * 100).rounded())
        let fraction = hundredths % 100
        let t = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        func line(_ name: String, _ door: DoorNumber, _ person: Int?) -> String {
            let who = person.map { ",\"person\":\"\(plan.people[$0].name)\"" } ?? ""
            return
                "{\"t\":\(t),\"seen\":\"\(name)\",\"door\":\"\(plan.doors[door.rawValue].name)\""
                + who + "}"
        }
        switch event.kind {
        case .arrived(let person, let door): return line("arrived", door, person)
        case .released(let door): return line("released", door, nil)
        case .releasedForNobody(let door): return line("releasedForNobody", door, nil)
        case .entered(let person, let door): return line("entered", door, person)
        case .intruded(let person, let door): return line("intruded", door, person)
        case .turnedAway(let person, let door): return line("turnedAway", door, person)
        }
    }

    private func words(_ kind: CorridorEvent.Kind) -> (String, Ink) {
        func door(_ number: DoorNumber) -> String { plan.doors[number.rawValue].name }
        func name(_ person: Int) -> String { plan.people[person].name }
        switch kind {
        case .arrived(let person, let number):
            return ("\(name(person)) stands at \(door(number))", .dim)
        case .released(let number): return ("\(door(number)) unlocked", .good)
        case .releasedForNobody(let number):
            return ("\(door(number)) unlocked for nobody", .bad)
        case .entered(let person, let number):
            return ("\(name(person)) went into \(door(number))", .good)
        case .intruded(let person, let number):
            return ("\(name(person)) got into \(door(number)), uninvited", .bad)
        case .turnedAway(let person, let number):
            return ("\(name(person)) left \(door(number)) outside", .dim)
        }
    }

    private func figure(_ state: PersonState) -> CorridorSnapshot.Figure {
        func door(_ number: DoorNumber) -> String { plan.doors[number.rawValue].name }
        let wish =
            switch state.person.role {
            case .guest(let number): "guest of \(door(number))"
            case .passerBy: "guest, walks by"
            case .uninvited: uninvited(state.person)
            }
        let hasStarted = state.walk.hasStarted(at: now)
        let doing =
            switch state.walk.state {
            case _ where !hasStarted: ""
            case .walking: "walking"
            case .standing: "waiting"
            case .atDoor(let number):
                "at \(door(number))\(state.intent(at: now).contains(.tapped) ? ", tapped" : "")"
            case .passing(let number): "going into \(door(number))"
            case .inside(let number): "inside \(door(number))"
            case .gone: "gone"
            }
        let isInCorridor =
            switch state.walk.state {
            case .walking, .standing, .atDoor, .passing: hasStarted
            case .inside, .gone: false
            }
        return CorridorSnapshot.Figure(
            name: state.person.name, wish: wish, isInvited: state.person.role != .uninvited,
            x: state.walk.stance.position.x, isInCorridor: isInCorridor, doing: doing,
            levels: isInCorridor ? state.heardAt : state.heardAt.map { _ in nil })
    }

    private func uninvited(_ person: Person) -> String {
        switch person.kind {
        case .app: person.pass == nil ? "other hotel" : "expired pass"
        case .forger: "forges tags"
        case .replayer: "replays adverts"
        case .foreign: "no app"
        }
    }
}
