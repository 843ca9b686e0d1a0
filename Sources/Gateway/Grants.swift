// SPDX-License-Identifier: Apache-2.0
// From a verified snapshot to what the doors work with. Deriving ten thousand identifiers takes a
// moment, so it happens in the office: first the windows needed at once, then those ahead.
import DoorCore
import GuestPass
import HotelWire
import Timebase

/// The grants in force, ready for the door thread.
struct Grants {
    let snapshot: Snapshot
    /// When staff's passes end, unless a newer snapshot comes before; `nil` where there are none.
    let leasedUntil: UnixTime?
    private let credentials: [DoorCore.Credential]
    private let raisedLevels: [AccessLevel]
    private var tables: CredentialTables?

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        let end = snapshot.issued + snapshot.lease
        credentials = snapshot.credentials.prefix(DoorCore.Limits.credentialsMax).map {
            Credential($0, leasedUntil: end)
        }
        leasedUntil = credentials.contains { $0.holder.isLeased } ? end : nil
        var levels = [AccessLevel](repeating: .presence, count: DoorCore.Limits.doorsMax)
        for door in snapshot.doors where Int(door.index) < levels.count {
            levels[Int(door.index)] = AccessLevel(rawValue: door.raisedLevel) ?? .connected
        }
        raisedLevels = levels
    }

    /// Tables for now, quickly: what puts a revocation in force.
    mutating func immediateTables(at time: UnixTime) -> CredentialTables {
        makeTables(at: time, windowsAhead: 0)
    }

    /// Tables for now and as far ahead as memory allows.
    mutating func fullTables(at time: UnixTime) -> CredentialTables {
        makeTables(at: time, windowsAhead: nil)
    }

    private mutating func makeTables(at time: UnixTime, windowsAhead: Int?) -> CredentialTables {
        let made = CredentialTables(
            epoch: snapshot.epoch, credentials: credentials, raisedLevels: raisedLevels,
            around: PassWindow(time), windowsAhead: windowsAhead, reusing: tables)
        tables = made
        return made
    }
}

extension DoorCore.Credential {
    /// - Parameter leasedUntil: when staff's passes end, unless a newer snapshot comes before.
    init(_ granted: Snapshot.Credential, leasedUntil: UnixTime) {
        let holder: CredentialClass
        switch granted.kind {
        case .guest: holder = .guest
        case .housekeeping: holder = .housekeeping
        case .staff: holder = .staff
        case .emergency: holder = .emergency
        }
        self.init(
            id: CredentialID(granted.id), recognitionKey: granted.recognitionKey,
            gatewayKey: granted.gatewayKey, notBefore: granted.notBefore,
            expires: holder.isLeased ? min(granted.expires, leasedUntil) : granted.expires,
            holder: holder, doors: granted.doors,
            levelMax: AccessLevel(rawValue: granted.levelMax) ?? .presence,
            consent: Consent(rawValue: granted.consent.rawValue),
            direction: granted.direction.flatMap { Direction(rawValue: $0.rawValue) })
    }
}
