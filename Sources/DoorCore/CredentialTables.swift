// SPDX-License-Identifier: Apache-2.0
// Everything the door thread knows about guests, handed over whole. The office prepares windows
// well ahead, so that doors keep recognising guests while the office is blocked.
import GuestPass
import Timebase

/// One verified snapshot's credentials with their window tables. Immutable.
public final class CredentialTables: Sendable {
    /// A recognised pass: whose it is and how to unmask it.
    public struct Match: Sendable {
        public let credential: Int
        public let rolling: RollingID
        public let window: PassWindow
    }

    /// The snapshot's epoch.
    public let epoch: UInt64
    public let credentials: [Credential]
    /// Levels the server raised, by door index; the configured floor still holds.
    public let raisedLevels: [AccessLevel]
    private let windows: [WindowTable]

    /// Knows nobody: every pass is foreign.
    public static let empty = CredentialTables(
        epoch: 0, credentials: [], raisedLevels: [],
        around: PassWindow(rawValue: UInt32(Limits.windowsRecognised)), windowsAhead: 0)

    /// Prepares the windows from two before `current` to two after it and `windowsAhead` more:
    /// none, to put a revocation in force at once; by default as many as the bound on memory
    /// allows. Windows already in `previous` are taken over when it has the same epoch.
    ///
    /// - Precondition: at most `Limits.credentialsMax` credentials, `Limits.doorsMax` levels.
    public init(
        epoch: UInt64, credentials: [Credential], raisedLevels: [AccessLevel],
        around current: PassWindow, windowsAhead: Int? = nil,
        reusing previous: CredentialTables? = nil
    ) {
        precondition(raisedLevels.count <= Limits.doorsMax)
        self.epoch = epoch
        self.credentials = credentials
        self.raisedLevels = raisedLevels
        let kept = previous?.epoch == epoch ? previous?.windows ?? [] : []
        let first = current.advanced(by: -Limits.windowsRecognised)
        let ahead = windowsAhead ?? Self.windowsAhead(credentials.count)
        let count = 2 * Limits.windowsRecognised + 1 + ahead
        windows = (0..<count).map { offset in
            let window = first.advanced(by: offset)
            return kept.first { $0.window == window }
                ?? WindowTable(window: window, credentials: credentials)
        }
    }

    /// Finds a RID in the windows around the present one (protocol.md §3).
    public func match(_ rid: UInt64, around current: PassWindow) -> Match? {
        // 0, 1, -1, 2, -2: nearly every pass is in the present window.
        for step in 0...2 * Limits.windowsRecognised {
            let offset = step % 2 == 1 ? (step + 1) / 2 : -(step / 2)
            let place = Int(current.rawValue) + offset - Int(windows[0].window.rawValue)
            guard windows.indices.contains(place) else { continue }
            if let match = windows[place].match(rid) {
                return Match(
                    credential: match.credential,
                    rolling: RollingID(identifier: rid, mask: match.mask),
                    window: windows[place].window)
            }
        }
        return nil
    }

    /// The last window prepared: the office must hand over new tables before it begins.
    public var lastWindow: PassWindow { windows[windows.count - 1].window }

    /// Windows prepared beyond those recognised now: an hour and more for a corridor's guests,
    /// ten minutes for 10 000 credentials.
    private static func windowsAhead(_ credentials: Int) -> Int {
        min(Limits.windowsAheadMax, Limits.windowEntriesAheadMax / max(1, credentials))
    }
}
