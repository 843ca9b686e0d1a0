// SPDX-License-Identifier: Apache-2.0
// A guest's phone, or what pretends to be one: adverts heard in, adverts sent out. It knows only
// what a phone knows: its keys, the beacons it heard, its owner's steps and taps.
import GuestPass
import Timebase

/// What a phone was given at check-in.
public struct PhoneCredential: Sendable {
    public let encoder: PassEncoder
    public let beaconKey: BeaconKey
    /// The door its owner wants at each gateway: the pass's door index.
    public let doors: [GatewayID: UInt8]

    public init(encoder: PassEncoder, beaconKey: BeaconKey, doors: [GatewayID: UInt8]) {
        self.encoder = encoder
        self.beaconKey = beaconKey
        self.doors = doors
    }
}

/// What sends the adverts.
public enum PhoneKind: Sendable {
    /// The hotel's app with a credential, good or not: expired, revoked, another hotel's.
    case app(PhoneCredential)
    /// Copies rolling identifier and header of passes it hears and makes up the tag.
    case forger
    /// Sends again what it heard, this much later.
    case replayer(delay: Interval)
    /// Headphones, a watch: adverts that are none of ours.
    case foreign
}

/// The phone's radio habits.
public struct PhoneHabits: Sendable {
    /// Android's low-latency, balanced and low-power modes.
    public enum Rate: Int64, Sendable, CaseIterable {
        case tenPerSecond = 100
        case fourPerSecond = 250
        case onePerSecond = 1_000
    }

    public var rate = Rate.fourPerSecond
    /// From a beacon with a new nonce to the first advert that answers it.
    public var reaction = Interval.milliseconds(60)
    /// Restarting the advert with new data gives a new address (Android's older interface).
    public var changesAddress = true
    /// Its scanner's dwell on a channel: Android's low-latency scan.
    public var scanner = ScannerDwell(dwell: .milliseconds(60))

    public init() {}
}

/// A phone's state machine.
public struct VirtualPhone: Sendable {
    public let kind: PhoneKind
    public let habits: PhoneHabits

    private var gateways: [HeardGateway] = []
    private var captured: [CapturedAdvert] = []
    private var payload: [UInt8] = []
    private var answered: Question?
    private var address: AirAddress
    private var nextAdvert: Instant
    private var random: RandomSource
    private let clockOffset: Interval

    /// - Parameter clockError: how far the phone's own clock is from the gateway's.
    public init(
        kind: PhoneKind, habits: PhoneHabits = PhoneHabits(), clockError: Interval = .zero,
        switchedOnAt: Instant, random: RandomSource
    ) {
        self.kind = kind
        self.habits = habits
        self.random = random
        clockOffset = clockError
        address = .random(&self.random)
        nextAdvert = switchedOnAt + .advertisingDelay(&self.random)
    }

    /// An advert its scanner received.
    public mutating func hear(_ advert: [UInt8], _ reception: Reception, at now: Instant) {
        guard let cargo = AirFormat.cargo(of: advert) else { return }
        switch kind {
        case .app(let credential): hear(beacon: cargo, credential, reception, at: now)
        case .forger, .replayer:
            guard cargo.count == 16 || cargo.count == 20 else { return }
            captured.append(CapturedAdvert(cargo: cargo, at: now))
            if captured.count > Limits.recordedAdvertsMax { captured.removeFirst() }
        case .foreign: break
        }
    }

    /// The adverts due by now.
    public mutating func transmissions(
        until now: Instant, wallClock: UnixTime, intent: PassIntent
    ) -> [Transmission] {
        var sent: [Transmission] = []
        while nextAdvert <= now {
            let due = nextAdvert
            nextAdvert = due + .milliseconds(habits.rate.rawValue) + .advertisingDelay(&random)
            guard let advert = compose(at: due, wallClock, intent) else { continue }
            if advert != payload, habits.changesAddress { address = .random(&random) }
            payload = advert
            sent.append(
                Transmission(at: due, kind: .nonConnectable, address: address, payload: advert))
        }
        return sent
    }

