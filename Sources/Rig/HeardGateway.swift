// SPDX-License-Identifier: Apache-2.0
// What a phone remembers of one gateway: its newest challenge, its time and how loud it is.
import GuestPass
import Timebase

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One gateway as a phone hears it.
struct HeardGateway: Sendable {
    /// The phone's own level follows with this time constant, on time and not on packets.
    private static let smoothingSeconds = 0.7

    let gateway: GatewayID
    private(set) var lastHeard: Instant
    /// Smoothed, dBm.
    private(set) var level: Double
    private var newest: SeenChallenge
    private var previous: SeenChallenge?
    private var beaconTime: UnixTime

    /// `nil` when the first reception has no usable level.
    init?(_ beacon: Beacon, _ reception: Reception, at now: Instant) {
        guard reception.rssi < 0 else { return nil }
        gateway = beacon.gateway
        lastHeard = now
        level = Double(reception.rssi)
        newest = SeenChallenge(challenge: beacon.challenge, since: now)
        beaconTime = beacon.time
    }

    mutating func hear(_ beacon: Beacon, _ reception: Reception, at now: Instant) {
        if beacon.challenge != newest.challenge {
            previous = newest
            newest = SeenChallenge(challenge: beacon.challenge, since: now)
        }
        beaconTime = beacon.time
        if reception.rssi < 0 {
            let memory = exp(-(now - lastHeard).seconds / Self.smoothingSeconds)
            level = level * memory + Double(reception.rssi) * (1 - memory)
        }
        lastHeard = now
    }

    /// The newest challenge the app has had time to see and that is not too old.
    func answerable(at now: Instant, reaction: Interval) -> Challenge? {
        let seen = now - newest.since >= reaction ? newest : previous
        guard let seen, now - seen.since <= Limits.challengeAgeMax else { return nil }
        return seen.challenge
    }

    /// The gateway's clock, carried on by the phone's.
    func time(at now: Instant) -> UnixTime { beaconTime + (now - lastHeard) }
}

private struct SeenChallenge: Sendable {
    let challenge: Challenge
    let since: Instant
}
