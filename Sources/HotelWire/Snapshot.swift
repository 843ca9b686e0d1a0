// SPDX-License-Identifier: Apache-2.0
// What one gateway must know to decide for weeks without its hotel server: a whole state, never
// a difference, so that the newest one alone is enough.
import GuestPass
import Timebase

/// Everything the hotel grants at one gateway. Times are whole seconds from 1970 to 2106.
public struct Snapshot: Equatable, Sendable {
    public var site: SiteID
    public var zone: ZoneID
    public var gateway: GatewayID
    /// Rises with every snapshot of this gateway; an older one is refused.
    public var epoch: UInt64
    public var issued: UnixTime
    /// For how long after `issued` leased grants (staff) hold without a newer snapshot.
    public var lease: Interval
    /// `K_bcn` by day, earliest first, at least one.
    public var beaconPeriods: [BeaconPeriod]
    public var doors: [Door]
    public var credentials: [Credential]

    public init(
        site: SiteID, zone: ZoneID, gateway: GatewayID, epoch: UInt64, issued: UnixTime,
        lease: Interval, beaconPeriods: [BeaconPeriod], doors: [Door], credentials: [Credential]
    ) {
        self.site = site
        self.zone = zone
        self.gateway = gateway
        self.epoch = epoch
        self.issued = issued
        self.lease = lease
        self.beaconPeriods = beaconPeriods
        self.doors = doors
        self.credentials = credentials
    }

    /// The key beacons are tagged with at a moment: that of the last day begun, or the first one
    /// where the clock is behind all of them. `nil` only in a snapshot that was never verified.
    public func beaconKey(at time: UnixTime) -> BeaconKey? {
        (beaconPeriods.last { $0.begins <= time } ?? beaconPeriods.first)?.key
    }

    /// One day's `K_bcn`.
    public struct BeaconPeriod: Equatable, Sendable {
        public var begins: UnixTime
        public var key: BeaconKey

        public init(begins: UnixTime, key: BeaconKey) {
            self.begins = begins
            self.key = key
        }
    }

    /// What the server says of one of the gateway's doors.
    public struct Door: Equatable, Sendable {
        /// The door number phones send, 0…31.
        public var index: UInt8
        /// Raises the configured level (protocol.md §7); lower values have no effect.
        public var raisedLevel: UInt8

        public init(index: UInt8, raisedLevel: UInt8) {
            self.index = index
            self.raisedLevel = raisedLevel
        }
    }

    /// Whose pass it is, as far as doors care.
    public enum CredentialKind: UInt8, CaseIterable, Sendable {
        case guest = 0
        case housekeeping = 1
        case staff = 2
        /// Opens through privacy and lockdown.
        case emergency = 3
    }

    /// What the guest agreed to; the default is nothing.
    public struct Consent: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let recogniseArrival = Consent(rawValue: 1 << 0)
        public static let greetByName = Consent(rawValue: 1 << 1)
        public static let guidance = Consent(rawValue: 1 << 2)
        public static let handsFreeRoom = Consent(rawValue: 1 << 3)
        public static let journeyAnalytics = Consent(rawValue: 1 << 4)
        public static let usageBilling = Consent(rawValue: 1 << 5)
    }

    /// Where a guest's way goes on, as seen by those who come towards the gateway.
    public enum Direction: UInt8, CaseIterable, Sendable {
        case left = 1
        case right = 2
        case ahead = 3
        case back = 4
        case up = 5
        case down = 6
    }

    /// One phone's right to pass doors of this gateway.
    public struct Credential: Equatable, Sendable {
        /// Random; only the server knows whose it is.
        public var id: UInt64
        public var recognitionKey: RecognitionKey
        public var gatewayKey: GatewayKey
        /// Valid from this moment and until before `expires`.
        public var notBefore: UnixTime
        public var expires: UnixTime
        /// Counts how often this stay's grants were made anew.
        public var generation: UInt32
        public var kind: CredentialKind
        /// Bit n: may pass the door with index n.
        public var doors: UInt32
        /// The highest level this pass reaches, whatever its tag proves.
        public var levelMax: UInt8
        public var consent: Consent
        /// For the gateway's direction lights; `nil` where nobody is to be led.
        public var direction: Direction?

        public init(
            id: UInt64, recognitionKey: RecognitionKey, gatewayKey: GatewayKey,
            notBefore: UnixTime, expires: UnixTime, generation: UInt32, kind: CredentialKind,
            doors: UInt32, levelMax: UInt8, consent: Consent, direction: Direction? = nil
        ) {
            self.id = id
            self.recognitionKey = recognitionKey
            self.gatewayKey = gatewayKey
            self.notBefore = notBefore
            self.expires = expires
            self.generation = generation
            self.kind = kind
            self.doors = doors
            self.levelMax = levelMax
            self.consent = consent
            self.direction = direction
        }
    }
}

/// Why a snapshot is refused, or cannot be made.
public enum SnapshotError: Error, Hashable, Sendable {
    /// The file is something else.
    case notASnapshot
    /// A newer format than this program reads.
    case unsupportedMajor(UInt8)
    /// It ends too early, or goes on behind its end.
    case truncated
    /// Larger than `Snapshot.Limits.bytesMax`; its size in bytes.
    case tooLarge(Int)
    /// Altered on the way, or not signed by the issuing key configured here.
    case forged
    /// Sealed to another gateway's box key.
    case sealedForAnother
    case wrongSite(SiteID)
    case wrongZone(ZoneID)
    case wrongGateway(GatewayID)
    /// Older than one already accepted.
    case epochBelowFloor(found: UInt64, floor: UInt64)
    /// A value breaks a rule, which this text names.
    case malformed(String)
}

extension SnapshotError: CustomStringConvertible {
    /// In words for an operator.
    public var description: String {
        switch self {
        case .notASnapshot: "not a snapshot"
        case .unsupportedMajor(let major):
            "snapshot format \(major) is not the one this program reads, "
                + "\(SnapshotEnvelope.major)"
        case .truncated: "the snapshot does not end where it should"
        case .tooLarge(let count):
            "the snapshot has \(count) bytes, more than \(Snapshot.Limits.bytesMax)"
        case .forged: "the snapshot was altered or is not signed by this hotel's issuing key"
        case .sealedForAnother: "the snapshot is sealed to another gateway's box key"
        case .wrongSite(let found): "the snapshot is for site \(found)"
        case .wrongZone(let found): "the snapshot is for zone \(found)"
        case .wrongGateway(let found): "the snapshot is for gateway \(found)"
        case .epochBelowFloor(let found, let floor):
            "the snapshot's epoch \(found) is older than \(floor), which was already accepted"
        case .malformed(let rule): "the snapshot breaks a rule: \(rule)"
        }
    }
}
