// SPDX-License-Identifier: Apache-2.0
// A gateway's core with one door and one guest, fed with traces: real passes that answer real
// nonces, so that what is measured is what the door does and not what the detector thinks.
import DoorCore
import GuestPass
import Rig
import Timebase

/// One gateway in a trace's own time. The phone renews its pass when it hears a new nonce or its
/// owner taps, as an app does; in between it repeats it, margin included.
struct BenchGateway: ~Copyable {
    private static let start = UnixTime(seconds: 1_767_225_600)
    private static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    private static let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    private static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    private static let epoch = KeyEpoch(rawValue: 7)
    private static let room = DoorIndex(2)
    private static let contact = LineIndex(1)
    /// From a new nonce to a phone that answers it: a beacon every 100 ms, an app that reacts.
    private static let phoneLag = Interval.milliseconds(200)

    private var core: Core
    private var effects = Effects()
    private var now = Instant.origin
    private var random = RandomSource(seed: 1)
    private var challenges: [(challenge: Challenge, at: Instant)] = []
    private var answered: (challenge: Challenge, isTapped: Bool)?
    private var pass: AirPass?
    private var phone: PassEncoder
    /// When the lock was energised, and when somebody was told of a refusal.
    private(set) var openings: [Instant] = []
    private(set) var refusals: [Instant] = []

    /// - Parameter change: what differs from a guest room that wants a tap.
    init(change: (inout DoorConfiguration) -> Void = { _ in }) {
        guard let deviceKey = DeviceKey(bytes: Array(0..<32)) else {
            preconditionFailure("a device key has 32 bytes")
        }
        phone = PassEncoder(
            deviceKey: deviceKey, site: Self.site, zone: Self.zone, epoch: Self.epoch)
        var door = DoorConfiguration(
            index: Self.room, kind: .guestRoom, level: .intent, receiver: ReceiverIndex(0),
            lock: LineIndex(0))
        door.contact = Self.contact
        change(&door)
        core = Core(
            CoreConfiguration(gateway: Self.gateway, doors: [door], hasEarlierRun: false),
            at: now)
        give(.wallClock(ClockReading(time: Self.start, isSynchronised: true)))
        give(.line(Self.contact, isActive: false))
        let credential = Credential(
            id: CredentialID(1),
            recognitionKey: deviceKey.recognitionKey(zone: Self.zone, epoch: Self.epoch),
            gatewayKey: deviceKey.gatewayKey(
                site: Self.site, gateway: Self.gateway, epoch: Self.epoch),
            notBefore: Self.start - .hours(1), expires: Self.start + .hours(24), holder: .guest,
            doors: 1 << UInt32(Self.room.rawValue), levelMax: .intent, consent: [])
        give(
            .tables(
                CredentialTables(
                    epoch: 1, credentials: [credential], raisedLevels: [],
                    around: PassWindow(Self.start), windowsAhead: 20)))
    }

    /// Hears one advert of the guest's phone.
    /// - Parameter delay: added to the trace's time.
    mutating func hear(
        _ sample: TraceSample, isTapped: Bool, usesMargin: Bool = true,
        after delay: Interval = .zero
    ) {
        wait(until: sample.time + delay)
        guard let heard = challenges.last(where: { now - $0.at >= Self.phoneLag })?.challenge
        else { return }
        if answered?.challenge != heard || answered?.isTapped != isTapped {
            answered = (heard, isTapped)
            let margin = usesMargin ? sample.margin : nil
            pass = phone.challenge(
                heard, of: Self.gateway, window: PassWindow(Self.start + (now - .origin)),
                door: Self.room.rawValue, intent: isTapped ? [.moving, .tapped] : [.moving],
                extension: margin.map {
                    PassExtension(otherGateway: 0xC0C1, heardAt: nil, margin: $0)
                })
        }
        guard let pass else { return }
        let isUsable = sample.rssi < 0 && sample.rssi > -127
        give(
            .sighting(
                Sighting(
                    pass: pass, receiver: ReceiverIndex(sample.isInsideReceiver ? 1 : 0),
                    rssi: isUsable ? sample.rssi : nil, channel: sample.channel)))
    }

    /// Somebody opens the door and closes it three seconds later.
    mutating func goThrough(at moment: Instant) {
        wait(until: moment)
        give(.line(Self.contact, isActive: true))
        wait(until: moment + .seconds(3))
        give(.line(Self.contact, isActive: false))
    }

    private mutating func wait(until end: Instant) {
        while let deadline = core.deadline, deadline <= end {
            now = max(now, deadline)
            give(.timer)
        }
        now = max(now, end)
    }

    private mutating func give(_ input: Input) {
        core.handle(input, at: now, into: &effects)
        // Only gathered in the closure: Swift 6.0.3's ownership checker crashes over more.
        var opened: [LineIndex] = []
        var events: [Event] = []
        var wantsNonce = false
        var orders: [BeaconOrder] = []
        effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(let line, _): opened.append(line)
            case .record(let event): events.append(event)
            case .beacon(let order): orders.append(order)
            case .drawNonce: wantsNonce = true
            case .rest(_): break
            case .indicate(_, isOn: _): break
            case .keepTime(_): break
            case .zeroise: break
            }
        }
        if !opened.isEmpty { openings.append(now) }
        let isRefused = events.contains { if case .denied(_) = $0.kind { true } else { false } }
        if isRefused { refusals.append(now) }
        if let beacon = orders.last?.challenge, beacon != challenges.last?.challenge {
            challenges = challenges.suffix(2) + [(beacon, now)]
        }
        if wantsNonce { give(.nonce(random.next())) }
    }
}
