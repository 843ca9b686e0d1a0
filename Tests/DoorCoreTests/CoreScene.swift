// SPDX-License-Identifier: Apache-2.0
// A gateway's core with one guest, in simulated time: what the tests of the whole decision share.
import DoorCore
import GuestPass
import Testing
import Timebase

struct CoreScene {
    static let start = UnixTime(seconds: 1_767_225_600)
    static let site = SiteID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let zone = ZoneID(rawValue: 0xA0A1_A2A3_A4A5_A6A7)
    static let gateway = GatewayID(rawValue: 0xB0B1_B2B3)
    static let epoch = KeyEpoch(rawValue: 7)
    static let room = DoorIndex(2)
    static let lock = LineIndex(0)
    static let contact = LineIndex(1)

    let deviceKey: DeviceKey
    let phone: PassEncoder
    var core: Core
    private(set) var now = Instant(nanoseconds: 1_000_000_000_000)
    private(set) var events: [Event] = []
    /// Moments at which a lock line was energised, and those at which it was put to rest.
    private(set) var energised: [Instant] = []
    private(set) var rested: [Instant] = []
    private(set) var beacons: [BeaconOrder] = []
    /// Lights and buzzers switched.
    private(set) var indicated: [(LineIndex, Bool)] = []
    /// While false no nonce is answered, as when the system's randomness is stuck.
    var drawsNonces = true
    private var nextNonce: UInt64 = 0x0123_4567_89AB_CDEF
    private var effects = EffectsBox()

    init(
        level: AccessLevel = .intent, kind: DoorKind = .guestRoom, hasContact: Bool = false,
        hasEarlierRun: Bool = false, keyByte: UInt8 = 0, lights: [DirectionLight] = [],
        firstReading: ClockReading = ClockReading(time: start, isSynchronised: true),
        change: (inout DoorConfiguration) -> Void = { _ in }
    ) throws {
        deviceKey = try #require(DeviceKey(bytes: (0..<32).map { $0 ^ keyByte }))
        phone = PassEncoder(
            deviceKey: deviceKey, site: Self.site, zone: Self.zone, epoch: Self.epoch)
        var door = DoorConfiguration(
            index: Self.room, kind: kind, level: level, receiver: ReceiverIndex(0),
            lock: Self.lock)
        if hasContact { door.contact = Self.contact }
        change(&door)
        core = Core(
            CoreConfiguration(
                gateway: Self.gateway, doors: [door], hasEarlierRun: hasEarlierRun,
                directionLights: lights), at: now)
        give(.wallClock(firstReading))
        if hasContact { give(.line(Self.contact, isActive: false)) }
    }

    var wall: UnixTime { Self.start + (now - Instant(nanoseconds: 1_000_000_000_000)) }
    var window: PassWindow { PassWindow(wall) }
    var challenge: Challenge? { beacons.last?.challenge }
    var kinds: [EventKind] { events.map(\.kind) }
    var denials: [DenialReason] {
        kinds.compactMap { if case .denied(let reason) = $0 { reason } else { nil } }
    }

    /// The guest's credential as a snapshot would grant it.
    func credential(
        holder: CredentialClass = .guest, doors: UInt32 = 1 << 2,
        levelMax: AccessLevel = .connected, consent: Consent = [],
        direction: Direction? = nil,
        notBefore: UnixTime = start - .hours(1), expires: UnixTime = start + .hours(24)
    ) -> Credential {
        Credential(
            id: CredentialID(0xC0FFEE),
            recognitionKey: deviceKey.recognitionKey(zone: Self.zone, epoch: Self.epoch),
            gatewayKey: deviceKey.gatewayKey(
                site: Self.site, gateway: Self.gateway, epoch: Self.epoch),
            notBefore: notBefore, expires: expires, holder: holder, doors: doors,
            levelMax: levelMax, consent: consent, direction: direction)
    }

    mutating func admit(_ credential: Credential, epoch: UInt64 = 1) {
        give(
            .tables(
                CredentialTables(
                    epoch: epoch, credentials: [credential], raisedLevels: [], around: window)))
    }

    mutating func give(_ input: Input) {
        core.handle(input, at: now, into: &effects.effects)
        perform()
    }

    /// Lets time pass, waking the core at each of its deadlines.
    mutating func wait(_ interval: Interval) {
        let end = now + interval
        while let deadline = core.deadline, deadline <= end {
            now = max(now, deadline)
            give(.timer)
        }
        now = end
    }

    mutating func hear(_ pass: AirPass, rssi: Int8? = -55) {
        give(.sighting(Sighting(pass: pass, receiver: ReceiverIndex(0), rssi: rssi)))
    }

    /// What the guest's phone advertises now in answer to the last beacon.
    func answer(
        _ intent: PassIntent = [.moving], door: UInt8 = 2, margin: UInt8? = 20
    ) throws -> AirPass {
        phone.challenge(
            try #require(challenge), of: Self.gateway, window: window, door: door,
            intent: intent,
            extension: margin.map {
                PassExtension(otherGateway: 0xC0C1, heardAt: -58, margin: $0)
            })
    }

    /// Walks up to the door for six seconds, four adverts a second, and stands there.
    mutating func approach(_ intent: PassIntent = [.moving], margin: UInt8? = 20) throws {
        for step in 0..<24 {
            hear(try answer(intent, margin: margin), rssi: Int8(-85 + min(step, 15) * 2))
            wait(.milliseconds(250))
        }
    }

    private mutating func perform() {
        var wantsNonce = false
        let now = now
        effects.effects.drain { (effect: consuming Effect) in
            switch consume effect {
            case .energise(_, _): energised.append(now)
            case .rest(_): rested.append(now)
            case .record(let event): events.append(event)
            case .beacon(let order): beacons.append(order)
            case .drawNonce: wantsNonce = true
            case .indicate(let line, let isOn): indicated.append((line, isOn))
            case .zeroise: break
            case .keepTime(_): break
            }
        }
        guard wantsNonce, drawsNonces else { return }
        nextNonce = nextNonce &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        give(.nonce(nextNonce))
    }
}

/// A reference, because the buffer cannot be copied and a scene can.
final class EffectsBox {
    var effects = Effects()
}
