// SPDX-License-Identifier: Apache-2.0
// Anti-passback for staff zones: a pass handed back over the fence should not enter twice. One
// memory serves all doors, because a zone is left by another door than it was entered by.
import Timebase

/// In which zone each credential was last let in. Forgets the oldest when full: a forgotten
/// credential is let in, for locking staff in or out is the worse mistake.
public struct AntiPassback: Sendable {
    public enum Verdict: Hashable, Sendable {
        case allowed
        /// Let in and reported.
        case suspicious
        case refused
    }

    private struct Entry: Sendable {
        let credential: CredentialID
        var zone: UInt8
        var at: Instant
    }

    private var entries: [Entry] = []

    public init() { entries.reserveCapacity(Limits.antiPassbackMax) }

    /// Whether this credential may enter the zone behind this door now. Emergency grants are not
    /// to be asked about.
    public func verdict(
        _ credential: CredentialID, at door: DoorConfiguration, now: Instant
    ) -> Verdict {
        guard let entry = entries.first(where: { $0.credential == credential }),
            entry.zone == door.entersZone, door.entersZone != 0
        else { return .allowed }
        switch door.antiPassback {
        case .off: return .allowed
        case .soft: return .suspicious
        case .hard: return .refused
        case .timed: return now - entry.at < Limits.antiPassbackTimed ? .refused : .allowed
        }
    }

    /// The credential went through this door, at `passage.at`.
    public mutating func note(_ passage: Passage, through door: DoorConfiguration) {
        let entry = Entry(
            credential: passage.credential, zone: door.entersZone, at: passage.at)
        if let place = entries.firstIndex(where: { $0.credential == passage.credential }) {
            entries[place] = entry
        } else if entries.count < Limits.antiPassbackMax {
            entries.append(entry)
        } else if let oldest = entries.indices.min(by: { entries[$0].at < entries[$1].at }) {
            entries[oldest] = entry
        }
    }

    /// Forgives everybody, as at the end of a shift.
    public mutating func forgetAll() { entries.removeAll(keepingCapacity: true) }
}