    private mutating func compose(
        at now: Instant, _ wallClock: UnixTime, _ intent: PassIntent
    ) -> [UInt8]? {
        switch kind {
        case .app(let credential):
            let question = question(credential, at: now, wallClock, intent)
            if question != answered {
                answered = question
                return AirFormat.advert(of: answer(question, credential, at: now))
            }
            return payload
        case .replayer(let delay):
            let old = captured.prefix { now - $0.at >= delay }
            return old.randomElement(using: &random).map { AirFormat.advert(cargo: $0.cargo) }
        case .forger:
            guard var cargo = captured.last?.cargo else { return nil }
            for index in 8..<16 {
                cargo[index] = UInt8(truncatingIfNeeded: random.next())
            }
            return AirFormat.advert(cargo: cargo)
        case .foreign:
            return [0x02, 0x01, 0x1A, 0x0B, 0xFF, 0x4C, 0x00, 0x10, 0x06, 0x03, 0x1E]
                + address.octets.prefix(4)
        }
    }

    /// What the next advert has to say.
    private func question(
        _ credential: PhoneCredential, at now: Instant, _ wallClock: UnixTime,
        _ intent: PassIntent
    ) -> Question {
        let present = gatewaysPresent(at: now)
        let clock = present.first?.time(at: now) ?? wallClock + clockOffset
        let wanted = present.filter { credential.doors[$0.gateway] != nil }
        guard let target = wanted.max(by: { $0.level < $1.level }),
            let challenge = target.answerable(at: now, reaction: habits.reaction)
        else {
            return Question(gateway: nil, challenge: nil, window: PassWindow(clock), intent: intent)
        }
        return Question(
            gateway: target.gateway, challenge: challenge,
            window: PassWindow(target.time(at: now)), intent: intent)
    }

    private func answer(
        _ question: Question, _ credential: PhoneCredential, at now: Instant
    ) -> AirPass {
        let present = gatewaysPresent(at: now)
        guard let challenge = question.challenge, let gateway = question.gateway,
            let door = credential.doors[gateway],
            let target = present.first(where: { $0.gateway == gateway })
        else {
            return credential.encoder.presence(window: question.window, intent: question.intent)
        }
        let other = present.filter { $0.gateway != gateway }.max { $0.level < $1.level }
        let margin = other.map { max(0, min(255, target.level - $0.level)) } ?? 0
        let measured = PassExtension(
            otherGateway: UInt16(truncatingIfNeeded: other?.gateway.rawValue ?? 0),
            heardAt: Int8(max(-126, min(20, target.level.rounded()))),
            margin: UInt8(margin.rounded()))
        return credential.encoder.challenge(
            challenge, of: gateway, window: question.window, door: door,
            intent: question.intent, extension: measured)
    }

    private func gatewaysPresent(at now: Instant) -> [HeardGateway] {
        gateways.filter { now - $0.lastHeard <= Limits.gatewayHeardFor }
    }

    private mutating func hear(
        beacon cargo: [UInt8], _ credential: PhoneCredential, _ reception: Reception,
        at now: Instant
    ) {
        let decoded = cargo.withUnsafeBytes { try? Beacon($0, key: credential.beaconKey) }
        guard let beacon = decoded else { return }
        if let index = gateways.firstIndex(where: { $0.gateway == beacon.gateway }) {
            gateways[index].hear(beacon, reception, at: now)
        } else if let first = HeardGateway(beacon, reception, at: now) {
            gateways.append(first)
        }
    }
}

/// What an advert answers; a new one is made only when this changes, as an app would.
private struct Question: Hashable, Sendable {
    let gateway: GatewayID?
    let challenge: Challenge?
    let window: PassWindow
    let intent: PassIntent
}

private struct CapturedAdvert: Sendable {
    let cargo: [UInt8]
    let at: Instant
}
