// SPDX-License-Identifier: Apache-2.0
// What stands between a permit and the lock: the door's own reasons to stay shut, in the order in
// which an operator should read them.
import Timebase

extension Door {
    /// Why the door cannot be pulsed now for this passer, or `nil`.
    public func refusal(for passer: Passer, at now: Instant) -> DenialReason? {
        if let reason = barrier(for: passer) { return reason }
        switch bolt {
        case .broken: return .lockFault
        case .pulsing, .pausing: return .alreadyUnlocked
        case .resting(let since, _):
            let isRested = now - since >= Limits.pulseOffMin
            return isRested && !history.isFull(at: now) ? nil : .tooManyPulses
        }
    }

    /// Whether the second try of a stuck bolt is due and allowed.
    func permitsSecondTry(at now: Instant) -> Bool {
        guard case .pausing(let pulse, let since) = bolt else { return false }
        return !pulse.isSecondTry && now - since >= Limits.pulseOffMin
            && barrier(for: pulse.passer) == nil && !history.isFull(at: now)
    }

    /// The level a pass must reach: the configured floor, or higher if the server says so. A guest
    /// room without an inside guard is never opened without intent, whatever was configured.
    public var requiredLevel: AccessLevel {
        var level = max(configuration.level, raisedLevel)
        if configuration.kind == .guestRoom {
            level = max(level, configuration.insideGuard == nil ? .intent : .handsFree)
        }
        return level
    }

    /// Whether anyone may pass now, one pulse at a time.
    public var isFreeAccess: Bool { access == .freeAccessOpen }

    public var mode: DoorMode { access.mode }

    /// Whether a touch of the outer handle speaks for a moving pass heard now.
    public func handleShowsIntent(at now: Instant) -> Bool {
        guard configuration.handleIsIntent, let touchedAt = handleTouchedAt else { return false }
        return now - touchedAt <= Limits.handleIntentFor
    }

    /// The configured pulse, within what any door may be given.
    public var pulse: Interval {
        min(max(configuration.pulse, Limits.pulseMin), Limits.pulseMax)
    }

    /// What bars this passer whatever the lock does; while it lasts no pulse of theirs continues.
    func barrier(for passer: Passer) -> DenialReason? {
        if access == .service { return .service }
        // The magnet is free by its wiring; energising it would work against the fire panel.
        if fire == .burning, configuration.failMode == .safe { return .fire }
        let isEmergency = passer == .holder(.emergency)
        if privacy == .active, !isEmergency { return .privacy }
        if access == .lockdown, !fireLiftsLockdown, !isEmergency, passer != .exit {
            return .lockdown
        }
        if leaf.isOpen { return .doorOpen }
        let isRead = leaf != .unread && privacy != .unread && fire != .unread
        return isRead || isEmergency ? nil : .notReady
    }

    /// A guest room is left freely by its inner handle: there the fire input only reports.
    private var fireLiftsLockdown: Bool {
        fire.isLatched && (configuration.kind != .guestRoom || configuration.failMode == .safe)
    }
}
