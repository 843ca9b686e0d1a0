// SPDX-License-Identifier: Apache-2.0
// One guest on the way to one door: what the detector believes, and what has been said already.
import GuestPass
import Timebase

/// A followed (credential, door) pair.
struct Track: Sendable {
    let credential: CredentialID
    let door: DoorIndex
    /// As of the last pass heard.
    var consent: Consent
    var detector: Detector
    var lastHeard: Instant
    /// The guest's present tap has opened the door: it opens no second time until this moment, or
    /// until the phone was heard without it in answer to a challenge after this one. An earlier
    /// answer proves nothing: somebody may repeat what the phone said before it was tapped.
    private var spentTap: (until: Instant, last: Challenge?)?
    /// When the guest's present tap or touch was first heard; `nil` while there is none.
    private(set) var wishedAt: Instant?
    /// The last denial told, so that a phone advertising four times a second is not told forty.
    private var lastDenial: (reason: DenialReason, at: Instant)?

    init(_ credential: Credential, door: DoorIndex, at now: Instant) {
        self.credential = credential.id
        self.door = door
        consent = credential.consent
        detector = Detector(at: now)
        lastHeard = now
    }

    /// Whether this pass carries a tap that has not opened the door yet.
    mutating func hasFreshTap(_ pass: AuthenticatedPass, at now: Instant) -> Bool {
        let isTapped = pass.header.intent.contains(.tapped)
        guard let spent = spentTap, now < spent.until else { return isTapped }
        if !isTapped, case .challenge(let challenge) = pass.proof,
            spent.last.map({ challenge.isLater(than: $0) }) ?? true
        {
            spentTap = nil
        }
        return false
    }

    /// The guest's present tap opens the door.
    /// - Parameter last: the last challenge that was sent before.
    mutating func spendTap(at now: Instant, last: Challenge?) {
        spentTap = (now + Limits.tapMemory, last)
    }

    /// Notes whether the guest wishes to pass now, by a tap or a touch.
    mutating func note(wish isWished: Bool, at now: Instant) {
        wishedAt = isWished ? wishedAt ?? now : nil
    }

    /// Whether a wish heard now has been weighed as long as it deserves.
    func isWeighed(at now: Instant) -> Bool {
        wishedAt.map { now - $0 >= Limits.wishWeighedFor } ?? true
    }

    mutating func shouldTell(_ reason: DenialReason, at now: Instant) -> Bool {
        if let lastDenial, lastDenial.reason == reason,
            now - lastDenial.at < Limits.denialRepeat
        {
            return false
        }
        lastDenial = (reason, now)
        return true
    }
}

/// The tracks of a gateway: a bounded table that never allocates after its making.
struct TrackTable: Sendable {
    private(set) var tracks: [Track] = []
    /// The credentials of `tracks`, close together for the search.
    private var credentials: [CredentialID] = []
    private(set) var evictions: UInt64 = 0

    init() {
        tracks.reserveCapacity(Limits.tracksMax)
        credentials.reserveCapacity(Limits.tracksMax)
    }

    /// The place of this pair's track, made if there is none. A full table gives up the track
    /// unheard for longest: a guest who is still there is heard again at once.
    mutating func place(of credential: Credential, at door: DoorIndex, now: Instant) -> Int {
        for place in credentials.indices
        where credentials[place] == credential.id && tracks[place].door == door {
            tracks[place].lastHeard = now
            tracks[place].consent = credential.consent
            return place
        }
        let track = Track(credential, door: door, at: now)
        guard tracks.count == Limits.tracksMax else {
            tracks.append(track)
            credentials.append(credential.id)
            return tracks.count - 1
        }
        evictions += 1
        var oldest = 0
        for place in tracks.indices where tracks[place].lastHeard < tracks[oldest].lastHeard {
            oldest = place
        }
        tracks[oldest] = track
        credentials[oldest] = credential.id
        return oldest
    }

    subscript(place: Int) -> Track {
        get { tracks[place] }
        _modify { yield &tracks[place] }
    }

    /// A door opened and closed: whom it opened for may come again.
    mutating func doorCycled(_ door: DoorIndex, at now: Instant) {
        for place in tracks.indices where tracks[place].door == door {
            tracks[place].detector.doorCycled(at: now)
        }
    }

    /// Forgets guests who are gone.
    mutating func forgetIdle(at now: Instant) {
        for place in tracks.indices.reversed()
        where tracks[place].detector.state == .absent
            && now - tracks[place].lastHeard >= Limits.trackIdleMax
        {
            tracks.swapAt(place, tracks.count - 1)
            credentials.swapAt(place, tracks.count - 1)
            tracks.removeLast()
            credentials.removeLast()
        }
    }
}

// MARK: - For explanations

extension Core {
    /// What is believed of a guest on the way to a door; `nil` where nobody follows this pair.
    public func detector(of credential: CredentialID, at door: DoorIndex) -> Detector? {
        tracks.tracks.first { $0.credential == credential && $0.door == door }?.detector
    }
}

extension Detector {
    /// The evidence from which this guest counts as at the door.
    /// - Parameter hasMargin: whether the phone's own margin was heard within `marginHoldsFor`.
    public func evidenceNeeded(_ caution: Caution, hasMargin: Bool) -> Evidence {
        Detector.threshold(caution, hasMargin: hasMargin, interval: Int32(usualInterval))
    }

    /// The evidence a tap or a touched handle wants now: the present one and what the tap lacks.
    public func evidenceNeededForTap(_ caution: Caution) -> Evidence {
        Evidence(
            rawValue: evidence.rawValue &+ tapThreshold(caution).rawValue &- tapEvidence.rawValue)
    }

    public static let marginHoldsFor = Interval.seconds(4)
}
