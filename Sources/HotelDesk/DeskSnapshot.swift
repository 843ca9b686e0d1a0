// SPDX-License-Identifier: Apache-2.0
// What a gateway is told: every pass of its zone that is not over, with the doors it has there.
// A pass without a door at this gateway is still recognised by it (protocol.md §2). Until a guest
// has checked in, the pass opens lobby doors alone.
import GuestPass
import HotelWire
import SQLite
import Timebase

extension Desk {
    /// Makes the next snapshot of a gateway, signed and sealed. Its epoch is used up, whatever
    /// becomes of the bytes.
    func makeSnapshot(for name: String) throws -> (snapshot: Snapshot, sealed: [UInt8]) {
        try database.transaction {
            let gateway = try gateway(name)
            return try issue(try draftSnapshot(of: gateway), to: gateway)
        }
    }

    /// What a gateway is to be told now, without an epoch of its own.
    func draftSnapshot(of gateway: DeskGateway) throws -> Snapshot {
        let site = try site()
        let now = UnixTime(seconds: clock().seconds)
        return Snapshot(
            site: site.id, zone: gateway.zone, gateway: gateway.id, epoch: gateway.epoch,
            issued: now, lease: DeskLimits.lease,
            beaconPeriods: try beaconPeriods(from: now, to: .distant),
            doors: try snapshotDoors(of: gateway.id),
            credentials: try credentials(of: gateway, site, now))
    }

    private func snapshotDoors(of gateway: GatewayID) throws -> [Snapshot.Door] {
        let sql = "SELECT number, raised_level FROM door WHERE gateway = ? ORDER BY number"
        return try database.rows(sql, .number(gateway.rawValue)) { row throws(DatabaseError) in
            Snapshot.Door(index: try row.number(0), raisedLevel: try row.number(1))
        }
    }

    /// Gives a draft the gateway's next epoch, signs and seals it.
    func issue(
        _ draft: Snapshot, to gateway: DeskGateway
    ) throws -> (snapshot: Snapshot, sealed: [UInt8]) {
        var snapshot = draft
        snapshot.epoch += 1
        try database.run(
            "UPDATE gateway SET epoch = ? WHERE id = ?", .number(snapshot.epoch),
            .number(gateway.id.rawValue))
        let issuer = try site().issuer
        return (snapshot, try snapshot.sealed(to: gateway.boxKey, signedBy: issuer))
    }

    private func credentials(
        of gateway: DeskGateway, _ site: Site, _ now: UnixTime
    ) throws -> [Snapshot.Credential] {
        let sql = """
            SELECT pass.id, pass.device_key, stay.begins, stay.ends, stay.generation, stay.kind,
                stay.level, stay.consent,
                sum(CASE WHEN door.gateway = ? AND (stay.checks_in = 0
                        OR stay.checked_in IS NOT NULL OR door.kind = 'lobby')
                    THEN 1 << door.number ELSE 0 END), stay.checks_in, stay.checked_in,
                (SELECT name FROM door WHERE door.id = stay.room)
            FROM pass
                JOIN stay ON stay.id = pass.stay
                JOIN stay_passage ON stay_passage.stay = stay.id
                JOIN door ON door.id = stay_passage.door
                JOIN gateway ON gateway.id = door.gateway
            WHERE pass.revoked IS NULL AND stay.ends > ? AND stay.departed IS NULL
                AND gateway.zone = ?
            GROUP BY pass.id ORDER BY pass.id
            """
        let hints = try hints(at: gateway.name)
        let rows = try database.rows(
            sql, .number(gateway.id.rawValue), .time(now), .bits(gateway.zone.rawValue)
        ) { row throws(DatabaseError) -> Snapshot.Credential? in
            guard let key = DeviceKey(bytes: try row.blob(1)) else { return nil }
            var progress = StayProgress(begins: try row.time(2), ends: try row.time(3))
            progress.checksIn = try row.flag(9)
            progress.checkedIn = try row.optionalTime(10)
            let consent = Snapshot.Consent(rawValue: try row.number(7))
            let room = try row.optionalText(11)
            let isLed =
                consent.contains(.guidance) && (!progress.checksIn || progress.checkedIn != nil)
            return Snapshot.Credential(
                id: try row.bits(0),
                recognitionKey: key.recognitionKey(zone: gateway.zone, epoch: site.epoch),
                gatewayKey: key.gatewayKey(
                    site: site.id, gateway: gateway.id, epoch: site.epoch),
                notBefore: progress.passesBegin, expires: progress.ends,
                generation: try row.number(4), kind: try row.kind(5), doors: try row.number(8),
                levelMax: try row.number(6),
                consent: consent, direction: isLed ? room.flatMap { hints[$0] } : nil)
        }
        return try rows.map {
            guard let credential = $0 else { throw DeskError.damaged("pass") }
            return credential
        }
    }

    /// `K_bcn` of each UTC day from one moment to another, at most `beaconDaysMax`. Days that
    /// have no key yet get one.
    func beaconPeriods(from: UnixTime, to: UnixTime) throws -> [Snapshot.BeaconPeriod] {
        let day: Int64 = 86_400
        let first = from.seconds / day * day
        let last = min(to.seconds, first + (DeskLimits.beaconDaysMax - 1) * day)
        var generator = SystemRandomNumberGenerator()
        for begins in stride(from: first, through: last, by: Int(day)) {
            try database.run(
                "INSERT OR IGNORE INTO beacon_key VALUES (?, ?)", .integer(begins),
                .key(BeaconKey.random(using: &generator)))
        }
        let sql = "SELECT begins, key FROM beacon_key WHERE begins BETWEEN ? AND ? ORDER BY begins"
        let rows = try database.rows(sql, .integer(first), .integer(last)) {
            row throws(DatabaseError) in
            (try row.time(0), BeaconKey(bytes: try row.blob(1)))
        }
        return try rows.map { begins, key in
            guard let key else { throw DeskError.damaged("beacon key") }
            return Snapshot.BeaconPeriod(begins: begins, key: key)
        }
    }
}

extension UnixTime {
    /// Later than any beacon key is needed.
    static let distant = UnixTime(milliseconds: .max)
}
