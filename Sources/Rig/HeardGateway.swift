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
    private var challenge: Challenge
    private var challengeSince: Instant
    private var beaconTime: UnixTime

    /// `nil` when the first reception has no usable level.
    init?(_ beacon: Beacon, _ reception: Reception, at now: Instant) {
        guard reception.rssi < 0 else { return nil }
        gateway = beacon.gateway
        lastHeard = now
        level = Double(reception.rssi)
        challenge = beacon.challenge
        challengeSince = now
        beaconTime = beacon.time
    }

    mutating func hear(_ beacon: Beacon, _ reception: Reception, at now: Instant) {
        if beacon.challenge != challenge {
            challenge = beacon.challenge
            challengeSince = now
        }
        beaconTime = beacon.time
        if reception.rssi < 0 {
            let memory = exp(-(now - lastHeard).seconds / Self.smoothingSeconds)
            level = level * memory + Double(reception.rssi) * (1 - memory)
        }
        lastHeard = now
    }

    /// The challenge, once the app has had time to see it and until it is too old.
    func answerable(at now: Instant, reaction: Interval) -> Challenge? {
        let age = now - challengeSince
        return age >= reaction && age <= Limits.challengeAgeMax ? challenge : nil
    }

    /// The gateway's clock, carried on by the phone's.
    func time(at now: Instant) -> UnixTime { beaconTime + (now - lastHeard) }
}
