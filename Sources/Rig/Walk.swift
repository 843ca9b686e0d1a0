// SPDX-License-Identifier: Apache-2.0
// How a person moves: a list of steps, played on simulated time. A door answers back (it opens or
// it does not), so a walk is a small machine and not a recorded path.
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A door of the corridor, by its place in the corridor's list.
public struct DoorNumber: Hashable, Sendable {
    public let rawValue: Int
    public init(_ rawValue: Int) { self.rawValue = rawValue }
}

/// One thing a person does.
public enum WalkStep: Hashable, Sendable {
    case walk(to: Position)
    case wait(Interval)
    /// Stand in front of a door, tap in the app after a moment (and again every 8 s), and go in
    /// as soon as the lock gives; turn away when patience ends.
    case enter(DoorNumber, patience: Interval)
    /// Stand in front of a lobby door, tap until it gives, and walk on: a guest who comes in.
    case announce(DoorNumber, patience: Interval)
    /// Stand in front of a door and try its handle without any app.
    case tryHandle(DoorNumber, patience: Interval)
}

/// What a person does at this moment.
public enum WalkState: Hashable, Sendable {
    case walking
    case standing
    /// In front of this door, hoping.
    case atDoor(DoorNumber)
    /// The door gave: the person is going through it.
    case passing(DoorNumber)
    case inside(DoorNumber)
    /// The steps are over, or patience was.
    case gone
}

/// A person's body: where it is, which way it looks, what it does.
public struct Walk: Sendable {
    /// Walking speeds measured indoors, p10, p50 and p90, in metres a second.
    public static let speeds = (slow: 0.87, usual: 1.13, quick: 1.35)

    public private(set) var stance: Stance
    public private(set) var state = WalkState.standing
    /// When the feet last moved.
    public private(set) var lastMoved: Instant?
    /// When the app was last tapped.
    public private(set) var lastTap: Instant?
    /// When the person first stood in front of the door they want.
    public private(set) var arrivedAt: Instant?

    private var steps: [WalkStep]
    private let speed: Double
    private let startsAt: Instant
    private var stepSince: Instant
    private var openableSince: Instant?
    private var now: Instant

    /// - Parameter speed: metres a second.
    public init(from start: Position, steps: [WalkStep], speed: Double, startsAt: Instant) {
        stance = Stance(position: start)
        self.steps = steps.reversed()
        self.speed = speed
        self.startsAt = startsAt
        stepSince = startsAt
        now = startsAt
    }

    /// Whether the person has come into the scene by now.
    public func hasStarted(at now: Instant) -> Bool { now >= startsAt }

    /// Moves on to `now`.
    /// - Parameter isOpenable: whether a door's lock is released at this moment.
    public mutating func advance(to now: Instant, isOpenable: (DoorNumber) -> Bool) {
        guard now > self.now else { return }
        let elapsed = (now - self.now).seconds
        self.now = now
        guard let step = steps.last else {
            if case .inside = state { return }
            state = .gone
            return
        }
        switch step {
        case .walk(let target): walk(to: target, for: elapsed)
        case .wait(let length):
            state = .standing
            if now - stepSince >= length { finishStep() }
        case .enter(let door, let patience):
            tapAgain()
            stand(at: door, patience, isOpenable(door))
        case .announce(let door, let patience):
            tapAgain()
            announce(at: door, patience, isOpenable(door))
        case .tryHandle(let door, let patience): stand(at: door, patience, isOpenable(door))
        }
    }

    private mutating func walk(to target: Position, for elapsed: Double) {
        state = .walking
        lastMoved = now
        let way = stance.position.distance(to: target)
        let stride = speed * elapsed
        guard way > stride else {
            stance.position = target
            finishStep()
            return
        }
        let (dx, dy) = (target.x - stance.position.x, target.y - stance.position.y)
        stance.heading = atan2(dy, dx)
        stance.position.x += dx * stride / way
        stance.position.y += dy * stride / way
        stance.position.z += (target.z - stance.position.z) * stride / way
    }

    private mutating func stand(at door: DoorNumber, _ patience: Interval, _ isOpenable: Bool) {
        if case .passing = state {
            if now - stepSince >= Limits.passThroughDoor {
                state = .inside(door)
                steps.removeAll()
            }
            return
        }
        if arrivedAt == nil { arrivedAt = now }
        stance.heading = .pi / 2
        state = .atDoor(door)
        openableSince = isOpenable ? openableSince ?? now : nil
        if let since = openableSince, now - since >= Limits.handleReaction {
            state = .passing(door)
            stepSince = now
        } else if now - stepSince >= patience {
            finishStep()
        }
    }

    private mutating func announce(
        at door: DoorNumber, _ patience: Interval, _ isOpenable: Bool
    ) {
        stance.heading = .pi / 2
        state = .atDoor(door)
        openableSince = isOpenable && lastTap != nil ? openableSince ?? now : nil
        let isHeard = openableSince.map { now - $0 >= Limits.handleReaction } ?? false
        guard isHeard || now - stepSince >= patience else { return }
        // The app has what it asked for: the tap is not carried on to another door.
        (openableSince, lastTap) = (nil, nil)
        finishStep()
    }

    /// Whether the person means to come in through this door, now or later.
    func announces(at door: DoorNumber) -> Bool {
        steps.contains { if case .announce(door, _) = $0 { true } else { false } }
    }

    private mutating func tapAgain() {
        guard case .atDoor = state else { return }
        let sinceTap = lastTap.map { now - $0 } ?? now - stepSince
        guard sinceTap >= (lastTap == nil ? Limits.firstTapAfter : Limits.nextTapAfter) else {
            return
        }
        lastTap = now
    }

    private mutating func finishStep() {
        steps.removeLast()
        stepSince = now
    }
}
