// SPDX-License-Identifier: Apache-2.0
// The only place where the right to unlock comes into being (protocol.md §6.5 and §7).
import GuestPass
import Timebase

/// The right to energise one door's lock until a moment. It cannot be copied, stored twice or made
/// outside this file; the line adapter consumes it.
public struct UnlockPermit: ~Copyable {
    public let door: DoorIndex
    /// The lock rests again at this moment at the latest.
    public let until: Instant

    fileprivate init(door: DoorIndex, until: Instant) {
        self.door = door
        self.until = until
    }
}

/// What the policy says to a guest.
enum AccessDecision: ~Copyable {
    case granted(UnlockPermit, AccessLevel)
    case denied(DenialReason)
}

/// How a guest asks: by being there, or by doing something.
enum AccessIntent: Sendable {
    case approach
    /// The handle was touched, where the hotel opts in: perhaps by somebody else.
    case touch
    /// Tapped in the app: nobody but the guest can.
    case tap
}

/// A wish to open a door that no pass stands behind.
enum DoorRequest {
    /// The request to exit has just become active.
    case exit
    /// The outer handle is touched during free access.
    case freeAccess
    /// An operator's authenticated order.
    case order(Command)
    /// The bolt did not follow the first pulse.
    case secondTry
}

/// One guest asking one door to open, with everything that speaks for and against.
struct AccessRequest: Sendable {
    let credential: Credential
    let pass: AuthenticatedPass
    let intent: AccessIntent
    /// What the detector says: for an approach that the guest is at the door, for a deliberate
    /// request that it is plausible from where the phone is.
    let isNear: Bool
    /// The level in force at the door: configured floor, raised by server or operator.
    let requiredLevel: AccessLevel
    /// What anti-passback says.
    let mayReenter: Bool
    /// This answer has unlocked this door before.
    let isUsed: Bool
}

/// Decides who may pass a door now.
enum AccessPolicy {
    static func decide(
        _ request: AccessRequest, at door: Door, clock: ClockKeeper, now: Instant
    ) -> AccessDecision {
        if let reason = refusal(request, clock: clock, now: now) { return .denied(reason) }
        if let inside = door.insideGuard,
            let reason = inside.refusal(
                request.credential.id, isTapped: request.intent == .tap)
        {
            return .denied(reason)
        }
        let level = reachedLevel(request)
        guard level >= request.requiredLevel else {
            return .denied(isMoving(request) ? .levelTooLow : .notMoving)
        }
        if let reason = door.refusal(for: .holder(request.credential.holder), at: now) {
            return .denied(reason)
        }
        guard request.mayReenter else { return .denied(.antiPassback) }
        guard !request.isUsed else { return .denied(.replayed) }
        return .granted(
            UnlockPermit(door: door.configuration.index, until: now + door.pulse), level)
    }

    /// The permit for a request that the door's own state bears out, or `nil`.
    static func permit(for request: DoorRequest, at door: Door, now: Instant) -> UnlockPermit? {
        let isBorneOut: Bool
        switch request {
        case .exit:
            isBorneOut =
                door.configuration.rexUnlocks && door.exit.isPressed
                && door.refusal(for: .exit, at: now) == nil
        case .freeAccess:
            isBorneOut =
                door.isFreeAccess && door.outerHandle == .active
                && door.refusal(for: .anyone, at: now) == nil
        case .order(let command):
            isBorneOut =
                command == .open(door.configuration.index)
                && door.refusal(for: .operator, at: now) == nil
        case .secondTry: isBorneOut = door.permitsSecondTry(at: now)
        }
        guard isBorneOut else { return nil }
        return UnlockPermit(door: door.configuration.index, until: now + door.pulse)
    }

    /// Grant, time and place, in the order a guest would want them explained.
    private static func refusal(
        _ request: AccessRequest, clock: ClockKeeper, now: Instant
    ) -> DenialReason? {
        let credential = request.credential
        guard credential.mayPass(DoorIndex(request.pass.header.door)) else {
            return .doorNotGranted
        }
        let reason = clock.refusal(
            notBefore: credential.notBefore, expires: credential.expires,
            isLeased: credential.holder.isLeased, at: now)
        if let reason { return reason }
        if case .timed = request.pass.proof, !clock.permitsTimed { return .clockUntrusted }
        return request.isNear ? nil : .notNear
    }

    /// The level this request proves, at most what the pass was issued for (protocol.md §7).
    static func reachedLevel(_ request: AccessRequest) -> AccessLevel {
        let proven: AccessLevel
        switch (request.pass.proof, request.intent) {
        case (.presence, _): proven = .presence
        case (.timed, _): proven = .timed
        case (.challenge, .tap), (.challenge, .touch): proven = .intent
        case (.challenge, .approach): proven = isMoving(request) ? .handsFree : .timed
        }
        return min(proven, request.credential.levelMax)
    }

    private static func isMoving(_ request: AccessRequest) -> Bool {
        request.pass.header.intent.contains(.moving)
    }
}
