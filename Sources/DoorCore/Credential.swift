// SPDX-License-Identifier: Apache-2.0
import GuestPass
import Timebase

/// Whose pass it is, as far as a door's rules need to know.
public enum CredentialClass: UInt8, CaseIterable, Sendable {
    case guest
    case housekeeping
    case staff
    /// Master of an emergency: opens through a thrown privacy bolt and a lockdown.
    case emergency

    /// Staff grants hold only while the gateway hears from its server (doors.md). Who prepares
    /// tables ends them with the snapshot's lease.
    public var isLeased: Bool { self == .housekeeping || self == .staff }
}

/// What the guest has agreed to, carried in the signed snapshot. Default: nothing.
public struct Consent: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let recogniseArrival = Consent(rawValue: 1 << 0)
    public static let greetByName = Consent(rawValue: 1 << 1)
    public static let guidance = Consent(rawValue: 1 << 2)
    public static let handsFreeRoom = Consent(rawValue: 1 << 3)
    public static let journeyAnalytics = Consent(rawValue: 1 << 4)
    public static let usageBilling = Consent(rawValue: 1 << 5)

    /// Whether the hotel may learn where the guest is. Without it, what is heard of a phone moves
    /// doors and is forgotten.
    var permitsPresence: Bool {
        !isDisjoint(with: [.recogniseArrival, .guidance, .journeyAnalytics])
    }
}

/// One phone's right to pass, as a verified snapshot granted it.
public struct Credential: Sendable {
    public let id: CredentialID
    public let recognitionKey: RecognitionKey
    public let gatewayKey: GatewayKey
    /// Valid from this moment and until before `expires`.
    public let notBefore: UnixTime
    public let expires: UnixTime
    public let holder: CredentialClass
    /// Bit n: may pass the door with index n.
    public let doors: UInt32
    /// The highest level this pass can reach, whatever its tag proves.
    public let levelMax: AccessLevel
    public let consent: Consent
    /// Where this guest's way goes on from this gateway; `nil` where the hotel does not say.
    public let direction: Direction?

    public init(
        id: CredentialID, recognitionKey: RecognitionKey, gatewayKey: GatewayKey,
        notBefore: UnixTime, expires: UnixTime, holder: CredentialClass, doors: UInt32,
        levelMax: AccessLevel, consent: Consent, direction: Direction? = nil
    ) {
        self.id = id
        self.recognitionKey = recognitionKey
        self.gatewayKey = gatewayKey
        self.notBefore = notBefore
        self.expires = expires
        self.holder = holder
        self.doors = doors
        self.levelMax = levelMax
        self.consent = consent
        self.direction = direction
    }

    public func mayPass(_ door: DoorIndex) -> Bool { doors & (1 << UInt32(door.rawValue)) != 0 }
}
