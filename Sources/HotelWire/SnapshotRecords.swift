// SPDX-License-Identifier: Apache-2.0
// The inside of a snapshot: records of `tag[2] ‖ length[4] ‖ fields`. A newer minor version may
// add records and append fields, which an older reader skips; whatever an older reader must not
// skip takes a new major version.
import GuestPass
import Timebase

private enum RecordTag: UInt16 {
    /// `site[8] zone[8] gateway[4] epoch[8] issued[4] lease[4]`, exactly once and first.
    case identity = 1
    /// `begins[4] key[32]`, earliest first, at least one.
    case beaconPeriod = 2
    /// `index[1] raised level[1]`.
    case door = 3
    /// `id[8] K_rid[32] K_gw[32] nbf[4] exp[4] generation[4] kind[1] doors[4] level[1] consent[1]`.
    case credential = 4
    /// Since 1.1: `id[8] direction[1]`, at most once for a credential, after it.
    case direction = 5
}

extension Snapshot {
    func records() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(record: .identity) { bytes in
            bytes.append(bigEndian: site.rawValue)
            bytes.append(bigEndian: zone.rawValue)
            bytes.append(bigEndian: gateway.rawValue)
            bytes.append(bigEndian: epoch)
            bytes.append(time: issued)
            bytes.append(bigEndian: UInt32(clamping: lease.milliseconds / 1_000))
        }
        for period in beaconPeriods {
            bytes.append(record: .beaconPeriod) { bytes in
                bytes.append(time: period.begins)
                bytes.append(key: period.key)
            }
        }
        for door in doors {
            bytes.append(record: .door) { $0 += [door.index, door.raisedLevel] }
        }
        for credential in credentials {
            bytes.append(record: .credential) { bytes in
                bytes.append(bigEndian: credential.id)
                bytes.append(key: credential.recognitionKey)
                bytes.append(key: credential.gatewayKey)
                bytes.append(time: credential.notBefore)
                bytes.append(time: credential.expires)
                bytes.append(bigEndian: credential.generation)
                bytes.append(credential.kind.rawValue)
                bytes.append(bigEndian: credential.doors)
                bytes += [credential.levelMax, credential.consent.rawValue]
            }
        }
        for credential in credentials {
            guard let direction = credential.direction else { continue }
            bytes.append(record: .direction) { bytes in
                bytes.append(bigEndian: credential.id)
                bytes.append(direction.rawValue)
            }
        }
        return bytes
    }

    /// - Parameter isNewer: the writer's minor version is newer, so unknown parts are skipped.
    init(records: ArraySlice<UInt8>, isNewer: Bool) throws(SnapshotError) {
        var reader = SnapshotReader(records)
        var (tag, fields) = try reader.record()
        guard RecordTag(rawValue: tag) == .identity else { throw .malformed("identity is first") }
        try self.init(identity: &fields)
        try fields.end(isNewer: isNewer)
        var places: [UInt64: Int] = [:]
        while !reader.isEmpty {
            (tag, fields) = try reader.record()
            switch RecordTag(rawValue: tag) {
            case .identity: throw .malformed("there is one identity")
            case .beaconPeriod: try beaconPeriods.append(BeaconPeriod(&fields))
            case .door: try doors.append(Door(&fields))
            case .credential:
                try credentials.append(Credential(&fields))
                places[credentials[credentials.count - 1].id] = credentials.count - 1
            case .direction:
                guard let place = places.removeValue(forKey: try fields.number()) else {
                    throw .malformed("a direction follows its credential, once")
                }
                // One that only a newer program knows shows nothing.
                credentials[place].direction = Direction(rawValue: try fields.number())
            case nil where isNewer: continue
            case nil: throw .malformed("record \(tag) is unknown")
            }
            try fields.end(isNewer: isNewer)
        }
        try validate()
    }

    private init(identity fields: inout SnapshotReader) throws(SnapshotError) {
        self.init(
            site: try SiteID(rawValue: fields.number()),
            zone: try ZoneID(rawValue: fields.number()),
            gateway: try GatewayID(rawValue: fields.number()),
            epoch: try fields.number(), issued: try fields.time(),
            lease: .seconds(Int64(try fields.number(as: UInt32.self))),
            beaconPeriods: [], doors: [], credentials: [])
    }

    /// The rules beyond the format, the same for who writes and who reads.
    func validate() throws(SnapshotError) {
        func require(_ holds: Bool, _ rule: String) throws(SnapshotError) {
            guard holds else { throw .malformed(rule) }
        }
        try require(credentials.count <= Limits.credentialsMax, "too many credentials")
        try require(doors.count <= Limits.doorsMax, "too many doors")
        try require(!beaconPeriods.isEmpty, "there is a beacon key")
        try require(beaconPeriods.count <= Limits.beaconPeriodsMax, "too many beacon keys")
        for (earlier, later) in zip(beaconPeriods, beaconPeriods.dropFirst()) {
            try require(earlier.begins < later.begins, "beacon keys are in order")
        }
        try require(Set(doors.map(\.index)).count == doors.count, "a door is listed once")
        for door in doors {
            try require(door.index < Limits.doorsMax, "a door's index is below 32")
            try require(door.raisedLevel <= Limits.levelMax, "a door's level is at most 4")
        }
        try require(
            Set(credentials.map(\.id)).count == credentials.count, "a credential is listed once")
        for credential in credentials {
            try require(credential.notBefore < credential.expires, "validity has a length")
            try require(credential.levelMax <= Limits.levelMax, "a credential's level is at most 4")
        }
    }
}

