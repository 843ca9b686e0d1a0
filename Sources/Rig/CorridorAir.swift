// SPDX-License-Identifier: Apache-2.0
// One step of the air: who transmits, who listens on that channel at that moment, what arrives.
import GuestPass
import Timebase

/// A gateway's radio in the corridor.
struct Station: Sendable {
    let gateway: CorridorGateway
    var controller: FaultyController
    /// How it hears each person's phone.
    var ears: [Ear]
    /// A neighbour without a host.
    var scripted: ScriptedBeacon?

    init(_ gateway: CorridorGateway, _ index: Int, _ plan: CorridorPlan, startsAt start: Instant) {
        var random = RandomSource.stream(50_000 + UInt64(index), of: plan.seed)
        self.gateway = gateway
        let low = gateway.id.rawValue
        let address = AirAddress(
            octets: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: low >> $0) } + [0x1A, 0x00],
            isRandom: false)
        var model = VirtualController.Model.extended
        switch gateway.host {
        case .connected(let chosen): model = chosen
        case .beaconOnly:
            scripted = ScriptedBeacon(
                gateway: gateway.id, address: address, from: start,
                RandomSource(seed: random.next()))
        }
        controller = FaultyController(
            VirtualController(
                model: model, publicAddress: address, random: RandomSource(seed: random.next())),
            gateway.faults, random: RandomSource(seed: random.next()))
        ears = plan.people.map { _ in
            Ear(random: RandomSource(seed: random.next()), parameters: plan.parameters)
        }
    }
}

/// A neighbouring gateway of which only the beacon is heard.
struct ScriptedBeacon: Sendable {
    private let gateway: GatewayID
    private let address: AirAddress
    private var challenge: Challenge
    private var nextNonce: Instant
    private var nextAdvert: Instant
    private var random: RandomSource

    init(gateway: GatewayID, address: AirAddress, from start: Instant, _ random: RandomSource) {
        self.gateway = gateway
        self.address = address
        self.random = random
        challenge = Challenge(counter: 1, nonce: self.random.next())
        nextNonce = start + .seconds(1)
        nextAdvert = start + .advertisingDelay(&self.random)
    }

    mutating func transmissions(
        until now: Instant, wallClock: UnixTime, key: BeaconKey
    ) -> [Transmission] {
        var sent: [Transmission] = []
        while nextAdvert <= now {
            if nextAdvert >= nextNonce {
                challenge = challenge.successor(nonce: random.next())
                nextNonce = nextNonce + .seconds(1)
            }
            let beacon = Beacon(
                flags: [], gateway: gateway, challenge: challenge, time: wallClock)
            sent.append(
                Transmission(
                    at: nextAdvert, kind: .nonConnectable, address: address,
                    payload: AirFormat.advert(of: beacon.encoded(key: key))))
            nextAdvert = nextAdvert + .milliseconds(100) + .advertisingDelay(&random)
        }
        return sent
    }
}

extension Corridor {
    /// Everything sent since the last step, in the order of gateways, then people.
    mutating func exchange(wallClock: UnixTime) {
        for index in stations.indices {
            var sent = stations[index].controller.transmissions(until: now)
            sent +=
                stations[index].scripted?.transmissions(
                    until: now, wallClock: wallClock, key: plan.beaconKey) ?? []
            for transmission in sent { deliver(transmission, fromStation: index) }
        }
        for index in people.indices where people[index].isOnAir(at: now) {
            let intent = people[index].intent(at: now)
            let sent = people[index].phone.transmissions(
                until: now, wallClock: wallClock, intent: intent)
            for transmission in sent { deliver(transmission, fromPerson: index) }
        }
        for (station, advert) in foreign.heard(until: now, by: stations, &random) {
            advertsDelivered += 1
            stations[station].controller.hear(advert, at: now)
        }
    }

    private mutating func deliver(_ sent: Transmission, fromStation station: Int) {
        for index in people.indices where people[index].isOnAir(at: now) {
            let scanner = people[index].phone.habits.scanner
            for (channel, at) in sent.packets where scanner.channel(at: at) == channel {
                let level = people[index].links[station].level(
                    from: people[index].walk.stance, channel: channel, at: at)
                guard
                    let reception = people[index].ears[station].hear(
                        level: level, channel: channel)
                else { continue }
                people[index].phone.hear(sent.payload, reception, at: at)
            }
        }
    }

    private mutating func deliver(_ sent: Transmission, fromPerson person: Int) {
        for index in stations.indices {
            for (channel, at) in sent.packets
            where stations[index].controller.listeningChannel(at: at) == channel {
                let level = people[person].links[index].level(
                    from: people[person].walk.stance, channel: channel, at: at)
                guard
                    let reception = stations[index].ears[person].hear(
                        level: level, channel: channel)
                else { continue }
                if reception.rssi < 0 { people[person].heardAt[index] = reception.rssi }
                advertsDelivered += 1
                stations[index].controller.hear(
                    HeardAdvert(
                        kind: sent.kind, address: sent.address, payload: sent.payload,
                        reception: reception), at: at)
            }
        }
        overhear(sent, from: person)
    }

    /// Forgers and replayers listen to other people's phones.
    private mutating func overhear(_ sent: Transmission, from person: Int) {
        let source = people[person].walk.stance.position
        for index in people.indices where index != person && people[index].isOnAir(at: now) {
            switch people[index].person.kind {
            case .app, .foreign: continue
            case .forger, .replayer:
                let distance = people[index].walk.stance.position.distance(to: source)
                guard distance < Limits.eavesdropMetres,
                    random.chance(1 - plan.parameters.lossAfterHit)
                else { continue }
                people[index].phone.hear(
                    sent.payload, Reception(rssi: -70, channel: 37), at: sent.at)
            }
        }
    }
}

extension Transmission {
    /// The event's three packets, 0.4 ms apart, on 37, 38 and 39 in this order.
    var packets: [(channel: UInt8, at: Instant)] {
        AdvertisingChannel.all.enumerated().map { index, channel in
            (channel, at + .microseconds(400) * Int64(index))
        }
    }
}
