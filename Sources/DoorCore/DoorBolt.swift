// SPDX-License-Identifier: Apache-2.0
// The lock line: when it may be energised and when it must rest. Deadlines are moments of the
// monotonic clock; the line adapter holds the same end on its own.
import Timebase

/// One bounded unlock.
struct Pulse: Hashable, Sendable {
    let startedAt: Instant
    let until: Instant
    let passer: Passer
    let credential: CredentialID?
    /// The bolt did not follow the first one.
    let isSecondTry: Bool
}

/// What the lock line does.
enum DoorBolt: Hashable, Sendable {
    /// Locked. The guest sees a closed door; `after` is the pulse that ended at `since`.
    case resting(since: Instant, after: Pulse?)
    /// Unlocked: the handle works until the pulse's end.
    case pulsing(Pulse)
    /// The bolt stuck: locked for a moment before the second try.
    case pausing(Pulse, since: Instant)
    /// The line cannot be driven; the guest is denied.
    case broken(since: Instant)

    enum Input: Hashable, Sendable {
        /// Time has passed.
        case elapsed
        /// Opening, privacy, lockdown, fire or service: rest now.
        case secure
        /// The bolt did not follow the line in time.
        case stuck
        case lineFault
        /// The adapter rested the line on its own, or has it back after a fault.
        case lineRested
        /// The adapter reports the line energised.
        case lineEnergised
    }

    enum Action: Hashable, Sendable {
        case none
        /// Drive the line to rest; no pulse ended.
        case rest
        /// Drive the line to rest: this pulse is over.
        case end(Pulse)
        /// The second try is due, for the same passer; `energise` or `secure` follows.
        case tryAgain(Pulse)
        case broke(Pulse?)
        case mended
    }

    /// - Precondition: the line rests; `Door.refusal` has been asked.
    mutating func energise(_ pulse: Pulse) {
        switch self {
        case .resting, .pausing: self = .pulsing(pulse)
        case .pulsing, .broken: preconditionFailure("a lock is energised once at a time")
        }
    }

    mutating func handle(_ input: Input, at now: Instant) -> Action {
        switch (self, input) {
        case (.pulsing(let pulse), .elapsed):
            guard now >= pulse.until else { return .none }
            return end(pulse, at: now)
        case (.pulsing(let pulse), .secure), (.pulsing(let pulse), .lineRested):
            return end(pulse, at: now)
        case (.pulsing(let pulse), .stuck):
            if pulse.isSecondTry { return end(pulse, at: now) }
            self = .pausing(pulse, since: now)
            return .end(pulse)
        case (.pulsing(let pulse), .lineFault):
            self = .broken(since: now)
            return .broke(pulse)
        case (.pausing(let pulse, let since), .elapsed):
            return now - since >= Limits.pulseOffMin ? .tryAgain(pulse) : .none
        case (.pausing(let pulse, let since), .secure):
            self = .resting(since: since, after: pulse)
            return .none
        case (.resting, .lineFault), (.pausing, .lineFault):
            self = .broken(since: now)
            return .broke(nil)
        case (.broken, .lineRested):
            self = .resting(since: now, after: nil)
            return .mended
        case (.resting, .lineEnergised), (.pausing, .lineEnergised), (.broken, .lineEnergised):
            return .rest
        case (.resting, .elapsed), (.resting, .secure), (.resting, .stuck),
            (.resting, .lineRested), (.pulsing, .lineEnergised), (.pausing, .stuck),
            (.pausing, .lineRested), (.broken, .elapsed), (.broken, .secure), (.broken, .stuck),
            (.broken, .lineFault):
            return .none
        }
    }

    /// The pulse under which the door may be opening at `now`.
    func pulse(at now: Instant) -> Pulse? {
        switch self {
        case .pulsing(let pulse): pulse
        case .resting(let since, let after): now - since <= Limits.openingGrace ? after : nil
        case .pausing(let pulse, let since): now - since <= Limits.openingGrace ? pulse : nil
        case .broken: nil
        }
    }

    var deadline: Instant? {
        switch self {
        case .pulsing(let pulse): pulse.until
        case .pausing(_, let since): since + Limits.pulseOffMin
        case .resting, .broken: nil
        }
    }

    private mutating func end(_ pulse: Pulse, at now: Instant) -> Action {
        self = .resting(since: now, after: pulse)
        return .end(pulse)
    }
}

/// When the last pulses began, to keep a coil from burning and a strike from rattling.
struct PulseHistory: Sendable {
    private var starts: [Instant] = []
    private var next = 0

    init() { starts.reserveCapacity(Limits.pulsesPerWindowMax) }

    mutating func add(_ start: Instant) {
        if starts.count < Limits.pulsesPerWindowMax {
            starts.append(start)
        } else {
            starts[next] = start
        }
        next = (next + 1) % Limits.pulsesPerWindowMax
    }

    func isFull(at now: Instant) -> Bool {
        starts.count == Limits.pulsesPerWindowMax && now - starts[next] < Limits.pulseWindow
    }
}