extension Snapshot.BeaconPeriod {
    fileprivate init(_ fields: inout SnapshotReader) throws(SnapshotError) {
        begins = try fields.time()
        key = try fields.key()
    }
}

extension Snapshot.Door {
    fileprivate init(_ fields: inout SnapshotReader) throws(SnapshotError) {
        index = try fields.number()
        raisedLevel = try fields.number()
    }
}

extension Snapshot.Credential {
    fileprivate init(_ fields: inout SnapshotReader) throws(SnapshotError) {
        id = try fields.number()
        recognitionKey = try fields.key()
        gatewayKey = try fields.key()
        notBefore = try fields.time()
        expires = try fields.time()
        generation = try fields.number()
        guard let kind = Snapshot.CredentialKind(rawValue: try fields.number()) else {
            throw .malformed("a credential's kind is known")
        }
        self.kind = kind
        doors = try fields.number()
        levelMax = try fields.number()
        consent = Snapshot.Consent(rawValue: try fields.number())
    }
}

extension SnapshotReader {
    fileprivate mutating func record() throws(SnapshotError) -> (tag: UInt16, SnapshotReader) {
        let tag: UInt16 = try number()
        let length: UInt32 = try number()
        return (tag, SnapshotReader(try bytes(Int(length))))
    }

    fileprivate mutating func key<Key: SecretKey>() throws(SnapshotError) -> Key {
        guard let key = Key(bytes: try bytes(SecretBytes.count)) else { throw .truncated }
        return key
    }

    fileprivate func end(isNewer: Bool) throws(SnapshotError) {
        guard isEmpty || isNewer else { throw .malformed("a record ends behind its last field") }
    }
}

extension [UInt8] {
    fileprivate mutating func append(record tag: RecordTag, fields: (inout [UInt8]) -> Void) {
        append(bigEndian: tag.rawValue)
        let place = count
        append(bigEndian: UInt32(0))
        fields(&self)
        let length = UInt32(count - place - 4)
        for (offset, shift) in zip(0..<4, [24, 16, 8, 0] as [UInt32]) {
            self[place + offset] = UInt8(truncatingIfNeeded: length >> shift)
        }
    }

    fileprivate mutating func append(key: some SecretKey) {
        key.withUnsafeBytes { append(contentsOf: $0) }
    }
}
